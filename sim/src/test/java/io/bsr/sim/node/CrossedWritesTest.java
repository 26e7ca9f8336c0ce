package io.bsr.sim.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.port.IoRequest;
import io.bsr.sim.disk.DiskCharacter;
import io.bsr.sim.network.LinkQuality;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.VirtualClock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two Primaries write to the same sectors at the same time: everybody is answered, and the copies stay equal. */
final class CrossedWritesTest {
    private static final int SEEDS = 150;
    private static final int SECTORS = 64;

    @ParameterizedTest
    @CsvSource({
        "equal, 8, 8, 8, 8",
        "inside, 8, 32, 16, 8",
        "covering, 16, 8, 8, 32",
        "partial, 8, 16, 16, 16",
        "partial below, 16, 16, 8, 16",
        "unaligned, 3, 7, 5, 11",
        "apart, 0, 8, 32, 8"
    })
    void two_writes_that_cross(String shape, int first0, int sectors0, int first1, int sectors1) {
        SharedVolume shared = new SharedVolume().bothPrimary();
        shared.write(0, first0, sectors0);
        shared.write(1, first1, sectors1);

        shared.allAnswered();

        shared.checkContents(SECTORS);
    }

    @Test
    void a_write_that_spans_two_of_the_peer() {
        for (int spanning = 0; spanning < 2; spanning++) {
            SharedVolume shared = new SharedVolume().bothPrimary();
            shared.write(1 - spanning, 8, 8);
            shared.write(1 - spanning, 24, 8);
            shared.write(spanning, 4, 32);
            shared.write(spanning, 40, 4);

            shared.allAnswered();

            shared.checkContents(SECTORS);
        }
    }

    @Test
    void a_flush_after_crossed_writes_is_answered() {
        SharedVolume shared = new SharedVolume().bothPrimary();
        shared.write(0, 8, 8);
        shared.write(0, 40, 8);
        shared.write(1, 8, 8);
        shared.write(1, 48, 8);
        ScriptedPair.Request flush0 = shared.pair.flush(0);
        ScriptedPair.Request flush1 = shared.pair.flush(1);

        shared.allAnswered();
        shared.pair.waitFor(() -> flush0.errno == 0 && flush1.errno == 0);

        shared.checkContents(SECTORS);
    }

    @Test
    void users_who_write_the_same_blocks_again_and_again() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                campaign(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    /** Both sides write at random, with several writes under way, mostly to few sectors. */
    private static void campaign(long seed) {
        SharedVolume shared = new SharedVolume(ScriptedPair.Physics.of(seed), Map.of("ping-timeout", "100"));
        shared.bothPrimary();
        SimRandom random = new SimRandom(seed).split("users");
        int depth = random.nextInt(6) + 1;
        long pause = random.scaled(VirtualClock.MICROSECOND, 5 * VirtualClock.MILLISECOND);
        SharedVolume.Write[][] slots = new SharedVolume.Write[2][depth];
        for (int turn = 0; turn < 200; turn++) {
            for (int node = 0; node < 2; node++) {
                int slot = random.nextInt(depth);
                SharedVolume.Write before = slots[node][slot];
                if (before == null || before.errno >= 0) {
                    int first = random.nextInt(SECTORS - 1);
                    int sectors = 1 + random.nextInt(Math.min(24, SECTORS - first));
                    slots[node][slot] = random.chance(0.1)
                            ? shared.zeroes(node, first, sectors)
                            : shared.write(node, first, sectors);
                    if (random.chance(0.05)) {
                        shared.pair.flush(node);
                    }
                }
            }
            shared.pair.run(random.exponential(pause));
        }
        shared.allAnswered();
        shared.checkContents(SECTORS);
        assertEquals("", shared.error(0).replace("none", ""));
        handOver(shared, random);
    }

    /** One node ends, as after a live migration; the other goes on. */
    private static void handOver(SharedVolume shared, SimRandom random) {
        int leaving = random.nextInt(2);
        ScriptedPair.Ending ending = new ScriptedPair.Ending();
        shared.pair.nodes[leaving].secondary(ending);
        assertTrue(shared.pair.ended(ending).outcome().success(), () -> "" + ending.outcome());
        shared.write(1 - leaving, 0, 16);
        shared.allAnswered();
        ScriptedPair.Request flush = shared.pair.flush(1 - leaving);
        shared.pair.waitFor(() -> flush.errno == 0);
        shared.checkContents(SECTORS);
        assertEquals(0, shared.pair.outOfSync(0) + shared.pair.outOfSync(1));
    }

    /** Acknowledgements and writes travel on different streams, and either may overtake the other. */
    @Test
    void a_write_that_follows_one_of_the_peer_is_not_taken_for_one_that_crosses_it() {
        long latency = VirtualClock.MILLISECOND / 2;
        LinkQuality link =
                new LinkQuality(latency, 10 * latency, 1_000_000_000L, 256 << 10, 0, 60 * VirtualClock.SECOND);
        SharedVolume shared =
                new SharedVolume(new ScriptedPair.Physics(3, link, DiskCharacter.PLAIN), Map.of("ping-timeout", "100"));
        shared.bothPrimary();
        for (int round = 0; round < 60; round++) {
            int leading = round & 1;
            SharedVolume.Write first = shared.write(leading, 8, 8);
            shared.pair.waitFor(() -> shared.sector(1 - leading, 8) == first.number);
            long begun = shared.pair.clock.now();
            SharedVolume.Write second = shared.write(1 - leading, 8, 8);
            shared.allAnswered();
            assertEquals(second.number, shared.sector(leading, 8));
            assertTrue(
                    second.ended - begun < 80 * VirtualClock.MILLISECOND,
                    () -> "round " + second.number + " took " + (second.ended - begun) + " ns: it was written twice");
        }
        shared.checkContents(SECTORS);
    }

    @Test
    void a_read_has_what_the_own_user_was_answered() {
        SharedVolume shared = new SharedVolume().bothPrimary();
        SharedVolume.Write crossed = shared.write(0, 8, 8);
        shared.write(1, 8, 8);
        shared.pair.waitFor(() -> crossed.errno == 0);
        shared.allAnswered();
        ScriptedPair.Request read = shared.pair.read(0, 8 * 512);
        shared.pair.waitFor(() -> read.errno == 0);
        assertEquals(
                shared.sector(1, 8),
                java.util.Objects.requireNonNull(read.buffer).bytes().getLong(0));
        assertEquals(IoRequest.Operation.READ, read.operation);
    }
}
