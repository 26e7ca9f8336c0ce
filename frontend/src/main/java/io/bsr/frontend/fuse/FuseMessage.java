package io.bsr.frontend.fuse;

import java.lang.foreign.MemorySegment;

/** One message of the kernel, in memory that a reader lends. Whoever has it calls {@link #done} once. */
public interface FuseMessage {
    /** A session needs no larger memory for a message: the largest payload of a WRITE, and what is before it. */
    int LARGEST_BYTES = FuseSession.LARGEST_TRANSFER + 4096;

    MemorySegment bytes();

    /** Bytes of the message, at most those of {@link #bytes}. */
    int length();

    /** The memory may be used again. */
    void done();
}
