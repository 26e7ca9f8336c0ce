package io.bsr.base.memory;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A pooled piece of off-heap memory, aligned to 4 KiB, with a reference count.
 *
 * <p>Whoever acquires a buffer holds its first reference. A port that keeps the buffer beyond the call retains it and
 * releases it when it is done; at zero references the buffer is back in its pool. Not thread-safe.
 */
public final class Buffer {
    private final BufferPool pool;
    private final MemorySegment segment;
    private final ByteBuffer bytes;
    final int sizeClass;
    private int references;

    Buffer(BufferPool pool, MemorySegment segment, int sizeClass) {
        this.pool = pool;
        this.segment = segment;
        this.bytes = segment.asByteBuffer().order(ByteOrder.BIG_ENDIAN);
        this.sizeClass = sizeClass;
    }

    /** Usable length in bytes: the size of its class, at least what was asked for. */
    public int capacity() {
        return bytes.capacity();
    }

    /**
     * The memory as a big-endian view. There is one view for all holders: use absolute access only and leave position
     * and limit alone; {@link #slice} gives a view of one's own (and allocates it).
     */
    public ByteBuffer bytes() {
        return bytes;
    }

    /** A view of {@code length} bytes at {@code offset}, with its own position and limit. Allocates. */
    public ByteBuffer slice(int offset, int length) {
        return bytes.slice(offset, length).order(ByteOrder.BIG_ENDIAN);
    }

    public MemorySegment segment() {
        return segment;
    }

    /** Address of the first byte, a multiple of 4096. */
    public long address() {
        return segment.address();
    }

    public Buffer retain() {
        if (references <= 0) {
            throw new IllegalStateException("retain of a buffer that is back in its pool");
        }
        references++;
        return this;
    }

    public void release() {
        if (references <= 0) {
            throw new IllegalStateException("release of a buffer that is back in its pool");
        }
        if (--references == 0) {
            pool.giveBack(this);
        }
    }

    public int references() {
        return references;
    }

    void acquired() {
        references = 1;
    }
}
