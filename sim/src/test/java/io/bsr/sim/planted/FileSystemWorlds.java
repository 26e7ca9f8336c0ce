package io.bsr.sim.planted;

import io.bsr.core.option.PeerFamily;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.world.Plant;
import io.bsr.sim.world.Scale;
import io.bsr.sim.world.SeedResult;
import io.bsr.sim.world.World;
import java.util.function.LongFunction;

/** Runs seeds in which only a file system may notice that its volume is broken; made by reflection, in the loader that has the bug. */
public final class FileSystemWorlds implements LongFunction<SeedResult> {
    private static final Plant MUTE = new Plant() {
        @Override
        public boolean onlyFileSystemsLook() {
            return true;
        }
    };

    private final PeerFamily family;

    /** Worlds of the family with this name. */
    public FileSystemWorlds(String family) {
        this.family = PeerFamily.valueOf(family);
    }

    @Override
    public SeedResult apply(long seed) {
        return World.of(seed, new World.Options(Scale.SMOKE, false, Timeline.Detail.NOTHING, line -> {}, MUTE), family)
                .run();
    }
}
