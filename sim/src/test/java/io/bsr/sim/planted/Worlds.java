package io.bsr.sim.planted;

import io.bsr.core.option.PeerFamily;
import io.bsr.sim.SeedRunner;
import io.bsr.sim.world.Scale;
import io.bsr.sim.world.SeedResult;
import java.util.function.LongFunction;

/** Runs seeds; made by reflection, in the loader that has the bug. */
public final class Worlds implements LongFunction<SeedResult> {
    private final SeedRunner runner;

    /** Worlds of the family with this name. */
    public Worlds(String family) {
        runner = new SeedRunner(Scale.SMOKE, false, PeerFamily.valueOf(family));
    }

    @Override
    public SeedResult apply(long seed) {
        return runner.run(seed);
    }
}
