package io.bsr.wire.bitmap;

import java.nio.ByteBuffer;

/** Appends code words to a part of a buffer, by absolute access. */
final class RunLengthWriter {
    private final ByteBuffer out;
    private final int start;
    private final int capacityBits;
    private int bits;

    RunLengthWriter(ByteBuffer out, int start, int capacityBytes) {
        this.out = out;
        this.start = start;
        this.capacityBits = capacityBytes * Byte.SIZE;
    }

    /** Appends the code word of {@code run}; false, and nothing appended, if it does not fit whole. */
    boolean append(long run) {
        int level = RunLengthCode.levelOf(run);
        int length = RunLengthCode.bits(level);
        if (length > capacityBits - bits) {
            return false;
        }
        long code = RunLengthCode.encode(level, run);
        int left = length;
        while (left > 0) {
            int index = start + (bits >>> 3);
            int shift = bits & 7;
            int before = shift == 0 ? 0 : out.get(index);
            out.put(index, (byte) (before | (int) (code << shift)));
            int taken = Math.min(left, Byte.SIZE - shift);
            code >>>= taken;
            bits += taken;
            left -= taken;
        }
        return true;
    }

    /** Bytes begun. */
    int bytes() {
        return (bits + 7) >>> 3;
    }

    /** Unused bits of the last byte. */
    int padBits() {
        return -bits & 7;
    }
}
