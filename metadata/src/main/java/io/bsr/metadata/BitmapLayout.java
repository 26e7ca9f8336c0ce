package io.bsr.metadata;

import io.bsr.base.Units;

/**
 * Where the bit of a block and a peer is in the bitmap area (metadata reference, section 4).
 *
 * <p>The slots are interleaved by 32-bit little-endian words: bit {@code n} of slot {@code s} is in word {@code (n / 32)
 * * slots + s}.
 *
 * <pre>
 *  word   0        1        2        3        4        5
 *        | slot 0 | slot 1 | slot 2 | slot 0 | slot 1 | slot 2 | …     (3 slots)
 *  bits    0..31    0..31    0..31    32..63   32..63   32..63
 * </pre>
 *
 * The bits of an activity-log extent, of all slots together, are therefore one contiguous range of bytes.
 *
 * @param slots number of bitmap slots (max-peers), 1 … 32
 * @param bits bits per slot, each 4 KiB of data
 */
public record BitmapLayout(int slots, long bits) {
    private static final int BLOCK_SHIFT = 12;

    public BitmapLayout {
        if (slots < 1 || slots > Superblock.PEERS) {
            throw new IllegalArgumentException("max-peers " + slots + " is not in 1 … 32");
        }
        if (bits < 0 || bits > MetadataLayout.MAX_SECTORS / Units.SECTORS_PER_BIT) {
            throw new IllegalArgumentException(bits + " bits per bitmap slot");
        }
    }

    /** The layout for a volume of {@code sectors} sectors; a last incomplete block has a bit too. */
    public static BitmapLayout ofSectors(long sectors, int slots) {
        return new BitmapLayout(slots, bitsOfSectors(sectors));
    }

    /** Bits per slot that a volume of {@code sectors} sectors needs. */
    public static long bitsOfSectors(long sectors) {
        return (sectors + Units.SECTORS_PER_BIT - 1) / Units.SECTORS_PER_BIT;
    }

    /** Bytes in use at the start of the area: whole 64-bit words per slot, whole 4 KiB blocks. */
    public long bytes() {
        return MetadataLayout.bitmapBytes(bits * Units.SECTORS_PER_BIT, slots);
    }

    /** Blocks of 4 KiB in use. */
    public long blocks() {
        return bytes() >> BLOCK_SHIFT;
    }

    /** Offset in the area of the 32-bit little-endian word that holds bit {@code bit} of {@code slot}. */
    public long wordOffset(int slot, long bit) {
        return ((bit >> 5) * slots + slot) << 2;
    }

    /** Offset in the area of the byte that holds bit {@code bit} of {@code slot}; its mask is {@link #mask}. */
    public long byteOffset(int slot, long bit) {
        return wordOffset(slot, bit) + ((bit & 31) >> 3);
    }

    /** The mask of a bit in its byte. */
    public static int mask(long bit) {
        return 1 << (bit & 7);
    }

    /** The 4 KiB block of the area that holds bit {@code bit} of {@code slot}. */
    public long blockOf(int slot, long bit) {
        return byteOffset(slot, bit) >> BLOCK_SHIFT;
    }

    /** Bytes of the area that hold the bits of one activity-log extent (of all slots). */
    public int extentBytes() {
        return slots * (Units.BITS_PER_AL_EXTENT >> 3);
    }

    /** Offset in the area of the first byte with bits of an activity-log extent; {@code extent} is unsigned. */
    public long extentOffset(int extent) {
        return Integer.toUnsignedLong(extent) * extentBytes();
    }

    /** First block of the area with bits of an activity-log extent. */
    public long firstBlockOfExtent(int extent) {
        return extentOffset(extent) >> BLOCK_SHIFT;
    }

    /** Last block of the area with bits of an activity-log extent. */
    public long lastBlockOfExtent(int extent) {
        return (extentOffset(extent) + extentBytes() - 1) >> BLOCK_SHIFT;
    }
}
