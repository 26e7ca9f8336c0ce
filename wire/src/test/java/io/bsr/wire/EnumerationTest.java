package io.bsr.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class EnumerationTest {
    @Test
    void policies_have_the_numbers_and_names_of_the_reference() {
        String[] names = {
            "disconnect",
            "discard-younger-primary",
            "discard-older-primary",
            "discard-zero-changes",
            "discard-least-changes",
            "discard-local",
            "discard-remote",
            "consensus",
            "discard-secondary",
            "call-pri-lost-after-sb",
            "violently-as0p"
        };
        for (int number = 0; number < names.length; number++) {
            AfterSplitBrainPolicy policy = AfterSplitBrainPolicy.ofNumber(number);

            assertEquals(names[number], String.valueOf(policy));
        }
        assertNull(AfterSplitBrainPolicy.ofNumber(names.length));
        assertNull(AfterSplitBrainPolicy.ofNumber(-1));
    }

    @Test
    void local_and_remote_change_places_for_the_peer() {
        for (AfterSplitBrainPolicy policy : AfterSplitBrainPolicy.values()) {
            AfterSplitBrainPolicy expected =
                    switch (policy) {
                        case DISCARD_LOCAL -> AfterSplitBrainPolicy.DISCARD_REMOTE;
                        case DISCARD_REMOTE -> AfterSplitBrainPolicy.DISCARD_LOCAL;
                        default -> policy;
                    };

            assertEquals(expected, policy.seenByPeer());
            assertEquals(policy, policy.seenByPeer().seenByPeer());
        }
    }

    @Test
    void one_and_more_is_success() {
        for (ReturnCode code : ReturnCode.values()) {
            assertEquals(code.number() >= 1, code.isSuccess());
            assertEquals(code, ReturnCode.ofNumber(code.number()));
        }
        assertEquals(ReturnCode.CONCURRENT_ST_CHG, ReturnCode.ofNumber(-19));
        assertEquals(ReturnCode.TARGET_ONLY, ReturnCode.ofNumber(-32));
        assertNull(ReturnCode.ofNumber(-3));
    }

    @Test
    void protocols_are_numbered_from_one() {
        assertEquals(WireProtocol.A, WireProtocol.ofNumber(1));
        assertEquals(WireProtocol.B, WireProtocol.ofNumber(2));
        assertEquals(WireProtocol.C, WireProtocol.ofNumber(3));
        assertNull(WireProtocol.ofNumber(0));
        assertNull(WireProtocol.ofNumber(4));
    }
}
