package io.bsr.sim.world;

import io.bsr.base.port.VolumePort;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.Placement;
import io.bsr.sim.disk.SimDisk;
import io.bsr.sim.node.NodeVolume;
import io.bsr.sim.node.PairSetup;
import io.bsr.sim.node.SimNode;
import io.bsr.sim.node.VolumeSetup;
import io.bsr.sim.oracle.NodeView;
import io.bsr.sim.oracle.VolumeOracle;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.time.VirtualClock;
import io.bsr.sim.workload.JournalOracle;
import io.bsr.sim.workload.JournalProfile;
import io.bsr.sim.workload.JournalUser;
import io.bsr.sim.workload.RandomUser;
import io.bsr.sim.workload.VolumeUser;
import io.bsr.sim.workload.Workload;
import io.bsr.sim.workload.WorkloadProfile;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A volume with a journaling file system beside the others, in some worlds; its images are examined again and again. */
final class Journaling {
    private static final double PROBABILITY = 0.25;
    private static final long BYTES = 1536L << 10;
    private static final long EVERY = 300 * VirtualClock.MILLISECOND;

    private final @Nullable JournalOracle oracle;
    private final VirtualClock clock;
    private final SimRandom random;

    private Journaling(@Nullable JournalOracle oracle, VirtualClock clock, SimRandom random) {
        this.oracle = oracle;
        this.clock = clock;
        this.random = random.split("journal looks");
    }

    /** Adds the volume and its use where the seed wants it. */
    static void draw(SimRandom random, List<VolumeSetup> volumes, List<Workload> workloads) {
        if (random.chance(PROBABILITY)) {
            volumes.add(new VolumeSetup(
                    volumes.size(), BYTES, 1 << 20, new Placement.Internal(), new ActivityLogRing(1, 8)));
            workloads.add(JournalProfile.random(random));
        }
    }

    /** Does nothing where no volume is used so. */
    static Journaling of(Swarm swarm, SimNode[] nodes, NodeView[] views, VirtualClock clock, SimRandom random) {
        for (int v = 0; v < swarm.workloads().size(); v++) {
            if (swarm.workloads().get(v) instanceof JournalProfile profile) {
                NodeVolume left = nodes[0].volumes().get(v);
                NodeVolume right = nodes[1].volumes().get(v);
                PairSetup setup = swarm.setup();
                JournalOracle oracle = new JournalOracle(
                        v,
                        profile.layout(),
                        setup.protocol(),
                        setup.synced(),
                        new SimDisk[] {left.data(), right.data()},
                        new SimDisk[] {left.meta(), right.meta()},
                        views,
                        nodes,
                        random.split("journal images"));
                return new Journaling(oracle, clock, random);
            }
        }
        return new Journaling(null, clock, random);
    }

    /** The user of a volume on a node. */
    VolumeUser user(Swarm swarm, SimNode node, VolumeOracle volume, SimRandom source, Timeline timeline, Plant plant) {
        UnaryOperator<VolumePort> decorator = real -> plant.port(node.id(), volume.volume(), real);
        return switch (swarm.workloads().get(volume.volume())) {
            case WorkloadProfile profile -> new RandomUser(volume, node, profile, clock, source, timeline, decorator);
            case JournalProfile profile ->
                new JournalUser(
                        volume, Objects.requireNonNull(oracle), node, profile, clock, source, timeline, decorator);
        };
    }

    /** Looks at the images until the storm is over; idle pairs are to be left alone then. */
    void begin(BooleanSupplier storming) {
        JournalOracle looking = oracle;
        if (looking != null) {
            clock.after(random.exponential(EVERY), () -> {
                if (storming.getAsBoolean()) {
                    looking.look("at a look in between");
                    begin(storming);
                }
            });
        }
    }

    /** The view of a node has changed. */
    void observe(int node) {
        if (oracle != null) {
            oracle.observe(node);
        }
    }

    /** The process of a node is gone, its view is still the last one. */
    void crashed(int node) {
        if (oracle != null) {
            oracle.crashed(node);
        }
    }

    /** An administrator is about to declare a copy good, whatever it contains; or that was refused. */
    void force(int node, boolean on) {
        if (oracle != null) {
            oracle.force(node, on);
        }
    }

    /** Bits of a copy were flipped. */
    void spoiled(SimNode node) {
        if (oracle != null) {
            oracle.spoiled(node.id());
        }
    }

    /** Both copies are equal and UpToDate. */
    void converged() {
        if (oracle != null) {
            oracle.converged();
        }
    }
}
