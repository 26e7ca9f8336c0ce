package io.bsr.metadata;

import java.util.StringJoiner;

/**
 * The flags of a peer entry in the superblock, as masks (metadata reference, section 3.2).
 *
 * <p>Unknown bits are kept when a superblock is read and written again.
 */
public final class PeerFlag {
    /** The peer was connected. */
    public static final int CONNECTED = 0x1;

    /** The peer's disk was Outdated or Inconsistent. */
    public static final int OUTDATED = 0x2;

    /** The fencing policy is other than dont-care. */
    public static final int FENCING = 0x4;

    /** All bits of the peer must be set when the device is attached. */
    public static final int FULL_SYNC = 0x8;

    /** The peer once had a disk. Never cleared automatically. */
    public static final int DEVICE_SEEN = 0x10;

    /** The current UUID must be propagated after the resync. */
    public static final int DIFF_CUR_UUID = 0x20;

    /** This node crashed as Primary and still owes the peer a resync. */
    public static final int CRASHED_PRIMARY_WORK_PENDING = 0x40;

    /** The node is known to exist but has no bitmap slot. */
    public static final int NODE_EXISTS = 0x10000;

    /** The initial resync with this node as target has begun. */
    public static final int INIT_SYNCT_BEGIN = 0x20000;

    /** This node was source of a resync. */
    public static final int IN_PROGRESS_SYNC = 0x40000;

    /** There was an I/O error at the Primary. */
    public static final int PRIMARY_IO_ERROR = 0x80000;

    /** A resync between equal current UUIDs was not completed. */
    public static final int INCOMP_SYNC_WITH_SAME_UUID = 0x100000;

    /** Written by the Windows edition of bsr only. */
    public static final int DISKLESS_OR_CRASHED_PRIMARY = 0x200000;

    private static final String[] DUMP_WORDS = {"connected", "<=outdated", "fencing", "full-sync", "seen"};

    /** The tools of the family cut longer texts off. */
    private static final int DUMP_LENGTH = 76;

    private PeerFlag() {}

    /**
     * The flags in words as the text dump has them, e.g. {@code connected | seen | 0x20=?}; empty for 0, cut off after
     * 76 characters.
     */
    public static String describe(int flags) {
        StringJoiner words = new StringJoiner(" | ");
        for (int bit = 0; bit < 32; bit++) {
            int mask = 1 << bit;
            if ((flags & mask) == 0) {
                continue;
            }
            if (bit < DUMP_WORDS.length) {
                words.add(DUMP_WORDS[bit]);
            } else if (mask == NODE_EXISTS) {
                words.add("exists");
            } else {
                words.add("0x" + Integer.toHexString(mask) + "=?");
            }
        }
        return words.length() <= DUMP_LENGTH
                ? words.toString()
                : words.toString().substring(0, DUMP_LENGTH);
    }
}
