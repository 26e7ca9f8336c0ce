package io.bsr.control.message;

/** A request that cannot be understood; the message says why. */
public final class UnacceptableRequestException extends Exception {
    private static final long serialVersionUID = 1L;
    private final long id;

    /** For request {@code id}, 0 if that is not known. */
    public UnacceptableRequestException(long id, String message) {
        super(message);
        this.id = id;
    }

    public long id() {
        return id;
    }
}
