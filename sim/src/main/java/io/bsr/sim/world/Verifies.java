package io.bsr.sim.world;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.snapshot.PeerDeviceSnapshot;
import io.bsr.sim.disk.SimDisk;
import io.bsr.sim.node.SimNode;
import io.bsr.sim.oracle.Violation;
import io.bsr.sim.oracle.VolumeOracle;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.VirtualClock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Online verifies: at random in the storm, where they must find nothing, for all differences are marked; and after it, with
 * bits flipped on the disk of the Secondary, where they must find exactly these.
 */
final class Verifies {
    private static final Pattern REPORT =
            Pattern.compile("Report\\(\\d+\\) out of sync: start=(\\d+), size=(\\d+) \\(sectors\\)");
    /** A change of the cluster that is going on ends within the time that one may take. */
    private static final long PAUSE = 5 * VirtualClock.SECOND;

    private static final long PATIENCE = 60 * VirtualClock.SECOND;

    private final World world;
    private final SimRandom random;

    /** Blocks of each volume with flipped bits, and those that a verify has reported. */
    private final List<BitSet> planted = new ArrayList<>();

    private final List<BitSet> reported = new ArrayList<>();
    private boolean over;

    /** A verify has ended before it had looked at everything, because a peer fell behind. */
    private boolean interrupted;

    Verifies(World world, SimRandom random, int volumes) {
        this.world = world;
        this.random = random;
        for (int v = 0; v < volumes; v++) {
            planted.add(new BitSet());
            reported.add(new BitSet());
        }
    }

    void begin() {
        if (world.swarm().extras().verifyEvery() > 0) {
            plan();
        }
    }

    void end() {
        over = true;
    }

    private void plan() {
        world.clock().after(random.exponential(world.swarm().extras().verifyEvery()), () -> {
            if (!over) {
                world.script().happens(world, "VERIFY", this::verifySomething, random);
                plan();
            }
        });
    }

    private void verifySomething() {
        SimNode node = world.node(random.nextInt(2));
        int volume = random.nextInt(planted.size());
        boolean stop = random.chance(0.2);
        boolean autoSync = random.chance(0.3);
        long start = random.chance(0.7)
                ? -1
                : random.between(0, world.oracles().get(volume).sectors() - 1);
        long end = random.chance(0.7)
                ? -1
                : random.between(0, world.oracles().get(volume).sectors());
        if (!node.running() || !node.configured() || node.commands().size() > 2) {
            return;
        }
        if (stop) {
            node.verifyStop(volume);
        } else {
            node.verify(volume, start, end, autoSync, outcome -> {});
        }
    }

    /** A node has logged something. */
    void logged(SimNode node, String object, String text) {
        interrupted |= text.startsWith("Online Verify reached sector");
        Matcher report = REPORT.matcher(text);
        if (!report.matches()) {
            return;
        }
        int slash = object.indexOf('/');
        int volume = Integer.parseInt(object.substring(slash + 1, object.indexOf(' ', slash)));
        long start = Long.parseLong(report.group(1));
        long sectors = Long.parseLong(report.group(2));
        int first = (int) (start / 8);
        int end = (int) ((start + sectors + 7) / 8);
        reported.get(volume).set(first, end);
        BitSet wrong = new BitSet();
        wrong.set(first, end);
        wrong.andNot(planted.get(volume));
        if (!wrong.isEmpty() && !world.oracles().get(volume).mayDiffer()) {
            throw new Violation(
                    "I4",
                    "an online verify of volume " + volume + " reported on " + node.name() + " that blocks " + wrong
                            + " differ, which nothing explains");
        }
    }

