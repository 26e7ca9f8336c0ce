package io.bsr.core;

import io.bsr.metadata.ActivityLogRing;

/**
 * What an administrator asks for with {@code resize}.
 *
 * @param sectors size wanted, 0 for as much as all nodes have
 * @param assumePeerHasSpace peers that are not connected are taken to have room for it
 * @param assumeClean the new space is equal on all nodes: it is not resynchronised
 * @param alStripes stripes of the activity log, 0 to leave them
 * @param alStripeKib size of a stripe in KiB, 0 to leave it
 */
public record ResizeRequest(
        long sectors, boolean assumePeerHasSpace, boolean assumeClean, int alStripes, int alStripeKib) {
    /** As large as possible, everything new is resynchronised. */
    public static final ResizeRequest LARGEST = new ResizeRequest(0, false, false, 0, 0);

    private static final int KIB_PER_BLOCK = 4;

    /** Blocks of the activity log that is asked for. */
    long ringBlocks(ActivityLogRing present) {
        return (long) stripes(present) * stripeBlocks(present);
    }

    int stripes(ActivityLogRing present) {
        return alStripes > 0 ? alStripes : present.stripes();
    }

    int stripeBlocks(ActivityLogRing present) {
        return alStripeKib > 0 ? alStripeKib / KIB_PER_BLOCK : present.stripeBlocks();
    }
}
