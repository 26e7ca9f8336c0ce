package io.bsr.sim.disk;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Completion;
import org.jspecify.annotations.Nullable;

/** An operation between its submission and its completion. */
final class DiskOperation {
    enum Kind {
        READ(1),
        WRITE(2),
        FLUSH(3),
        DISCARD(4),
        ZERO(5);

        final int code;

        Kind(int code) {
            this.code = code;
        }
    }

    final Kind kind;
    final long offset;
    final long length;
    final Completion completion;

    /** Private copy of what a WRITE writes. */
    byte @Nullable [] data;

    @Nullable Buffer buffer;

    int bufferOffset;
    boolean fua;
    int errno;

    /** FLUSH: the number of the last write that had completed when it was submitted. */
    long mark;

    boolean over;

    DiskOperation(Kind kind, long offset, long length, Completion completion) {
        this.kind = kind;
        this.offset = offset;
        this.length = length;
        this.completion = completion;
    }

    boolean changesData() {
        return kind == Kind.WRITE || kind == Kind.DISCARD || kind == Kind.ZERO;
    }
}
