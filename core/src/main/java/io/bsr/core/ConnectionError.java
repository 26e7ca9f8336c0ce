package io.bsr.core;

import io.bsr.core.generation.SyncOutcome.DropReason;

/** Why two nodes could not agree, in the words of {@code bsrsetup status}; command-line reference, section 3.3. */
enum ConnectionError {
    NONE(""),
    SPLIT_BRAIN("split-brain"),
    SYNC_TARGET_PRIMARY("sync-target-primary"),
    INCORRECT_DISCARD_MY_DATA("Incorrect-discard-my-data");

    private final String word;

    ConnectionError(String word) {
        this.word = word;
    }

    static ConnectionError of(DropReason reason) {
        return switch (reason) {
            case SPLIT_BRAIN -> SPLIT_BRAIN;
            case PRIMARY_WOULD_BE_TARGET -> SYNC_TARGET_PRIMARY;
            case DISCARD_IMPOSSIBLE, DISCARD_FORBIDDEN_BY_TARGET_ONLY -> INCORRECT_DISCARD_MY_DATA;
            case UNRELATED_DATA,
                    CONTRADICTORY_IDENTIFIERS,
                    PROTOCOL_TOO_OLD,
                    BOTH_DISCARD,
                    SOURCE_NOT_GOOD_ENOUGH,
                    DRY_RUN,
                    NO_ATTACH_RESULT -> NONE;
        };
    }

    @Override
    public String toString() {
        return word;
    }
}
