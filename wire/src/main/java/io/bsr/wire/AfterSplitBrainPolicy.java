package io.bsr.wire;

import org.jspecify.annotations.Nullable;

/** What to do after split brain (reference 5.6). */
public enum AfterSplitBrainPolicy {
    DISCONNECT(0, "disconnect"),
    DISCARD_YOUNGER_PRIMARY(1, "discard-younger-primary"),
    DISCARD_OLDER_PRIMARY(2, "discard-older-primary"),
    DISCARD_ZERO_CHANGES(3, "discard-zero-changes"),
    DISCARD_LEAST_CHANGES(4, "discard-least-changes"),
    DISCARD_LOCAL(5, "discard-local"),
    DISCARD_REMOTE(6, "discard-remote"),
    CONSENSUS(7, "consensus"),
    DISCARD_SECONDARY(8, "discard-secondary"),
    CALL_PRI_LOST(9, "call-pri-lost-after-sb"),
    VIOLENTLY_AS_0P(10, "violently-as0p");

    private final int number;
    private final String option;

    AfterSplitBrainPolicy(int number, String option) {
        this.number = number;
        this.option = option;
    }

    /** The number in P_PROTOCOL. */
    public int number() {
        return number;
    }

    /** The policy with this number; {@code null} if there is none. */
    public static @Nullable AfterSplitBrainPolicy ofNumber(int number) {
        for (AfterSplitBrainPolicy policy : values()) {
            if (policy.number == number) {
                return policy;
            }
        }
        return null;
    }

    /** What the peer must have configured for both nodes to mean the same: local and remote change places. */
    public AfterSplitBrainPolicy seenByPeer() {
        return switch (this) {
            case DISCARD_LOCAL -> DISCARD_REMOTE;
            case DISCARD_REMOTE -> DISCARD_LOCAL;
            case DISCONNECT,
                    DISCARD_YOUNGER_PRIMARY,
                    DISCARD_OLDER_PRIMARY,
                    DISCARD_ZERO_CHANGES,
                    DISCARD_LEAST_CHANGES,
                    CONSENSUS,
                    DISCARD_SECONDARY,
                    CALL_PRI_LOST,
                    VIOLENTLY_AS_0P -> this;
        };
    }

    /** As it stands in the configuration. */
    @Override
    public String toString() {
        return option;
    }
}
