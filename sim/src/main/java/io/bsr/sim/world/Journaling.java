package io.bsr.sim.world;

import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.Placement;
import io.bsr.sim.disk.SimDisk;
import io.bsr.sim.node.NodeVolume;
import io.bsr.sim.node.PairSetup;
import io.bsr.sim.node.SimNode;
import io.bsr.sim.node.VolumeSetup;
import io.bsr.sim.oracle.NodeView;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.VirtualClock;
import io.bsr.sim.workload.JournalOracle;
import io.bsr.sim.workload.JournalProfile;
import io.bsr.sim.workload.Workload;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A volume with a journaling file system beside the others, in some worlds; its images are examined again and again. */
final class Journaling {
    private static final double PROBABILITY = 0.25;
    private static final long BYTES = 1536 << 10;
    private static final long EVERY = 300 * VirtualClock.MILLISECOND;

    private final JournalOracle oracle;
    private final VirtualClock clock;
    private final SimRandom random;

    private Journaling(JournalOracle oracle, VirtualClock clock, SimRandom random) {
        this.oracle = oracle;
        this.clock = clock;
        this.random = random;
    }

    /** Adds the volume and its use where the seed wants it. */
    static void draw(SimRandom random, List<VolumeSetup> volumes, List<Workload> workloads) {
        if (random.chance(PROBABILITY)) {
            volumes.add(new VolumeSetup(
                    volumes.size(), BYTES, 1 << 20, new Placement.Internal(), new ActivityLogRing(1, 8)));
            workloads.add(JournalProfile.random(random));
        }
    }

    /** {@code null} where no volume is used so. */
    static @Nullable Journaling of(Swarm swarm, SimNode[] nodes, NodeView[] views, VirtualClock clock, SimRandom random) {
        for (int v = 0; v < swarm.workloads().size(); v++) {
            if (swarm.workloads().get(v) instanceof JournalProfile profile) {
                NodeVolume left = nodes[0].volumes().get(v);
                NodeVolume right = nodes[1].volumes().get(v);
                PairSetup setup = swarm.setup();
                return new Journaling(
                        new JournalOracle(
                                v,
                                profile.layout(),
                                setup.protocol(),
                                setup.synced(),
                                new SimDisk[] {left.data(), right.data()},
                                new SimDisk[] {left.meta(), right.meta()},
                                views,
                                nodes,
                                random.split("journal images")),
                        clock,
                        random.split("journal looks"));
            }
        }
        return null;
    }

    JournalOracle oracle() {
        return oracle;
    }

    /** Looks at the images until the storm is over: later bits of the Secondary are flipped, for a verify to find. */
    void begin(BooleanSupplier storming) {
        clock.after(random.exponential(EVERY), () -> {
            if (storming.getAsBoolean()) {
                oracle.look("at a look in between");
                begin(storming);
            }
        });
    }
}
