package io.bsr.base.state;

import org.jspecify.annotations.Nullable;

/** How good the data of a disk is. The order is the order of the protocol: worse to better, with Unknown between. */
public enum DiskState {
    DISKLESS(0, "Diskless"),
    ATTACHING(1, "Attaching"),
    DETACHING(2, "Detaching"),
    FAILED(3, "Failed"),
    NEGOTIATING(4, "Negotiating"),
    INCONSISTENT(5, "Inconsistent"),
    OUTDATED(6, "Outdated"),
    UNKNOWN(7, "DUnknown"),
    CONSISTENT(8, "Consistent"),
    UP_TO_DATE(9, "UpToDate");

    private final int number;
    private final String label;

    DiskState(int number, String label) {
        this.number = number;
        this.label = label;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /** The state with this number on the wire; {@code null} if there is none. */
    public static @Nullable DiskState ofNumber(int number) {
        for (DiskState state : values()) {
            if (state.number == number) {
                return state;
            }
        }
        return null;
    }

    public boolean atLeast(DiskState other) {
        return compareTo(other) >= 0;
    }

    /** As the tools print it. */
    @Override
    public String toString() {
        return label;
    }
}
