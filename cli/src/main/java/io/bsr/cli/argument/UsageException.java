package io.bsr.cli.argument;

/** A command line makes no sense. The message says what and why, and what would be right. */
public final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message);
    }
}
