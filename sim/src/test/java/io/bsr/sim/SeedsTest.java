package io.bsr.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.sim.world.Scale;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The real core in simulated worlds: more of them in continuous integration ({@code CI} in the environment), as many as {@code
 * -Dbsr.seeds} says for each family of nodes.
 */
final class SeedsTest {
    private static final boolean CI = "true".equals(System.getenv("CI"));
    private static final int SEEDS = Integer.getInteger("bsr.seeds", CI ? 6700 : 200);
    private static final int DRBD84_SEEDS = Integer.getInteger("bsr.seeds", CI ? 3300 : 100);

    private record Run(int code, String output) {}

    private static Run sim(String... args) throws InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int code = Main.run(new ArrayDeque<>(List.of(args)), out);
        return new Run(code, bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    @Tag("seeds")
    void the_regressions_and_new_seeds_violate_no_invariant() throws InterruptedException {
        Run run = sim("--seeds", Integer.toString(SEEDS), "--threads", "2");

        assertEquals(0, run.code, run.output);
        int regressions = new SeedRunner(Scale.SMOKE, false).regressions().size();
        assertTrue(run.output.contains(SEEDS + regressions + " seeds in "), run.output);
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    @Tag("seeds")
    void nodes_that_take_each_other_for_drbd84_violate_no_invariant_either() throws InterruptedException {
        Run run = sim("--drbd84", "--seeds", Integer.toString(DRBD84_SEEDS), "--threads", "2");

        assertEquals(0, run.code, run.output);
    }

    @Test
    void a_single_seed_prints_its_hash_and_with_trace_a_timeline() throws InterruptedException {
        Run silent = sim("--seed", "1");
        Run told = sim("--seed", "1", "--trace");

        String summary = told.output.substring(told.output.indexOf("seed 1: "));
        assertTrue(silent.output.contains("event hash"), silent.output);
        assertTrue(silent.output.startsWith(summary.lines().findFirst().orElse("?")), summary);
        assertTrue(told.output.contains("n0       process started"), told.output);
    }

    @Test
    void a_wrong_option_is_explained() throws InterruptedException {
        Run unknown = sim("--sed", "1");
        Run without = sim("--seed");

        assertEquals(2, unknown.code);
        assertTrue(unknown.output.contains("unknown option --sed"), unknown.output);
        assertEquals(2, without.code);
        assertTrue(without.output.contains("--seed needs a number"), without.output);
    }
}
