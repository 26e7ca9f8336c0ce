package io.bsr.base;

/** The fixed granularities of the format and of the protocol. */
public final class Units {
    /** Bytes per sector, as a shift: 512 bytes. */
    public static final int SECTOR_SHIFT = 9;

    /** Bytes per bit of the out-of-sync bitmap, as a shift: 4 KiB. */
    public static final int BIT_SHIFT = 12;

    /** Bytes per activity-log extent, as a shift: 4 MiB. */
    public static final int AL_EXTENT_SHIFT = 22;

    /** Sectors per bitmap bit: 8. */
    public static final int SECTORS_PER_BIT = 1 << (BIT_SHIFT - SECTOR_SHIFT);

    /** Bitmap bits per activity-log extent: 1024. */
    public static final int BITS_PER_AL_EXTENT = 1 << (AL_EXTENT_SHIFT - BIT_SHIFT);

    /** Bytes of a metadata block (superblock, activity-log transaction, bitmap I/O): 4096. */
    public static final int BLOCK_BYTES = 4096;

    private Units() {}
}
