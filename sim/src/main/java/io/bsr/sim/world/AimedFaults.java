package io.bsr.sim.world;

import io.bsr.base.port.Errno;
import io.bsr.base.state.ReplicationState;
import io.bsr.sim.disk.DiskFaults;
import io.bsr.sim.disk.SimDisk;
import io.bsr.sim.node.NodeVolume;
import io.bsr.sim.node.SimNode;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.VirtualClock;
import java.util.List;

/**
 * Faults that wait for their moment: what a protocol does wrong shows between a change of state and what follows from it,
 * and when one kind of operation is much slower than all others.
 */
final class AimedFaults {
    private static final long SECOND = VirtualClock.SECOND;
    private static final long MILLISECOND = VirtualClock.MILLISECOND;
    private static final long MICROSECOND = VirtualClock.MICROSECOND;
    private static final List<Rates.Happening> MINE = List.of(
            Rates.Happening.FAULT_AT_CHANGE,
            Rates.Happening.SLOW_OPERATIONS,
            Rates.Happening.DISK_LOST,
            Rates.Happening.CRASH_LOOP,
            Rates.Happening.SLOW_RESYNC,
            Rates.Happening.PEER_LAGS);

    private final World world;
    private final Faults faults;
    private final SimRandom random;
    private boolean over;

    /** Faults at the next changes of state of each node. */
    private final int[] armed = new int[2];

    /** The next resync to a node finds its disk slow. */
    private final boolean[] slowTarget = new boolean[2];

    AimedFaults(World world, Faults faults, SimRandom random) {
        this.world = world;
        this.faults = faults;
        this.random = random;
    }

    static boolean has(Rates.Happening happening) {
        return MINE.contains(happening);
    }

    void begin(Rates rates) {
        rates.means().forEach((happening, mean) -> {
            if (has(happening)) {
                plan(happening, mean, happening.drawnFrom(random));
            }
        });
    }

    private void plan(Rates.Happening happening, long mean, SimRandom source) {
        world.clock().after(source.exponential(mean), () -> {
            if (!over) {
                happen(happening, source);
                plan(happening, mean, source);
            }
        });
    }

    void end() {
        over = true;
    }

    private void happen(Rates.Happening happening, SimRandom source) {
        SimNode node = world.node(source.nextInt(2));
        switch (happening) {
            case FAULT_AT_CHANGE -> armed[node.id()] = (int) source.scaled(1, 4);
            case SLOW_RESYNC -> {
                slowTarget[0] = true;
                slowTarget[1] = true;
            }
            case SLOW_OPERATIONS -> slow(node, source);
            case PEER_LAGS -> lag(source);
            case DISK_LOST -> loseDisk(source);
            case CRASH_LOOP -> {
                if (source.chance(0.6)) {
                    faults.cut(node.host(), world.other(node).host(), true);
                }
                crashAgain(node, source, (int) source.between(2, 3));
            }
            default -> {}
        }
    }

    /** A node says that its state is another one now. */
    void changed(SimNode node) {
        if (!over && slowTarget[node.id()]) {
            slowResync(node);
        }
        if (over || armed[node.id()] == 0 || --armed[node.id()] > 0) {
            return;
        }
        int process = node.starts();
        SimRandom source = random.split("at " + world.clock().now());
        long delay = source.scaled(10 * MICROSECOND, 300 * MILLISECOND);
        world.clock().after(delay, () -> {
            if (!over && node.starts() == process) {
                strike(node, source);
            }
        });
    }

    /** Users' writes that a resync leaves out may be on their way to the disk still when it ends. */
    private void slowResync(SimNode node) {
        for (NodeVolume volume : node.volumes()) {
            if (world.view(node).replication(volume.setup().number()) == ReplicationState.SYNC_TARGET) {
                slowTarget[node.id()] = false;
                SimRandom source = random.split("resync at " + world.clock().now());
                long delay = source.scaled(5 * MILLISECOND, 500 * MILLISECOND);
                slow(node, volume.data(), DiskFaults.Failing.WRITE, source.pick(0.1, 0.3, 0.6), delay, source);
            }
        }
    }

