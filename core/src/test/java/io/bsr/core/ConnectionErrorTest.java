package io.bsr.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bsr.core.generation.SyncOutcome.DropReason;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words of status for what two nodes could not agree about. */
class ConnectionErrorTest {
    @ParameterizedTest
    @CsvSource({
        "SPLIT_BRAIN,split-brain",
        "PRIMARY_WOULD_BE_TARGET,sync-target-primary",
        "DISCARD_IMPOSSIBLE,Incorrect-discard-my-data",
        "DISCARD_FORBIDDEN_BY_TARGET_ONLY,Incorrect-discard-my-data",
        "UNRELATED_DATA,''",
        "DRY_RUN,''"
    })
    void a_reason_has_the_word_of_the_original_or_none(DropReason reason, String word) {
        assertEquals(word, ConnectionError.of(reason).toString());
    }
}
