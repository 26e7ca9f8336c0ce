package io.bsr.loop;

/** What an event loop runs on. */
public enum LoopKind {
    /** io_uring where the system allows it, else the portable loop. Only to ask for; a loop is one of the others. */
    AUTO,
    /** Linux io_uring. */
    URING,
    /** NIO selector and file threads. */
    PORTABLE
}
