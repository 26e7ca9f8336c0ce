package io.bsr.sim.planted;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.sim.SeedRunner;
import io.bsr.sim.world.Scale;
import io.bsr.sim.world.SeedResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Each planted bug is found, by an invariant that it breaks, in a seed that passes without it.
 *
 * <p>Property: {@code bsr.planted.full=true} searches for each bug from seed 1 on, at most {@value #SEEDS} seeds, which takes
 * minutes. Otherwise the search begins where the bug was found last.
 */
final class PlantedBugsTest {
    private static final boolean FULL = Boolean.getBoolean("bsr.planted.full");
    private static final int SEEDS = 2000;
    private static final int THREADS = 2;

    @Test
    @Tag("seeds")
    @Timeout(value = 28, unit = TimeUnit.MINUTES)
    void every_planted_bug_is_found() throws InterruptedException, ExecutionException {
        List<PlantedBug> bugs = PlantedBug.catalogue();
        ConcurrentLinkedQueue<String> table = new ConcurrentLinkedQueue<>();
        List<String> wrong = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<String>> searches = new ArrayList<>();
            for (PlantedBug bug : bugs) {
                searches.add(threads.submit(() -> lookFor(bug, table)));
            }
            for (Future<String> search : searches) {
                String problem = search.get();
                if (!problem.isEmpty()) {
                    wrong.add(problem);
                }
            }
        }

        System.out.println("planted bugs:");
        table.stream().sorted().forEach(System.out::println);
        assertTrue(wrong.isEmpty(), () -> String.join("\n", wrong));
        assertTrue(bugs.size() >= 20, "only " + bugs.size() + " bugs are planted");
    }

    /** Returns what is wrong, in words; empty if it was found. */
    private static String lookFor(PlantedBug bug, ConcurrentLinkedQueue<String> table) {
        PlantedSearch search = FULL ? PlantedSearch.run(bug, 1, SEEDS) : PlantedSearch.run(bug, bug.seed(), SEEDS);
        SeedResult found = search.found();
        if (found == null) {
            return bug.name() + " (" + bug.history() + ") was not found in " + search.seeds()
                    + " seeds: the world lacks a fault, or an oracle does not look. Besides: " + search.others();
        }
        table.add(String.format(
                Locale.ROOT,
                "  %-40s %-7s %s, %s",
                bug.name(),
                bug.family(),
                found.invariant(),
                FULL ? "found after " + search.seeds() + " seeds" : "seed " + found.seed()));
        SeedResult healthy = new SeedRunner(Scale.SMOKE, false, bug.family()).run(found.seed());
        return healthy.failed()
                ? "seed " + found.seed() + ", which found " + bug.name() + ", fails without it, too: "
                        + healthy.explanation()
                : "";
    }

    @Test
    void a_core_compiled_and_loaded_anew_does_what_the_original_does() {
        PlantedBug nothing = new PlantedBug(
                "nothing",
                "",
                io.bsr.core.option.PeerFamily.BSR,
                java.util.Set.of(),
                1,
                List.of(new SourcePatch(
                        "io/bsr/core/Resource.java",
                        List.of("package io.bsr.core;"),
                        List.of("package io.bsr.core;"))));

        SeedResult copied = new CoreLoader(PatchedCore.compile(nothing))
                .worlds(nothing.family())
                .apply(1);
        SeedResult original = new SeedRunner(Scale.SMOKE, false).run(1);

        assertFalse(copied.failed(), copied.explanation());
        assertTrue(copied.hash() == original.hash(), "the hashes of the events differ");
    }

    @Test
    void a_patch_that_does_not_fit_exactly_once_is_refused() {
        SourcePatch gone = new SourcePatch("A.java", List.of("b"), List.of("c"));
        SourcePatch twice = new SourcePatch("A.java", List.of("a"), List.of("c"));

        String missing = String.valueOf(assertThrows(IllegalStateException.class, () -> gone.apply("x", "a\na\n"))
                .getMessage());
        String ambiguous = String.valueOf(assertThrows(IllegalStateException.class, () -> twice.apply("x", "a\na\n"))
                .getMessage());

        assertTrue(missing.contains("not to be found"), missing);
        assertTrue(ambiguous.contains("more than once"), ambiguous);
    }
}
