package io.bsr.base.state;

import org.jspecify.annotations.Nullable;

/** What one volume is doing with one connected peer. */
public enum ReplicationState {
    OFF(9, "Off"),
    ESTABLISHED(10, "Established"),
    STARTING_SYNC_S(11, "StartingSyncS"),
    STARTING_SYNC_T(12, "StartingSyncT"),
    WF_BITMAP_S(13, "WFBitMapS"),
    WF_BITMAP_T(14, "WFBitMapT"),
    WF_SYNC_UUID(15, "WFSyncUUID"),
    SYNC_SOURCE(16, "SyncSource"),
    SYNC_TARGET(17, "SyncTarget"),
    VERIFY_S(18, "VerifyS"),
    VERIFY_T(19, "VerifyT"),
    PAUSED_SYNC_S(20, "PausedSyncS"),
    PAUSED_SYNC_T(21, "PausedSyncT"),
    AHEAD(22, "Ahead"),
    BEHIND(23, "Behind");

    private final int number;
    private final String label;

    ReplicationState(int number, String label) {
        this.number = number;
        this.label = label;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /** The state with this number on the wire; {@code null} if there is none. */
    public static @Nullable ReplicationState ofNumber(int number) {
        for (ReplicationState state : values()) {
            if (state.number == number) {
                return state;
            }
        }
        return null;
    }

    public boolean atLeast(ReplicationState other) {
        return compareTo(other) >= 0;
    }

    /** As the tools print it. */
    @Override
    public String toString() {
        return label;
    }
}
