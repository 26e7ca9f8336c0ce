package io.bsr.wire;

/** Bits of {@code dp_flags}, the flags of a mirrored write (reference 6.3). */
public final class DpFlags {
    public static final int HARDBARRIER = 1;
    /** Synchronous write; below version 95 the only bit in use. */
    public static final int RW_SYNC = 2;
    /** The sender is in a resync with the receiver. */
    public static final int MAY_SET_IN_SYNC = 4;
    /** The last of a batch. */
    public static final int UNPLUG = 8;
    /** Durable when completed. */
    public static final int FUA = 16;
    /** Flush before the write. */
    public static final int FLUSH = 32;

    public static final int DISCARD = 64;
    /** Protocol B: send P_RECV_ACK (from version 100 on). */
    public static final int SEND_RECEIVE_ACK = 128;
    /** Protocol C, or any during a resync: send P_WRITE_ACK (from version 100 on). */
    public static final int SEND_WRITE_ACK = 256;

    public static final int WSAME = 512;
    /** Write zeroes; together with {@link #DISCARD} the space may be freed, alone it must not. */
    public static final int ZEROES = 1024;

    private static final String[] NAMES = {
        "HARDBARRIER",
        "SYNC",
        "MAY_SET_IN_SYNC",
        "UNPLUG",
        "FUA",
        "FLUSH",
        "DISCARD",
        "RECV_ACK",
        "WRITE_ACK",
        "WSAME",
        "ZEROES"
    };

    private DpFlags() {}

    /** For logs, e.g. {@code FUA|WRITE_ACK}; {@code 0} if no bit is set. */
    public static String toString(int flags) {
        return FlagNames.join(flags & 0xffffffffL, NAMES);
    }
}
