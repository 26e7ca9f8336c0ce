package io.bsr.control.server;

/** Where the server reports clients that were turned away or misbehaved, and errors of its own. Any thread. */
public interface ServerLog {
    void line(String text);

    /** A programmer's error, with its stack. */
    void failure(String text, Throwable failure);
}
