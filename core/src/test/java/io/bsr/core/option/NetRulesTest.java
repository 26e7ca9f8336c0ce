package io.bsr.core.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.bsr.base.error.Outcome;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetRulesTest {
    @ParameterizedTest
    @CsvSource({
        "allow-two-primaries, yes, A, 139",
        "allow-two-primaries, yes, B, 139",
        "fencing, resource-and-stonith, A, 154",
        "on-congestion, pull-ahead, C, 155",
        "on-congestion, disconnect, B, 155",
        "sndbuf-size, 10485759, A, 174",
        "cram-hmac-alg, whirlpool, C, 120",
        "cram-hmac-alg, crc32c, C, 120",
        "data-integrity-alg, whirlpool, C, 141",
        "csums-alg, whirlpool, C, 144",
        "verify-alg, whirlpool, C, 146"
    })
    void what_does_not_go_together_is_refused_with_the_code_of_the_driver(
            String option, String value, String protocol, int code) {
        Outcome refusal = NetRules.refusal(Map.of("protocol", protocol, option, value));

        assertNotNull(refusal);
        assertEquals(code, refusal.code().number());
    }

    @ParameterizedTest
    @CsvSource({
        "allow-two-primaries, yes, C",
        "allow-two-primaries, no, A",
        "fencing, resource-and-stonith, B",
        "fencing, resource-only, A",
        "on-congestion, pull-ahead, A",
        "on-congestion, block, C",
        "sndbuf-size, 0, C",
        "sndbuf-size, 10485760, C",
        "sndbuf-size, 1099511627775, A",
        "cram-hmac-alg, sha256, C",
        "csums-alg, crc32c, C"
    })
    void what_goes_together_is_taken(String option, String value, String protocol) {
        Map<String, String> options = Map.of("protocol", protocol, option, value);

        assertNull(NetRules.refusal(options));
        NetOptions.from(options);
    }

    @Test
    void the_time_to_look_at_a_new_socket_is_read_under_its_name() {
        assertEquals(7, NetOptions.from(Map.of("socket-check-timeout", "7")).socketCheckTimeout());
    }
}
