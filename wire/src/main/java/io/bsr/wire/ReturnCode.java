package io.bsr.wire;

import org.jspecify.annotations.Nullable;

/**
 * Results of cluster-wide state changes (reference 5.4). A receiver looks at the sign only: 1 and more is yes.
 *
 * <p>The numbers from −21 down are those of bsr; in DRBD 8.4 −21 means "refusing to be outdated while connected".
 */
public enum ReturnCode {
    CW_NO_NEED(4),
    CW_SUCCESS(3),
    NOTHING_TO_DO(2),
    SUCCESS(1),
    UNKNOWN_ERROR(0),
    TWO_PRIMARIES(-1),
    NO_UP_TO_DATE_DISK(-2),
    NO_LOCAL_DISK(-4),
    NO_REMOTE_DISK(-5),
    CONNECTED_OUTDATES(-6),
    PRIMARY_NOP(-7),
    RESYNC_RUNNING(-8),
    ALREADY_STANDALONE(-9),
    CW_FAILED_BY_PEER(-10),
    IS_DISKLESS(-11),
    DEVICE_IN_USE(-12),
    NO_NET_CONFIG(-13),
    NO_VERIFY_ALG(-14),
    NEED_CONNECTION(-15),
    LOWER_THAN_OUTDATED(-16),
    NOT_SUPPORTED(-17),
    IN_TRANSIENT_STATE(-18),
    CONCURRENT_ST_CHG(-19),
    O_VOL_PEER_PRI(-20),
    INTERRUPTED(-21),
    PRIMARY_READER(-22),
    TIMEOUT(-23),
    WEAKLY_CONNECTED(-24),
    NO_QUORUM(-25),
    TARGET_DISK_TOO_SMALL(-27),
    CONNECTED_DISKLESS(-28),
    LOWER_THAN_OUTDATED_PEER(-29),
    BARRIER_ACK_PENDING_TIMEOUT(-30),
    RESYNC_REPLY_DATA_PENDING_TIMEOUT(-31),
    TARGET_ONLY(-32);

    private final int number;

    ReturnCode(int number) {
        this.number = number;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    public boolean isSuccess() {
        return number >= SUCCESS.number;
    }

    /** The code with this number; {@code null} if there is none. */
    public static @Nullable ReturnCode ofNumber(int number) {
        for (ReturnCode code : values()) {
            if (code.number == number) {
                return code;
            }
        }
        return null;
    }
}
