package io.bsr.metadata;

import io.bsr.base.Units;

/**
 * The ring of activity-log blocks: which block a transaction goes to (metadata reference, section 5.1).
 *
 * <p>Consecutive transactions go to different stripes, so that on a striped array they hit different disks.
 *
 * @param stripes at least 1
 * @param stripeBlocks blocks of 4 KiB per stripe, at least 1
 */
public record ActivityLogRing(int stripes, int stripeBlocks) {
    /** bsr's default: one stripe of 80 blocks, 320 KiB. */
    public static final ActivityLogRing DEFAULT = new ActivityLogRing(1, 80);

    /** Fewest blocks of a ring: 32 KiB. */
    public static final int MIN_BLOCKS = 8;

    /** Most blocks of a ring: 32 MiB, the largest that the tools of the family make. */
    public static final int MAX_BLOCKS = 8192;

    /** With more blocks than this the whole range of {@code al-extents} fits. */
    private static final int BLOCKS_FOR_ANY_SET = 72;

    public ActivityLogRing {
        if (!valid(stripes, stripeBlocks)) {
            throw new IllegalArgumentException("activity log of " + stripes + " x " + stripeBlocks
                    + " blocks; allowed are " + MIN_BLOCKS + " … " + MAX_BLOCKS + " blocks");
        }
    }

    /** True if the product of the two is a size that a ring may have. */
    public static boolean valid(int stripes, int stripeBlocks) {
        long blocks = (long) stripes * stripeBlocks;
        return stripes > 0 && stripeBlocks > 0 && blocks >= MIN_BLOCKS && blocks <= MAX_BLOCKS;
    }

    /** Number of blocks. */
    public int blocks() {
        return stripes * stripeBlocks;
    }

    public long bytes() {
        return (long) blocks() * Units.BLOCK_BYTES;
    }

    public int sectors() {
        return blocks() << 3;
    }

    /** The block, 0 … blocks − 1 in disk order, of a transaction; {@code transaction} is an unsigned 32-bit number. */
    public int blockOf(int transaction) {
        return blockAt(Integer.remainderUnsigned(transaction, blocks()));
    }

    /** The block in disk order of a position of the ring, 0 … blocks − 1. */
    public int blockAt(int position) {
        return (position % stripes) * stripeBlocks + position / stripes;
    }

    /** The position of the ring, 0 … blocks − 1, that a block in disk order has. */
    public int positionOf(int block) {
        return block % stripeBlocks * stripes + block / stripeBlocks;
    }

    /** Bytes from the start of the area to the block of a transaction. */
    public long offsetOf(int transaction) {
        return (long) blockOf(transaction) * Units.BLOCK_BYTES;
    }

    /**
     * Most slots of an active set that this ring can protect: each slot must be repeated by a later context before its
     * block is reused, and the block being written may be torn.
     */
    public int maxActiveExtents() {
        int limit = ActivityLogBlock.MAX_ACTIVE_EXTENTS;
        return blocks() > BLOCKS_FOR_ANY_SET ? limit : Math.min(limit, (blocks() - 1) * ActivityLogBlock.CONTEXT);
    }
}