    private void strike(SimNode node, SimRandom source) {
        SimNode peer = world.other(node);
        switch (source.nextInt(7)) {
            case 0 -> faults.crash(node, false);
            case 1 -> faults.crash(node, true);
            case 2 -> faults.crash(peer, false);
            case 3 -> faults.crash(peer, true);
            case 4 -> {
                faults.crash(node, true);
                faults.crash(peer, true);
            }
            case 5 -> faults.cut(node.host(), peer.host(), true);
            default -> {
                world.timeline().event("fault", () -> node.name() + " connections reset");
                world.network().resetConnections(node.host(), 1.0);
            }
        }
    }

    /** It crashes, and again before it has got over that. */
    private void crashAgain(SimNode node, SimRandom source, int times) {
        if (over || times == 0) {
            return;
        }
        faults.crash(node, source.chance(0.5));
        world.clock().after(source.scaled(20 * MILLISECOND, SECOND), () -> {
            if (!over && !node.running()) {
                node.start(true);
            }
        });
        world.clock()
                .after(SECOND + source.scaled(10 * MILLISECOND, SECOND), () -> crashAgain(node, source, times - 1));
    }

    private void slow(SimNode node, SimRandom source) {
        SimDisk disk = disk(node, source);
        DiskFaults.Failing kind = source.pick(
                DiskFaults.Failing.WRITE,
                DiskFaults.Failing.WRITE,
                DiskFaults.Failing.READ,
                DiskFaults.Failing.FLUSH,
                DiskFaults.Failing.FLUSH);
        slow(node, disk, kind, source.pick(0.1, 0.5, 1.0), source.scaled(2 * MILLISECOND, SECOND), source);
    }

    /** The Primary's peer is seconds behind. */
    private void lag(SimRandom source) {
        SimNode primary = world.onlyPrimary();
        if (primary != null) {
            SimNode peer = world.other(primary);
            DiskFaults.Failing kind = source.pick(DiskFaults.Failing.WRITE, DiskFaults.Failing.FLUSH);
            slow(peer, peer.volumes().getFirst().data(), kind, 1.0, source.between(SECOND, 4 * SECOND), source);
        }
    }

    private void slow(SimNode node, SimDisk disk, DiskFaults.Failing kind, double share, long delay, SimRandom source) {
        world.timeline()
                .event(
                        "fault",
                        () -> node.name() + " " + disk.name() + " takes " + delay / MILLISECOND + " ms more for "
                                + share + " of each " + kind);
        disk.faults().slow(kind, share, delay, source.split(disk.name()));
        faults.undo(source.scaled(200 * MILLISECOND, 5 * SECOND), () -> disk.faults()
                .slow(kind, 0, 0, source));
    }

    private static SimDisk disk(SimNode node, SimRandom source) {
        NodeVolume volume = node.volumes().get(source.nextInt(node.volumes().size()));
        return source.chance(0.7) ? volume.data() : volume.meta();
    }

    /** A disk does nothing any more, so that not even its metadata can say so; later it is there again as it was. */
    private void loseDisk(SimRandom source) {
        SimNode node = faults.mayBreak();
        if (node == null) {
            return;
        }
        NodeVolume volume = node.volumes().get(source.nextInt(node.volumes().size()));
        for (SimDisk disk : List.of(volume.data(), volume.meta())) {
            world.timeline().event("fault", () -> node.name() + " " + disk.name() + " is lost");
            disk.faults().errors(1, 1, 1, Errno.EIO);
        }
        faults.undo(source.scaled(SECOND / 10, 5 * SECOND), () -> {
            for (SimDisk disk : List.of(volume.data(), volume.meta())) {
                world.timeline().event("fault", () -> disk.name() + " is back");
                disk.faults().heal();
            }
        });
    }
}
