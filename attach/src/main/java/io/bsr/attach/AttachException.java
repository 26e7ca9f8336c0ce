package io.bsr.attach;

/** A block device cannot be had; the message says what failed, why, and what to do. */
public final class AttachException extends Exception {
    private static final long serialVersionUID = 1L;

    public AttachException(String message) {
        super(message);
    }

    public AttachException(String message, Throwable cause) {
        super(message, cause);
    }
}
