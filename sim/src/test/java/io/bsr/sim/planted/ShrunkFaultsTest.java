package io.bsr.sim.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.core.option.PeerFamily;
import io.bsr.sim.SeedRunner;
import io.bsr.sim.ShrunkFaults;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.world.FaultScript;
import io.bsr.sim.world.Plant;
import io.bsr.sim.world.Scale;
import io.bsr.sim.world.SeedResult;
import io.bsr.sim.world.World;
import java.util.BitSet;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Of all that happened in a seed that fails, what is needed to make it fail. */
final class ShrunkFaultsTest {
    @Test
    @Tag("seeds")
    void the_faults_that_a_planted_bug_needs_are_few() {
        PlantedBug bug = PlantedBug.catalogue().stream()
                .filter(one -> one.name().equals("log-not-applied"))
                .findFirst()
                .orElseThrow();
        CoreLoader loader = new CoreLoader(PatchedCore.compile(bug));
        long seed = Objects.requireNonNull(
                        PlantedSearch.run(bug, bug.seed(), 100).found())
                .seed();

        SeedResult whole = loader.worlds(bug.family()).apply(seed);
        SeedResult shrunk = loader.worlds(ShrinkingWorlds.class, bug.family()).apply(seed);

        assertEquals(whole.invariant(), shrunk.invariant());
        System.out.println("  " + bug.name() + ", seed " + seed + ": "
                + shrunk.lastLines().size() + " of " + shrunk.events() + ": " + shrunk.lastLines());
        assertTrue(shrunk.lastLines().size() <= 3, shrunk.lastLines().toString());
        assertTrue(shrunk.events() > shrunk.lastLines().size(), "nothing was left out");
    }

    private static SeedResult run(long seed, FaultScript script) {
        World.Options options =
                new World.Options(Scale.SMOKE, false, Timeline.Detail.NOTHING, line -> {}, Plant.NONE, script);
        return World.of(seed, options, PeerFamily.BSR).run();
    }

    @Test
    void a_list_with_nothing_left_out_gives_the_same_events() {
        for (long seed = 1; seed <= 12; seed++) {
            FaultScript record = FaultScript.recording();
            SeedResult recorded = run(seed, record);
            BitSet all = new BitSet();
            all.set(0, record.size());

            SeedResult repeated = run(seed, record.keeping(all));

            assertEquals(recorded.hash(), repeated.hash(), "seed " + seed);
        }
    }

    @Test
    void what_is_left_happens_when_it_would_have_happened() {
        FaultScript record = FaultScript.recording();
        run(7, record);
        BitSet all = new BitSet();
        all.set(0, record.size());
        FaultScript whole = record.keeping(all);
        run(7, whole);
        BitSet last = new BitSet();
        last.set(record.size() - 1);

        FaultScript alone = record.keeping(last);
        run(7, alone);

        String expected = whole.told().getLast();
        assertEquals(1, alone.told().size());
        assertEquals(
                expected.substring(0, expected.indexOf(' ')),
                alone.told().getFirst().substring(0, expected.indexOf(' ')));
    }

    @Test
    void a_seed_that_passes_has_nothing_to_shrink() {
        ShrunkFaults none = new SeedRunner(Scale.SMOKE, false).shrink(3, 1_000_000_000L);

        assertTrue(!none.failure().failed(), none.failure().explanation());
        assertEquals(1, none.runs());
    }
}
