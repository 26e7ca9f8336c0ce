package io.bsr.sim.planted;

import io.bsr.sim.world.SeedResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How the search for a planted bug ended.
 *
 * @param seeds that were run
 * @param found the first one that violated an invariant by which the bug may be found; {@code null} if none did
 * @param others what was violated besides
 */
record PlantedSearch(PlantedBug bug, long seeds, @Nullable SeedResult found, List<String> others) {
    /** Runs seeds from {@code first} on, at most {@code most}, until the bug is found. */
    static PlantedSearch run(PlantedBug bug, long first, long most) {
        LongFunction<SeedResult> worlds = new CoreLoader(PatchedCore.compile(bug)).worlds(bug.family());
        List<String> others = new ArrayList<>();
        for (long seed = first; seed < first + most; seed++) {
            SeedResult result = worlds.apply(seed);
            if (result.failed() && bug.finds().contains(result.invariant())) {
                return new PlantedSearch(bug, seed - first + 1, result, others);
            }
            if (result.failed()) {
                others.add("seed " + seed + ": " + result.invariant() + ": " + result.explanation());
            }
        }
        return new PlantedSearch(bug, most, null, others);
    }
}
