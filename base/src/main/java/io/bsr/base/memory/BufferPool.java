package io.bsr.base.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of one event loop: three size classes, allocated in slabs as they are first needed, never beyond the limit.
 *
 * <p>Memory stays with the pool once allocated, so in steady state acquiring and releasing allocates nothing, and an
 * idle engine has touched only what it used.
 */
public final class BufferPool {
    /** Buffers are aligned to this many bytes. */
    public static final int ALIGNMENT = 4096;

    /** Largest buffer, in bytes: the largest payload of one write or read in the replication protocol (1 MiB). */
    public static final int LARGEST = 1 << 20;

    private static final int[] CLASS_BYTES = {4096, 65536, LARGEST};
    private static final int SLAB_BYTES = LARGEST;

    private final SegmentAllocator slabs;
    private final long limitBytes;
    private long allocatedBytes;
    private long usedBytes;
    private boolean waking;
    private final Buffer[][] free = new Buffer[CLASS_BYTES.length][];
    private final int[] freeCount = new int[CLASS_BYTES.length];
    private final ArrayDeque<Runnable> waiters = new ArrayDeque<>();

    /** A pool of at most {@code limitBytes} bytes; at least 4 MiB, so that each class can hold something. */
    public BufferPool(long limitBytes) {
        this(limitBytes, Arena.ofAuto());
    }

    /** As above; slabs of 1 MiB come from {@code slabs}, with any contents. */
    public BufferPool(long limitBytes, SegmentAllocator slabs) {
        this.slabs = slabs;
        if (limitBytes < 4L * SLAB_BYTES) {
            throw new IllegalArgumentException("a buffer pool needs at least 4 MiB, not " + limitBytes + " bytes");
        }
        this.limitBytes = limitBytes;
        for (int i = 0; i < CLASS_BYTES.length; i++) {
            free[i] = new Buffer[(int) (limitBytes / CLASS_BYTES[i])];
        }
    }

    /**
     * A buffer of at least {@code length} bytes, 1 … {@link #LARGEST}, with one reference; {@code null} if there is none
     * now. Its contents are undefined.
     */
    public @Nullable Buffer tryAcquire(int length) {
        if (length < 0 || length > LARGEST) {
            throw new IllegalArgumentException("no buffer of " + length + " bytes");
        }
        for (int i = 0; i < CLASS_BYTES.length; i++) {
            if (length > CLASS_BYTES[i]) {
                continue;
            }
            if (freeCount[i] == 0 && !grow(i)) {
                continue;
            }
            Buffer buffer = free[i][--freeCount[i]];
            usedBytes += CLASS_BYTES[i];
            buffer.acquired();
            return buffer;
        }
        return null;
    }

    /** Bytes of the smallest buffer that has at least {@code length}. */
    public static int capacityFor(int length) {
        for (int bytes : CLASS_BYTES) {
            if (length <= bytes) {
                return bytes;
            }
        }
        throw new IllegalArgumentException("no buffer of " + length + " bytes");
    }

    /** Calls {@code waiter} once when a buffer has come back; it must try again, and ask again if that fails. */
    public void whenReleased(Runnable waiter) {
        waiters.add(waiter);
    }

    /** Bytes in buffers that are in use now. */
    public long usedBytes() {
        return usedBytes;
    }

    public long limitBytes() {
        return limitBytes;
    }

    private boolean grow(int sizeClass) {
        if (allocatedBytes + SLAB_BYTES > limitBytes) {
            return false;
        }
        MemorySegment slab = slabs.allocate(SLAB_BYTES, ALIGNMENT);
        allocatedBytes += SLAB_BYTES;
        int size = CLASS_BYTES[sizeClass];
        for (int offset = SLAB_BYTES - size; offset >= 0; offset -= size) {
            free[sizeClass][freeCount[sizeClass]++] = new Buffer(this, slab.asSlice(offset, size), sizeClass);
        }
        return true;
    }

    void giveBack(Buffer buffer) {
        free[buffer.sizeClass][freeCount[buffer.sizeClass]++] = buffer;
        usedBytes -= CLASS_BYTES[buffer.sizeClass];
        if (waking) {
            return;
        }
        waking = true;
        try {
            // All of them: what one waiter cannot use (too small, or not needed any more) may be just right for
            // another.
            for (int left = waiters.size(); left > 0; left--) {
                waiters.remove().run();
            }
        } finally {
            waking = false;
        }
    }
}
