package io.bsr.control.json;

/** A document is no JSON, or not the JSON that was expected; the message says where and why. */
public final class MalformedJsonException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedJsonException(String message) {
        super(message);
    }
}
