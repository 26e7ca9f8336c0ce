package io.bsr.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bsr.wire.ProtocolException.Fault;
import org.junit.jupiter.api.Test;

class AgreementTest {
    @Test
    void both_nodes_agree_on_the_highest_version_and_the_common_features() throws Exception {
        ProtocolOffer drbd93 = new ProtocolOffer(86, 124, 0x3ff);

        assertEquals(new Agreement(118, 0x0f), Agreement.between(ProtocolOffer.TO_BSR, ProtocolOffer.TO_BSR));
        assertEquals(new Agreement(101, 0x0f), Agreement.between(ProtocolOffer.TO_BSR, ProtocolOffer.TO_DRBD));
        assertEquals(new Agreement(101, 0x0f), Agreement.between(ProtocolOffer.TO_DRBD, drbd93));
        assertEquals(
                new Agreement(100, 0x07), Agreement.between(new ProtocolOffer(86, 100, 0x07), ProtocolOffer.TO_BSR));
    }

    @Test
    void a_highest_version_of_zero_means_the_lowest() throws Exception {
        ProtocolOffer old = new ProtocolOffer(86, 0, 0);

        assertEquals(86, Agreement.between(ProtocolOffer.TO_BSR, old).version());
    }

    @Test
    void ranges_that_do_not_overlap_are_refused_from_both_sides() {
        ProtocolOffer newer = new ProtocolOffer(119, 130, 0);

        for (ProtocolOffer[] pair :
                new ProtocolOffer[][] {{ProtocolOffer.TO_BSR, newer}, {newer, ProtocolOffer.TO_BSR}}) {
            ProtocolException refused =
                    assertThrows(ProtocolException.class, () -> Agreement.between(pair[0], pair[1]));
            assertEquals(Fault.NO_COMMON_VERSION, refused.fault());
        }
    }

    @Test
    void limits_follow_from_version_and_features() {
        assertEquals(32 << 10, Versions.maxTransferBytes(94));
        assertEquals(128 << 10, Versions.maxTransferBytes(95));
        assertEquals(128 << 10, Versions.maxTransferBytes(99));
        assertEquals(1 << 20, Versions.maxTransferBytes(100));
        assertEquals(128 << 20, Versions.maxDiscardBytes(new Agreement(101, Feature.WSAME.bit())));
        assertEquals(4 << 20, Versions.maxDiscardBytes(new Agreement(101, Feature.TRIM.bit())));
        assertEquals(1, Versions.volumes(99));
        assertEquals(65535, Versions.volumes(100));
        assertEquals(8, new Agreement(99, 0).headerBytes());
        assertEquals(16, new Agreement(100, 0).headerBytes());
    }
}
