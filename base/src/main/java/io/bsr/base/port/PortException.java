package io.bsr.base.port;

/** A port could not be opened: what happened and why, in words for the administrator. */
public final class PortException extends Exception {
    private static final long serialVersionUID = 1L;
    private final int errno;

    /**
     * A failure in words.
     *
     * @param errno the error number behind it, 0 if there is none
     */
    public PortException(int errno, String message) {
        super(message);
        this.errno = errno;
    }

    public int errno() {
        return errno;
    }
}
