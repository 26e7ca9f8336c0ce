package io.bsr.base.port;

import io.bsr.base.memory.Buffer;

/**
 * A file or block device that holds data or metadata.
 *
 * <p>Offsets and lengths are in bytes and multiples of {@link #logicalBlockSize()}; so are offsets into buffers. Writes
 * in flight at the same time must not overlap: the caller orders them. A store keeps a buffer only until the completion;
 * the caller must hold a reference for that long.
 *
 * <p>A completed write may sit in a volatile cache. It is durable after a later {@link #flush} completed, or at its own
 * completion if it was written with {@code fua}.
 */
public interface BlockStore {
    /** Size in bytes, as it was when the store was opened or last {@linkplain #remeasure measured}. */
    long size();

    /** Asks for the size again, which may have grown; {@link #size} tells it when the completion is called. */
    void remeasure(Completion completion);

    /** 512 or 4096 bytes. */
    int logicalBlockSize();

    /** True if completed writes may be lost by a power failure before a flush; unknown counts as true. */
    boolean volatileCache();

    /** True if {@link #discard} frees space rather than failing with {@link Errno#EOPNOTSUPP}. */
    boolean discards();

    /** A short text for logs and status, e.g. the path. */
    String description();

    void read(long offset, Buffer target, int targetOffset, int length, Completion completion);

    /** Writes; with {@code fua} the data is durable when the completion is called. */
    void write(long offset, Buffer source, int sourceOffset, int length, boolean fua, Completion completion);

    /** Makes every write that completed before this call durable. */
    void flush(Completion completion);

    /** The contents of the range become undefined (in practice zero) and its space may be freed. */
    void discard(long offset, long length, Completion completion);

    /** The range reads as zeroes afterwards; with {@code mayUnmap} its space may be freed. Works on every store. */
    void writeZeroes(long offset, long length, boolean mayUnmap, Completion completion);

    /** Reports which parts of the range are holes, in order and without gaps, to {@code sink}. */
    void mapAllocation(long offset, long length, AllocationSink sink);

    /** Ends use of the store. Operations in flight still complete. */
    void close();

    /** Receives the answer of {@link #mapAllocation}: extents first, then one {@code completed}. */
    interface AllocationSink extends Completion {
        /** {@code length} bytes, following the last extent; {@code hole} if they are not allocated and read as zero. */
        void extent(long length, boolean hole);
    }
}
