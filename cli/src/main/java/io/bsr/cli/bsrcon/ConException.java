package io.bsr.cli.bsrcon;

/** A command cannot be carried out; the message is for the user. */
final class ConException extends Exception {
    static final int USAGE = 1;

    /** The original's −1. */
    static final int FAILED = 255;

    private static final long serialVersionUID = 1L;

    private final int code;

    ConException(int code, String message) {
        super(message);
        this.code = code;
    }

    int code() {
        return code;
    }
}
