package io.bsr.sim.node;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.sim.node.ScriptedPair.Ending;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.VirtualClock;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two Primaries lose each other in the midst of writes that cross: what differs is known, so that a resync by bitmap, after
 * the data of one were discarded, makes both copies equal (invariant I4).
 */
final class CrossedWritesLossTest {
    private static final int SEEDS = 60;
    private static final int SECTORS = 512;

    private enum Loss {
        LINK,
        PROCESS,
        POWER
    }

    @ParameterizedTest
    @EnumSource
    void what_differs_is_known(Loss loss) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                campaign(seed, loss);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    private static void campaign(long seed, Loss loss) {
        SharedVolume shared = new SharedVolume(ScriptedPair.Physics.of(seed), Map.of("ping-timeout", "20"));
        shared.bothPrimary();
        ScriptedPair pair = shared.pair;
        SimRandom random = new SimRandom(seed).split("users");
        long pause = random.scaled(VirtualClock.MICROSECOND, VirtualClock.MILLISECOND / 4);
        int writes = 10 + random.nextInt(30);
        for (int i = 0; i < writes; i++) {
            int first = random.nextInt(SECTORS - 1);
            shared.write(random.nextInt(2), first, 1 + random.nextInt(Math.min(160, SECTORS - first)));
            pair.run(random.exponential(pause));
        }
        int victim = random.nextInt(2);
        lose(pair, loss, victim);
        // Some seeds write on: then the generations differ for certain.
        if (random.chance(0.5)) {
            shared.write(1 - victim, random.nextInt(SECTORS - 8), 8);
        }
        pair.run(20 * VirtualClock.SECOND);
        back(pair, loss, victim);

        pair.run(5 * VirtualClock.SECOND);
        if (!together(pair)) {
            discard(pair, victim);
            pair.waitFor(() -> together(pair));
        }
        pair.run(VirtualClock.SECOND);
        for (int s = 0; s < SECTORS; s++) {
            long here = shared.sector(0, s);
            long there = shared.sector(1, s);
            int sector = s;
            assertTrue(here == there, () -> "sector " + sector + " has " + here + " and " + there);
        }
    }

    private static void lose(ScriptedPair pair, Loss loss, int victim) {
        switch (loss) {
            case LINK -> {
                pair.network.cut(pair.nodes[0].host(), pair.nodes[1].host());
                pair.network.cut(pair.nodes[1].host(), pair.nodes[0].host());
            }
            case PROCESS -> pair.nodes[victim].kill();
            case POWER -> pair.nodes[victim].losePower();
        }
    }

    private static void back(ScriptedPair pair, Loss loss, int victim) {
        if (loss == Loss.LINK) {
            pair.network.heal(pair.nodes[0].host(), pair.nodes[1].host());
            pair.network.heal(pair.nodes[1].host(), pair.nodes[0].host());
        } else {
            pair.nodes[victim].start(true);
        }
    }

    private static boolean together(ScriptedPair pair) {
        for (int n = 0; n < 2; n++) {
            pair.nodes[n].refresh();
            if (pair.state(n) != ConnectionState.CONNECTED
                    || pair.disk(n) != DiskState.UP_TO_DATE
                    || pair.outOfSync(n) > 0) {
                return false;
            }
        }
        return true;
    }

    private static void discard(ScriptedPair pair, int victim) {
        pair.nodes[0].disconnect(true, new Ending());
        pair.nodes[1].disconnect(true, new Ending());
        pair.nodes[victim].secondary(new Ending());
        pair.run(VirtualClock.SECOND);
        pair.nodes[victim].connect(true, new Ending());
        pair.nodes[1 - victim].connect(false, new Ending());
    }
}
