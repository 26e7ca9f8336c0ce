package io.bsr.control;

/** The engine could not be asked: what happened, why, and what to do. A refused command is an outcome, not this. */
public final class ControlException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of failure it was. */
    public enum Kind {
        /** No engine listens below this root. */
        NOT_RUNNING,
        /** The engine is there and does not want to talk to this user. */
        PERMISSION,
        /** No answer in time. Whether the command was carried out is not known. */
        TIMEOUT,
        /** The connection broke, or the answer made no sense. Whether the command was carried out is not known. */
        BROKEN
    }

    private final Kind kind;

    public ControlException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public ControlException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
