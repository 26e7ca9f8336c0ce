package io.bsr.wire;

/** Bits of {@code uuid_flags} in P_UUIDS and P_UUIDS110 (reference 8.2); DRBD 8.4 knows the first four. */
public final class UuidFlags {
    /** The sender wants to be overwritten. */
    public static final long DISCARD_MY_DATA = 0x1;
    /** The sender was Primary and crashed. */
    public static final long CRASHED_PRIMARY = 0x2;
    /** The sender's disk is Inconsistent. */
    public static final long INCONSISTENT = 0x4;
    /** No initial sync: the bitmap was cleared with the new identifier. */
    public static final long SKIP_INITIAL_SYNC = 0x8;
    /** The sender made a new current identifier; follow it. */
    public static final long NEW_DATAGEN = 0x10;

    public static final long STABLE = 0x20;
    public static final long GOT_STABLE = 0x40;
    /** Compare now and start a resync if one is needed. */
    public static final long RESYNC = 0x80;
    /** The connection was up before since the sender started. */
    public static final long RECONNECT = 0x100;

    public static final long DISKLESS_PRIMARY = 0x200;
    public static final long CONSISTENT_WITH_PRI = 0x400;
    public static final long AUTHORITATIVE = 0x800;
    /** The initial sync already began: do not set the whole bitmap again. */
    public static final long INIT_SYNCT_BEGIN = 0x1000;
    /** The bits come from an I/O error on the then Primary. */
    public static final long PRIMARY_IO_ERROR = 0x2000;
    /** The sender was the source of a resync that broke. */
    public static final long IN_PROGRESS_SYNC = 0x4000;
    /** Please answer with your identifiers. */
    public static final long SEND_IT_TO_ME = 0x8000;
    /** The sender is never a source. */
    public static final long TARGET_ONLY = 0x10000;
    /** The bits come from a verify. */
    public static final long VERIFY_MISMATCH = 0x20000;

    private static final String[] NAMES = {
        "DISCARD_MY_DATA",
        "CRASHED_PRIMARY",
        "INCONSISTENT",
        "SKIP_INITIAL_SYNC",
        "NEW_DATAGEN",
        "STABLE",
        "GOT_STABLE",
        "RESYNC",
        "RECONNECT",
        "DISKLESS_PRIMARY",
        "CONSISTENT_WITH_PRI",
        "AUTHORITATIVE",
        "INIT_SYNCT_BEGIN",
        "PRIMARY_IO_ERROR",
        "IN_PROGRESS_SYNC",
        "SEND_IT_TO_ME",
        "TARGET_ONLY",
        "VERIFY_MISMATCH"
    };

    private UuidFlags() {}

    /** For logs, e.g. {@code STABLE|RESYNC}; {@code 0} if no bit is set. */
    public static String toString(long flags) {
        return FlagNames.join(flags, NAMES);
    }
}
