package io.bsr.sim.planted;

import io.bsr.core.option.PeerFamily;
import io.bsr.sim.SeedRunner;
import io.bsr.sim.ShrunkFaults;
import io.bsr.sim.world.Scale;
import io.bsr.sim.world.SeedResult;
import java.util.function.LongFunction;

/** Runs seeds and shrinks their lists of faults, which are the last lines of the result; made by reflection. */
public final class ShrinkingWorlds implements LongFunction<SeedResult> {
    private static final long PATIENCE = 120_000_000_000L;

    private final SeedRunner runner;

    /** Worlds of the family with this name. */
    public ShrinkingWorlds(String family) {
        runner = new SeedRunner(Scale.SMOKE, false, PeerFamily.valueOf(family));
    }

    @Override
    public SeedResult apply(long seed) {
        ShrunkFaults shrunk = runner.shrink(seed, PATIENCE);
        SeedResult r = shrunk.failure();
        return new SeedResult(
                seed,
                r.hash(),
                r.simulated(),
                shrunk.from(),
                r.requests(),
                r.converged(),
                r.invariant(),
                r.explanation(),
                shrunk.told());
    }
}
