package io.bsr.sim.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.core.option.PeerFamily;
import io.bsr.sim.time.SimRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What the seeds are about. */
final class SwarmTest {
    private static final int SEEDS = 400;

    private static Swarm swarm(long seed, PeerFamily family) {
        return Swarm.random(new SimRandom(seed).split("swarm"), Scale.SMOKE).with(family);
    }

    private static long seedsWith(String option) {
        return LongStream.rangeClosed(1, SEEDS)
                .filter(seed -> swarm(seed, PeerFamily.BSR).setup().netOptions().containsKey(option))
                .count();
    }

    @Test
    void worlds_of_our_own_family_have_verifies_checksums_digests_and_congestion() {
        assertTrue(seedsWith("verify-alg") > SEEDS / 10);
        assertTrue(seedsWith("csums-alg") > SEEDS / 20);
        assertTrue(seedsWith("data-integrity-alg") > SEEDS / 20);
        assertTrue(seedsWith("on-congestion") > SEEDS / 50);
    }

    @Test
    void worlds_of_drbd84_have_the_same_disks_and_faults() {
        Swarm own = swarm(1, PeerFamily.BSR);
        Swarm other = swarm(1, PeerFamily.DRBD84);

        assertEquals(own.disks(), other.disks());
        assertEquals(own.rates().means(), other.rates().means());
        assertEquals("drbd84", other.setup().netOptions().get("peer-family"));
    }
}
