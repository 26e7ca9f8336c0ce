package io.bsr.sim.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.port.Errno;
import io.bsr.base.state.DiskState;
import io.bsr.sim.disk.DiskFaults.Failing;
import io.bsr.sim.disk.SimDisk;
import io.bsr.sim.node.PairSetup;
import io.bsr.sim.oracle.NodeView;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.time.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Fails the n-th read, write or flush of the data or the metadata of one node, once or for ever, in worlds in which users
 * work, roles change, connections end and disks are resynchronised: nothing acknowledged may be lost, nothing may hang, and
 * when the disk is in order again the pair has to come in order as well (I1–I9).
 */
final class IoFaultMatrixTest {
    private static final long SECOND = VirtualClock.SECOND;
    private static final int EACH = 30;
    private static final int LATER = 22;
    private static final long LATEST = 120;

    /** Metadata are read when a disk is attached, and hardly afterwards. */
    private static final int AT_ATTACH = 6;

    private static final long ENOUGH = 800;

    /** One case: what fails, where and when. */
    record Fault(long seed, int node, boolean metadata, Failing kind, long nth, boolean forEver, int errno) {
        @Override
        public String toString() {
            return "seed " + seed + ": " + Errno.name(errno) + (forEver ? " for ever from " : " for ") + kind + " "
                    + nth + " of the " + (metadata ? "metadata" : "data") + " of n" + node;
        }
    }

    private static List<Fault> matrix() {
        List<Fault> faults = new ArrayList<>();
        SimRandom random = new SimRandom(1).split("matrix");
        for (boolean metadata : new boolean[] {false, true}) {
            for (Failing kind : Failing.values()) {
                for (int errno : new int[] {Errno.EIO, Errno.ENOSPC}) {
                    for (boolean forEver : new boolean[] {false, true}) {
                        for (int n = 0; n < EACH + LATER; n++) {
                            boolean attaching = metadata && kind == Failing.READ;
                            long nth = attaching ? n % AT_ATTACH : n < EACH ? n : random.scaled(EACH, LATEST);
                            faults.add(new Fault(
                                    faults.size() + 1, random.nextInt(2), metadata, kind, nth, forEver, errno));
                        }
                    }
                }
            }
        }
        return faults;
    }

    /** Two good copies at first, and nothing that would take the other one away. */
    private static Swarm swarm(long seed) {
        Swarm drawn = Swarm.random(new SimRandom(seed).split("swarm"), Scale.SMOKE);
        Rates rates = Rates.none()
                .with(Rates.Happening.SWITCH_OVER, 6 * SECOND)
                .with(Rates.Happening.DISCONNECT, 5 * SECOND)
                .with(Rates.Happening.CUT, 9 * SECOND)
                .with(Rates.Happening.DOWN_UP, 15 * SECOND);
        PairSetup setup = drawn.setup();
        PairSetup synced = new PairSetup(
                setup.protocol(),
                setup.volumes(),
                setup.maxPeers(),
                true,
                setup.connectFirst(),
                setup.resourceOptions(),
                setup.diskOptions(),
                setup.netOptions(),
                setup.peerDeviceOptions());
        return new Swarm(
                synced,
                drawn.network(),
                drawn.disks(),
                drawn.workloads(),
                rates,
                drawn.storm(),
                drawn.administratorEvery(),
                drawn.extras());
    }

    private static final class Broken implements Plant {
        private final Fault fault;
        private @Nullable World world;
        private boolean struck;
        private boolean alone;

        Broken(Fault fault) {
            this.fault = fault;
        }

        @Override
        public void disk(int node, int volume, SimDisk disk) {
            if (!fault.metadata) {
                arm(node, volume, disk);
            }
        }

        @Override
        public void metadata(int node, int volume, SimDisk disk) {
            if (fault.metadata) {
                arm(node, volume, disk);
            }
        }

        private void arm(int node, int volume, SimDisk disk) {
            if (node == fault.node && volume == 0) {
                disk.faults().failNth(fault.kind, fault.nth, fault.forEver, fault.errno, this::strikes);
            }
        }

        /** Where the other copy is not good at that moment, none may be left. */
        private void strikes() {
            World in = Objects.requireNonNull(world);
            NodeView other = in.view(in.node(1 - fault.node));
            struck = true;
            alone |= other.disk(0) != DiskState.UP_TO_DATE || !other.settled(0);
        }
    }

    private record Verdict(boolean struck, boolean alone, String failure) {}

    private static Verdict run(Fault fault) {
        Broken broken = new Broken(fault);
        World world = new World(
                fault.seed,
                new World.Options(Scale.SMOKE, false, Timeline.Detail.NOTHING, line -> {}, broken),
                swarm(fault.seed));
        broken.world = world;
        SeedResult result = world.run();
        boolean excused = broken.alone && "I6".equals(result.invariant());
        return new Verdict(
                broken.struck,
                broken.alone,
                result.failed() && !excused ? fault + ": " + result.invariant() + ": " + result.explanation() : "");
    }

    @Test
    void no_single_failing_operation_loses_data_or_stops_the_pair() {
        List<Verdict> verdicts =
                matrix().parallelStream().map(IoFaultMatrixTest::run).toList();

        long struck = verdicts.stream().filter(Verdict::struck).count();
        long alone = verdicts.stream().filter(Verdict::alone).count();
        System.out.println("I/O-fault matrix: " + verdicts.size() + " cases; " + struck + " met their operation, "
                + alone + " of them without another good copy");
        assertEquals(
                List.of(),
                verdicts.stream()
                        .map(Verdict::failure)
                        .filter(failure -> !failure.isEmpty())
                        .toList());
        assertTrue(struck >= ENOUGH, struck + " cases met their operation");
    }
}