    /** Flips bits on the Secondary, verifies while users work, and looks at what was found; then has it repaired. */
    void findPlanted() {
        int flips = world.swarm().extras().flips();
        if (flips == 0) {
            return;
        }
        resumeResyncs();
        if (!waitFor(() -> world.onlyPrimary() != null && inStep())) {
            return;
        }
        SimNode primary = world.onlyPrimary();
        if (primary == null) {
            return;
        }
        for (VolumeOracle oracle : world.oracles()) {
            if (oracle.mayDiffer()) {
                return;
            }
        }
        SimNode secondary = world.other(primary);
        for (VolumeOracle oracle : world.oracles()) {
            SimDisk disk = secondary.volumes().get(oracle.volume()).data();
            for (int i = 0; i < flips; i++) {
                long sector = random.between(0, oracle.sectors() - 1);
                disk.flip(sector * 512 + random.nextInt(512), random.nextInt(8));
                planted.get(oracle.volume()).set((int) (sector / 8));
                oracle.flipped(sector);
                world.journaling().spoiled(secondary);
                world.timeline()
                        .event("world", () -> "a bit of sector " + sector + " is flipped on " + secondary.name());
            }
            reported.get(oracle.volume()).clear();
        }
        SimNode verifier = world.node(random.nextInt(2));
        boolean autoSync = random.chance(0.5);
        for (VolumeOracle oracle : world.oracles()) {
            verify(verifier, oracle, autoSync);
        }
        world.reconnect(verifier);
        waitFor(this::inStep);
        for (BitSet blocks : planted) {
            blocks.clear();
        }
        world.oracles().forEach(VolumeOracle::repaired);
    }

    /** What is found in one volume is resynchronised in all of them; nobody resumes what was paused in the storm. */
    private void resumeResyncs() {
        for (int n = 0; n < 2; n++) {
            for (VolumeOracle oracle : world.oracles()) {
                PeerDeviceSnapshot device = world.view(world.node(n)).peerDevice(oracle.volume());
                if (device != null && device.resyncSuspended().contains("user")) {
                    world.node(n).pauseSync(oracle.volume(), false);
                }
            }
        }
    }

    private void verify(SimNode verifier, VolumeOracle oracle, boolean autoSync) {
        int volume = oracle.volume();
        int tries = 0;
        do {
            if (++tries > 20) {
                throw new Violation("I6", "an online verify of volume " + volume + " is interrupted again and again");
            }
            verifyOnce(verifier, volume, autoSync);
        } while (interrupted);
        BitSet missing = (BitSet) planted.get(volume).clone();
        missing.andNot(reported.get(volume));
        for (int block = missing.nextSetBit(0); block >= 0; block = missing.nextSetBit(block + 1)) {
            if (oracle.differs(block)) {
                throw new Violation(
                        "I4",
                        "an online verify of volume " + volume + " by " + verifier.name() + " did not find block "
                                + block + ", which differs");
            }
        }
    }

    private void verifyOnce(SimNode verifier, int volume, boolean autoSync) {
        boolean[] began = new boolean[1];
        boolean[] refused = {true};
        for (int tries = 0; refused[0] && tries < 10; tries++) {
            // The resync of what was found in another volume, or of a promotion, comes first.
            connectWhoGaveUp();
            waitFor(this::inStep);
            refused[0] = false;
            interrupted = false;
            verifier.verify(volume, 0, -1, autoSync, outcome -> {
                began[0] = outcome.success();
                refused[0] = !outcome.success();
            });
            waitFor(() -> refused[0] || began[0]);
            if (refused[0]) {
                world.runFor(PAUSE);
            }
        }
        boolean ended = began[0]
                && waitFor(() -> world.view(verifier).replication(volume) != ReplicationState.VERIFY_S
                        && world.view(world.other(verifier)).replication(volume) != ReplicationState.VERIFY_T);
        if (!ended) {
            throw new Violation("I6", "an online verify of volume " + volume + " does not begin or does not end");
        }
    }

    /** After congestion, where the policy is to disconnect. */
    private void connectWhoGaveUp() {
        for (int n = 0; n < 2; n++) {
            if (world.view(world.node(n)).connectionState() == ConnectionState.STANDALONE) {
                world.node(n).connect(false, outcome -> {});
            }
        }
    }

    private boolean inStep() {
        for (int n = 0; n < 2; n++) {
            for (VolumeOracle oracle : world.oracles()) {
                boolean good = world.view(world.node(n)).replication(oracle.volume()) == ReplicationState.ESTABLISHED
                        && world.view(world.node(n)).disk(oracle.volume()) == DiskState.UP_TO_DATE;
                if (!good) {
                    return false;
                }
            }
        }
        return world.view(world.node(0)).role() != Role.UNKNOWN;
    }

    private boolean waitFor(BooleanSupplier condition) {
        long deadline = world.clock().now() + PATIENCE;
        while (!condition.getAsBoolean()) {
            if (world.clock().now() > deadline) {
                return false;
            }
            world.runFor(20 * VirtualClock.MILLISECOND);
            world.node(0).refresh();
            world.node(1).refresh();
        }
        return true;
    }
}
