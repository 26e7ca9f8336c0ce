package io.bsr.core.generation;

import org.jspecify.annotations.Nullable;

/** What the administrator wants done about a split brain; numbers as in P_PROTOCOL (wire-protocol reference, 5.6). */
public enum SplitBrainPolicy {
    DISCONNECT(0, "disconnect"),
    DISCARD_YOUNGER_PRIMARY(1, "discard-younger-primary"),
    DISCARD_OLDER_PRIMARY(2, "discard-older-primary"),
    DISCARD_ZERO_CHANGES(3, "discard-zero-changes"),
    DISCARD_LEAST_CHANGES(4, "discard-least-changes"),
    DISCARD_LOCAL(5, "discard-local"),
    DISCARD_REMOTE(6, "discard-remote"),
    CONSENSUS(7, "consensus"),
    DISCARD_SECONDARY(8, "discard-secondary"),
    CALL_PRI_LOST_AFTER_SB(9, "call-pri-lost-after-sb"),
    VIOLENTLY(10, "violently-as0p");

    private final int number;
    private final String option;

    SplitBrainPolicy(int number, String option) {
        this.number = number;
        this.option = option;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /** The value of the option in the configuration. */
    public String option() {
        return option;
    }

    /** The policy with this number on the wire; {@code null} if there is none. */
    public static @Nullable SplitBrainPolicy ofNumber(int number) {
        return number >= 0 && number < values().length ? values()[number] : null;
    }

    /** May be chosen when {@code primaries} nodes (0, 1 or 2) are Primary. */
    public boolean allowedWith(int primaries) {
        return switch (this) {
            case DISCONNECT -> true;
            case DISCARD_YOUNGER_PRIMARY,
                    DISCARD_OLDER_PRIMARY,
                    DISCARD_ZERO_CHANGES,
                    DISCARD_LEAST_CHANGES,
                    DISCARD_LOCAL,
                    DISCARD_REMOTE -> primaries == 0;
            case CONSENSUS, DISCARD_SECONDARY -> primaries == 1;
            case CALL_PRI_LOST_AFTER_SB, VIOLENTLY -> primaries == 1 || primaries == 2;
        };
    }

    @Override
    public String toString() {
        return option;
    }
}
