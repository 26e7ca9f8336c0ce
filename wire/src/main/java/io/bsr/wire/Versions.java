package io.bsr.wire;

/**
 * Protocol versions at which something changes, and the limits that follow from a version (reference 1.2, 1.3).
 *
 * <p>From 113 on the numbers are those of bsr: DRBD 9 gave the same numbers to other changes, so a DRBD peer of any
 * generation is met with at most {@link #DRBD_84}.
 */
public final class Versions {
    /** Every node starts with this version, before the features are exchanged. */
    public static final int UNNEGOTIATED = 80;

    /** The lowest version that any of the products still speaks. */
    public static final int OLDEST = 86;

    /** The data-integrity algorithm stands in P_PROTOCOL. */
    public static final int INTEGRITY_NAME = 87;

    /** Online verify. */
    public static final int VERIFY = 88;

    /** P_SYNC_PARAM89 with names of fixed size; resync by checksums. */
    public static final int CHECKSUM_RESYNC = 89;

    /** Compressed bitmaps. */
    public static final int COMPRESSED_BITMAP = 90;

    /** Headers with a 32-bit length, the resync controller's parameters, all write flags. */
    public static final int HEADER_95 = 95;

    /** Ahead and Behind, P_OUT_OF_SYNC. */
    public static final int AHEAD_BEHIND = 96;

    /** 16-byte headers, several volumes, acknowledgement wishes in the write flags. */
    public static final int HEADER_100 = 100;

    /** The last version of DRBD 8.4. */
    public static final int DRBD_84 = 101;

    /** Node ids, several peers, two-phase commit. */
    public static final int MULTI_PEER = 110;

    /** Two-phase resize. */
    public static final int TWO_PHASE_RESIZE = 112;

    /** bsr: resync without interlock with the activity log, P_BM_EXCHANGE_STATE. */
    public static final int DECOUPLED_RESYNC = 113;

    /** bsr: fast verify, pace of verify in P_SYNC_PARAM89. */
    public static final int FAST_VERIFY = 114;

    /** bsr: end mark of out-of-sync, P_UUID_ACK. */
    public static final int UUID_ACK = 115;

    /** bsr: resync sequence numbers. */
    public static final int RESYNC_SEQUENCE = 116;

    /** bsr: the features are exchanged on the control stream too. */
    public static final int FEATURES_TWICE = 117;

    /** bsr: P_NODE_FEATURES; the last version of bsr 1.7. */
    public static final int BSR_17 = 118;

    /** Bytes of header and body of a bitmap packet, at most. */
    public static final int BITMAP_PACKET_BYTES = 4096;

    /** Length of the longest digest that can stand in front of a payload (sha512). */
    public static final int LONGEST_DIGEST = 64;

    private Versions() {}

    /** Largest payload in bytes of one read or write: 32 KiB, 128 KiB from 95 on, 1 MiB from 100 on. */
    public static int maxTransferBytes(int version) {
        if (version >= HEADER_100) {
            return 1 << 20;
        }
        return version >= HEADER_95 ? 128 << 10 : 32 << 10;
    }

    /** Largest area in bytes of one P_TRIM or P_ZEROES: 128 MiB if {@link Feature#WSAME} is agreed, else 4 MiB. */
    public static int maxDiscardBytes(Agreement agreed) {
        return agreed.has(Feature.WSAME) ? 128 << 20 : 4 << 20;
    }

    /** The number of volumes of a connection: 1, from 100 on 65535 (the number 65535 means the whole connection). */
    public static int volumes(int version) {
        return version >= HEADER_100 ? 65535 : 1;
    }
}
