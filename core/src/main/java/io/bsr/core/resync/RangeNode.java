package io.bsr.core.resync;

import org.jspecify.annotations.Nullable;

/**
 * Something that occupies a range of sectors while it is in a {@link RangeLocks}: requests extend this class. It is in
 * at most one such structure at a time.
 */
public abstract class RangeNode {
    /** First sector of 512 bytes. Not to be changed while inserted. */
    public long startSector;

    /** The sector after the last one. Not to be changed while inserted. */
    public long endSector;

    @Nullable RangeNode previous;

    @Nullable RangeNode following;

    /** Index of the list that holds this node; {@link RangeLocks#NOWHERE} if none does. */
    int list = RangeLocks.NOWHERE;

    /** Order of insertion. */
    long sequence;

    /** True if the two have a sector in common. */
    public final boolean overlaps(long start, long end) {
        return startSector < end && start < endSector;
    }

    /** True while it is in a {@link RangeLocks}. */
    public final boolean inserted() {
        return list != RangeLocks.NOWHERE;
    }
}
