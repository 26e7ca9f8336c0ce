package io.bsr.metadata;

/**
 * The flags of a device in its superblock, as masks (metadata reference, section 3.1).
 *
 * <p>Unknown bits are kept when a superblock is read and written again.
 */
public final class DeviceFlag {
    /** The disk state is better than Inconsistent. */
    public static final int CONSISTENT = 0x1;

    /** The node is Primary now; still set when the device is attached, it crashed as Primary. */
    public static final int PRIMARY_IND = 0x2;

    /** Only in v08 and older. */
    public static final int CONNECTED_IND = 0x4;

    /** Only in v08 and older; v09 has {@link PeerFlag#FULL_SYNC}. */
    public static final int FULL_SYNC = 0x8;

    /** The disk state is better than Outdated. */
    public static final int WAS_UP_TO_DATE = 0x10;

    /** Only in v08 and older; v09 has {@link PeerFlag#OUTDATED}. */
    public static final int PEER_OUT_DATED = 0x20;

    /** The node crashed as Primary, and not every peer has been resynchronised since. */
    public static final int CRASHED_PRIMARY = 0x40;

    /**
     * The activity log has been applied; needed to attach. Set by the tools only: the engine clears it with its first
     * write of the superblock.
     */
    public static final int AL_CLEAN = 0x80;

    /** No transactions are written ({@code al-updates no}): after a crash everything counts as out of sync. */
    public static final int AL_DISABLED = 0x100;

    /** DRBD 9 only: a Primary lost its quorum. */
    public static final int PRIMARY_LOST_QUORUM = 0x200;

    /** DRBD 9 only: the node had quorum. */
    public static final int HAVE_QUORUM = 0x400;

    /** This node was the last Primary. */
    public static final int LAST_PRIMARY = 0x10000;

    /** I/O errors were counted; the count survives {@code down}. */
    public static final int IO_ERROR = 0x20000;

    /** A user promoted this node; drives {@code persist-role}. */
    public static final int WAS_PRIMARY = 0x40000;

    /** An online verify found differences. */
    public static final int VERIFY_MISMATCH = 0x80000;

    private DeviceFlag() {}
}
