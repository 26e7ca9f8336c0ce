package io.bsr.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bsr.core.option.PeerFamily;
import io.bsr.sim.world.Scale;
import io.bsr.sim.world.SeedResult;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * I12: everything in a simulated run comes from its seed. 20 seeds, 500 in continuous integration ({@code CI} in the
 * environment), as many as {@code -Dbsr.determinism.seeds} says.
 */
final class DeterminismTest {
    private static final long FIRST = 1001;
    private static final int SEEDS =
            Integer.getInteger("bsr.determinism.seeds", "true".equals(System.getenv("CI")) ? 500 : 20);

    /**
     * The second time on another thread and in the opposite order: what one world leaves behind for the next, in a static field
     * or a pool, is something else then.
     */
    @ParameterizedTest
    @EnumSource(PeerFamily.class)
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    @Tag("seeds")
    void the_same_seed_gives_the_same_events(PeerFamily family) throws InterruptedException {
        SeedRunner runner = new SeedRunner(Scale.SMOKE, false, family);
        SeedResult[] first = new SeedResult[SEEDS];
        SeedResult[] second = new SeedResult[SEEDS];

        Thread forwards = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < SEEDS; i++) {
                first[i] = runner.run(FIRST + i);
            }
        });
        Thread backwards = Thread.ofPlatform().start(() -> {
            for (int i = SEEDS - 1; i >= 0; i--) {
                second[i] = runner.run(FIRST + i);
            }
        });
        forwards.join();
        backwards.join();

        for (int i = 0; i < SEEDS; i++) {
            assertEquals(first[i].hash(), second[i].hash(), "event hash of seed " + (FIRST + i));
            assertEquals(first[i].events(), second[i].events(), "events of seed " + (FIRST + i));
        }
    }
}
