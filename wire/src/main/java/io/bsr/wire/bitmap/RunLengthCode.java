package io.bsr.wire.bitmap;

import java.nio.ByteBuffer;

/**
 * Numbers of variable length, first bit first into the lowest bit of each byte (reference 9.3).
 *
 * <pre>
 *   level  first bits  data bits  bits  values
 *   0      0                1       2   1 … 2
 *   1      10               1       3   3 … 4
 *   2      110              2       5   5 … 8
 *   3      1110             3       7   9 … 16
 *   4      11110            5      10   17 … 48
 *   5      111110           8      14   49 … 304
 *   6      11111100        13      21   305 … 8496
 *   7      11111110        21      29   8497 … 2105648
 *   8      11111101        34      42   2105649 … 17181974832
 *   9      11111111        56      64   17181974833 … 72057611219902768
 * </pre>
 *
 * A code word is {@code (value − smallest value of the level) << prefix bits | prefix}.
 */
final class RunLengthCode {
    static final long LARGEST = 72057611219902768L;

    private static final int[] PREFIX = {0x00, 0x01, 0x03, 0x07, 0x0f, 0x1f, 0x3f, 0x7f, 0xbf, 0xff};
    private static final int[] PREFIX_BITS = {1, 2, 3, 4, 5, 6, 8, 8, 8, 8};
    private static final int[] DATA_BITS = {1, 1, 2, 3, 5, 8, 13, 21, 34, 56};
    private static final long[] SMALLEST = {1, 3, 5, 9, 17, 49, 305, 8497, 2105649, 17181974833L};

    private RunLengthCode() {}

    /** The level of a value 1 … {@link #LARGEST}. */
    static int levelOf(long value) {
        int level = SMALLEST.length - 1;
        while (value < SMALLEST[level]) {
            level--;
        }
        return level;
    }

    /** Length in bits of the code words of a level. */
    static int bits(int level) {
        return PREFIX_BITS[level] + DATA_BITS[level];
    }

    static long encode(int level, long value) {
        return ((value - SMALLEST[level]) << PREFIX_BITS[level]) | PREFIX[level];
    }

    /** The level of the code word that begins with these bits. */
    static int levelOfCode(long code) {
        int ones = Long.numberOfTrailingZeros(~code);
        if (ones < 6) {
            return ones;
        }
        return switch ((int) (code >>> 6) & 3) {
            case 0 -> 6;
            case 1 -> 7;
            case 2 -> 8;
            default -> 9;
        };
    }

    /**
     * The value of a code word.
     *
     * @param code its bits; more above them are ignored
     */
    static long decode(int level, long code) {
        long data = code >>> PREFIX_BITS[level] & -1L >>> (Long.SIZE - DATA_BITS[level]);
        return SMALLEST[level] + data;
    }

    /** Up to 64 bits of {@code in}, first bit lowest, from bit {@code at} after {@code start}; 0 beyond {@code end}. */
    static long peek(ByteBuffer in, int start, long at, int end) {
        int index = start + (int) (at >>> 3);
        int shift = (int) (at & 7);
        long value = 0;
        for (int i = 0; i < Long.BYTES && index + i < end; i++) {
            value |= (in.get(index + i) & 0xffL) << (Byte.SIZE * i);
        }
        value >>>= shift;
        if (shift != 0 && index + Long.BYTES < end) {
            value |= (in.get(index + Long.BYTES) & 0xffL) << (Long.SIZE - shift);
        }
        return value;
    }
}
