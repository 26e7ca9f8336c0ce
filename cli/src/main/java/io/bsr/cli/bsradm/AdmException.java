package io.bsr.cli.bsradm;

/** A command cannot be carried out; nothing was done. The message is for the user and may be empty. */
final class AdmException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Wrong usage, an unknown name. */
    static final int USAGE = 1;
    /** The configuration is not valid, or lacks what the command needs. */
    static final int INVALID = 10;

    private final int code;

    AdmException(int code, String message) {
        super(message);
        this.code = code;
    }

    int code() {
        return code;
    }
}
