package io.bsr.metadata.tool;

import io.bsr.base.Units;
import io.bsr.metadata.MetadataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;

/**
 * Random access to the 32-bit words of a bitmap area through one window, which moves. Only changed 4 KiB blocks are
 * written back.
 *
 * <p>Slots are interleaved, so that who wants them one after the other goes through the area once for each. Where it is
 * all zero, which is nearly everywhere, it is read the first time only.
 */
final class BitmapArea {
    private final MetadataDevice device;
    private final long start;
    private final long length;
    private final ByteBuffer window;
    private final BitSet changed = new BitSet();
    private final ByteBuffer zeroes;

    /** By number of the window: what is known to be all zero. */
    private final BitSet zero = new BitSet();

    private boolean windowIsZero;
    private long windowStart;
    private int windowLength;

    /**
     * @param start first byte of the area on the device
     * @param length in bytes, a multiple of 4096
     */
    BitmapArea(MetadataDevice device, long start, long length) {
        this.device = device;
        this.start = start;
        this.length = length;
        window = ByteBuffer.allocateDirect(Math.clamp(length, Units.BLOCK_BYTES, Blocks.PIECE_BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        zeroes = ByteBuffer.allocateDirect(window.capacity());
    }

    long length() {
        return length;
    }

    /** The word at a byte offset, a multiple of 4. */
    int word(long offset) throws MetadataException {
        return window.getInt(at(offset));
    }

    void word(long offset, int value) throws MetadataException {
        int at = at(offset);
        if (window.getInt(at) != value) {
            window.putInt(at, value);
            windowIsZero = false;
            zero.clear(number());
            changed.set(at / Units.BLOCK_BYTES);
        }
    }

    /** Sets every bit of a range of bytes; offset and count are multiples of 4. Returns how many were clear. */
    long setAll(long offset, long count) throws MetadataException {
        long added = 0;
        for (long at = offset; at < offset + count; at += Integer.BYTES) {
            added += Integer.SIZE - Integer.bitCount(word(at));
            word(at, -1);
        }
        return added;
    }

    /** Writes what was changed. Does not force it. */
    void flush() throws MetadataException {
        for (int first = changed.nextSetBit(0); first >= 0; ) {
            int end = changed.nextClearBit(first);
            device.write(
                    start + windowStart + (long) first * Units.BLOCK_BYTES,
                    window.clear().limit(end * Units.BLOCK_BYTES).position(first * Units.BLOCK_BYTES));
            first = changed.nextSetBit(end);
        }
        changed.clear();
        window.clear();
    }

    private int at(long offset) throws MetadataException {
        long relative = offset - windowStart;
        if (relative < 0 || relative >= windowLength) {
            move(offset);
            relative = offset - windowStart;
        }
        return (int) relative;
    }

    private void move(long offset) throws MetadataException {
        if (offset < 0 || offset >= length) {
            throw new IndexOutOfBoundsException("byte " + offset + " of a bitmap area of " + length);
        }
        flush();
        windowStart = offset - offset % window.capacity();
        windowLength = (int) Math.min(window.capacity(), length - windowStart);
        if (!zero.get(number())) {
            device.read(start + windowStart, window.clear().limit(windowLength));
            boolean read = window.flip().mismatch(zeroes.clear().limit(windowLength)) < 0;
            zero.set(number(), read);
            // Behind the end of a short last window is what was there before.
            windowIsZero = read && windowLength == window.capacity();
        } else if (!windowIsZero) {
            window.clear().put(zeroes.clear());
            windowIsZero = true;
        }
        window.clear();
    }

    private int number() {
        return (int) (windowStart / window.capacity());
    }
}
