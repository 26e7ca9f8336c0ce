package io.bsr.base.state;

import org.jspecify.annotations.Nullable;

/** What a node may do with the volumes of a resource. */
public enum Role {
    UNKNOWN(0, "Unknown"),
    PRIMARY(1, "Primary"),
    SECONDARY(2, "Secondary");

    private final int number;
    private final String label;

    Role(int number, String label) {
        this.number = number;
        this.label = label;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /** The state with this number on the wire; {@code null} if there is none. */
    public static @Nullable Role ofNumber(int number) {
        for (Role state : values()) {
            if (state.number == number) {
                return state;
            }
        }
        return null;
    }

    public boolean atLeast(Role other) {
        return compareTo(other) >= 0;
    }

    /** As the tools print it. */
    @Override
    public String toString() {
        return label;
    }
}
