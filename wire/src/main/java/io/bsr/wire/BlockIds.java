package io.bsr.wire;

/**
 * Block ids with a meaning (reference 5.5).
 *
 * <p>A block id is eight opaque bytes that the receiver echoes. This module reads and writes them as a big-endian long,
 * so an echoed id is the same long. Ids that a peer computes in host order (x86, little-endian) appear byte-swapped
 * here; the constants below already are.
 */
public final class BlockIds {
    /** Requests, replies and acknowledgements of resync and verify; also the last part of a split acknowledgement. */
    public static final long SYNCER = 0xffff_ffff_ffff_ffffL;

    /** bsr from version 113 on: acknowledges a part of a resync block, more follows. */
    public static final long SYNCER_SPLIT = 0xfeff_ffff_ffff_ffffL;

    /** bsr, in P_CSUM_RS_REQUEST: the target could not read the block. */
    public static final long CSUM_SYNC_IO_ERROR = Long.reverseBytes(4713);

    /** P_OV_RESULT: the blocks are equal. */
    public static final long OV_IN_SYNC = 4711;

    /** P_OV_RESULT: the blocks differ. */
    public static final long OV_OUT_OF_SYNC = 4712;

    /** P_OV_RESULT of bsr: the block was skipped. */
    public static final long OV_SKIPPED = 4714;

    /** The sector of the P_OUT_OF_SYNC that ends the marking, bsr from version 115 on; its size is 0. */
    public static final long OUT_OF_SYNC_FINISHED_SECTOR = 0xffff_ffff_ffff_ffffL;

    private BlockIds() {}

    /** P_OV_REQUEST of bsr from version 114 on: the id that says how many 4 KiB blocks are left to verify. */
    public static long ofBlocksLeft(long blocks) {
        return Long.reverseBytes(blocks);
    }

    /** The inverse of {@link #ofBlocksLeft}; a hostile peer may say any number. */
    public static long blocksLeft(long blockId) {
        return Long.reverseBytes(blockId);
    }
}
