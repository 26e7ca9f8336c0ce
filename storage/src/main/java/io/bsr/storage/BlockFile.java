package io.bsr.storage;

import io.bsr.base.memory.Buffer;

/**
 * An open file or device. Every method may block and may be called from several threads at once; the {@code int} results
 * are 0 or a positive error number.
 */
interface BlockFile {
    Geometry geometry();

    boolean readOnly();

    /** The size that the system gives now, in bytes, or the negative error number. */
    long currentSize();

    int read(long offset, Buffer target, int targetOffset, int length);

    int write(long offset, Buffer source, int sourceOffset, int length, boolean fua);

    int flush();

    int discard(long offset, long length);

    int writeZeroes(long offset, long length, boolean mayUnmap);

    /**
     * Fills {@code extents} from its beginning with the extents that follow {@code offset}, each as its length, negative
     * for a hole. Stops at {@code end} or when the array is full.
     *
     * @return how many, or the negative error number
     */
    int map(long offset, long end, long[] extents);

    void close();
}
