package io.bsr.core.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.wire.digest.DigestAlgorithm;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DigestOptionsTest {
    @Test
    void an_algorithm_is_found_by_the_name_that_linux_gives_it() {
        DigestOptions options = DigestOptions.from(Map.of("verify-alg", "sha3-256", "csums-alg", "crc32c"));

        assertEquals(DigestAlgorithm.SHA3_256, options.verify());
        assertEquals(DigestAlgorithm.CRC32C, options.csums());
        assertNull(options.integrity());
    }

    @Test
    void an_unknown_algorithm_is_refused_with_those_that_are_known() {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class, () -> DigestOptions.from(Map.of("data-integrity-alg", "whirlpool")));

        String why = String.valueOf(refusal.getMessage());
        assertTrue(why.contains("data-integrity-alg"), why);
        assertTrue(why.contains("\"whirlpool\" is not known here; known are crc32c, md5, sha1"), why);
    }

    @Test
    void pull_ahead_needs_protocol_a() {
        Map<String, String> protocolC = Map.of("protocol", "C", "on-congestion", "pull-ahead");
        Map<String, String> protocolA = Map.of("protocol", "A", "on-congestion", "pull-ahead");

        assertThrows(IllegalArgumentException.class, () -> CongestionOptions.from(protocolC));
        assertEquals(
                CongestionOptions.Policy.PULL_AHEAD,
                CongestionOptions.from(protocolA).policy());
    }
}
