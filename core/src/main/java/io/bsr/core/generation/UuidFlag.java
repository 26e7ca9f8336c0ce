package io.bsr.core.generation;

/** What a node says about itself beside its generation identifiers (wire-protocol reference, section 8.2). */
public enum UuidFlag {
    /** The sender wants to be overwritten. */
    DISCARD_MY_DATA(0),
    /** The sender was Primary and crashed, and that is not yet resolved towards the receiver. */
    CRASHED_PRIMARY(1),
    /** The sender's disk is Inconsistent; counts while its disk state says Negotiating. */
    INCONSISTENT(2),
    /** New identifiers were made with clear bitmaps: no initial sync. */
    SKIP_INITIAL_SYNC(3),
    /** The sender began a new generation; follow it. */
    NEW_DATA_GENERATION(4),
    /** The sender is stable in the sense of {@link StableSync}. */
    STABLE(5),
    /** The sender just became stable. */
    GOT_STABLE(6),
    /** Compare now and begin a resync if needed. */
    RESYNC(7),
    /** The connection was up before since the sender started. */
    RECONNECT(8),
    /** With {@link #RESYNC}: because of a diskless Primary. */
    DISKLESS_PRIMARY(9),
    /** The sender's disk equals the Primary's. */
    CONSISTENT_WITH_PRIMARY(10),
    /** With {@link #RESYNC}: become my target; alone: check whether you can be my source. */
    AUTHORITATIVE(11),
    /** The sender's initial sync as target has begun already: the whole bitmap need not be set again. */
    INITIAL_SYNC_BEGUN(12),
    /** The sender's bits come from an I/O error while it was Primary. */
    PRIMARY_IO_ERROR(13),
    /** The sender was source of a resync that broke off. */
    SYNC_IN_PROGRESS(14),
    /** Answer with your identifiers. */
    SEND_IT_TO_ME(15),
    /** The sender never acts as a source. */
    TARGET_ONLY(16),
    /** The sender's bits come from a verify. */
    VERIFY_MISMATCH(17);

    private final int bit;

    UuidFlag(int bit) {
        this.bit = bit;
    }

    /** The flag as it is on the wire. */
    public long mask() {
        return 1L << bit;
    }

    /** True if {@code flags} as they are on the wire contain this one. */
    public boolean in(long flags) {
        return (flags & mask()) != 0;
    }

    /** The union of {@code flags} as it is on the wire. */
    public static long maskOf(UuidFlag... flags) {
        long mask = 0;
        for (UuidFlag flag : flags) {
            mask |= flag.mask();
        }
        return mask;
    }
}
