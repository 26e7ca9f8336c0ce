package io.bsr.sim.planted;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.sim.world.SeedResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The kernel of DRBD 8.4 writes what it gets from a resync as it comes; the engine leaves out what writes have overtaken,
 * and so would hide the errors of a source from a simulator in which it plays both nodes. Here it plays the kernel's part.
 */
final class PlainTargetTest {
    private static final int SEEDS = 40;

    /** In these a source that read while it wrote would be found. */
    private static final long[] TELLING = {261, 440, 456, 480, 549, 588};

    @Test
    @Tag("seeds")
    void a_target_that_writes_every_answer_gets_good_data_from_the_source() {
        PlantedBug plain = PlantedBug.variant("plain-target");
        LongFunction<SeedResult> worlds = new CoreLoader(PatchedCore.compile(plain)).worlds(plain.family());
        List<String> wrong = new ArrayList<>();

        LongStream.concat(LongStream.of(TELLING), LongStream.rangeClosed(1, SEEDS))
                .forEach(seed -> {
                    SeedResult result = worlds.apply(seed);
                    if (result.failed()) {
                        wrong.add("seed " + seed + " violates " + result.invariant() + ": " + result.explanation());
                    }
                });

        assertTrue(wrong.isEmpty(), () -> String.join("\n", wrong));
    }
}
