package io.bsr.sim.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.bsr.sim.world.SeedResult;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What breaks the order of writes is noticed by the file system that lives on it, be other oracles there or not. */
final class JournalFindsTest {
    private static final int SEEDS = 600;

    @ParameterizedTest
    @Tag("seeds")
    @CsvSource({
        // A Secondary acknowledges a barrier without a flush.
        "barrier-ack-without-flush, 12",
        // A Secondary begins a write of the next epoch before the one before it is durable.
        "epoch-order-ignored, 242",
        // A Primary answers a flush before its disk is flushed.
        "flush-skips-local-disk, 1",
    })
    void a_journaling_file_system_finds(String bug, long first) {
        SeedResult found = search(bug, first);

        assertNotNull(found, bug);
        assertEquals(first, found.seed(), found.explanation());
    }

    private static @Nullable SeedResult search(String name, long first) {
        PlantedBug bug = PlantedBug.catalogue().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        LongFunction<SeedResult> worlds =
                new CoreLoader(PatchedCore.compile(bug)).worlds(FileSystemWorlds.class, bug.family());
        for (long seed = first; seed < first + SEEDS; seed++) {
            SeedResult result = worlds.apply(seed);
            if (result.failed() && result.explanation().startsWith("the journaling file system")) {
                System.out.println("  " + name + ", seed " + seed + ": " + result.invariant());
                return result;
            }
        }
        return null;
    }
}
