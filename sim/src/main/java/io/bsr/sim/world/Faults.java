package io.bsr.sim.world;

import io.bsr.base.port.Errno;
import io.bsr.base.state.DiskState;
import io.bsr.sim.disk.SimDisk;
import io.bsr.sim.network.Host;
import io.bsr.sim.node.NodeVolume;
import io.bsr.sim.node.SimNode;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What goes wrong with network, disks and machines during the storm. */
final class Faults {
    private static final long SECOND = VirtualClock.SECOND;
    private static final long MILLISECOND = VirtualClock.MILLISECOND;

    private final World world;
    private final SimRandom random;
    private final List<Runnable> toUndo = new ArrayList<>();
    private final int brokenNode;
    private boolean over;

    Faults(World world, SimRandom random) {
        this.world = world;
        this.random = random;
        this.brokenNode = random.nextInt(2);
    }

    void begin(Rates rates) {
        rates.means().forEach((happening, mean) -> {
            if (!AimedFaults.has(happening)) {
                plan(happening, mean);
            }
        });
    }

    private void plan(Rates.Happening happening, long mean) {
        world.clock().after(random.exponential(mean), () -> {
            if (!over) {
                world.script().happens(world, happening.name(), () -> happen(happening), random);
                plan(happening, mean);
            }
        });
    }

    /** Undoes everything that has not ended by itself. Dead machines stay dead until somebody starts them. */
    void end() {
        over = true;
        for (Runnable undo : List.copyOf(toUndo)) {
            undo.run();
        }
        toUndo.clear();
        for (int n = 0; n < 2; n++) {
            for (NodeVolume volume : world.node(n).volumes()) {
                volume.data().faults().heal();
                volume.meta().faults().heal();
            }
        }
    }

    private void happen(Rates.Happening happening) {
        SimNode node = world.node(random.nextInt(2));
        SimNode peer = world.other(node);
        Host here = node.host();
        Host there = peer.host();
        switch (happening) {
            case CUT -> cut(here, there, true);
            case CUT_ONE_WAY -> cut(here, there, false);
            case RESET -> {
                tell(node, "connections reset");
                world.network().resetConnections(here, random.pick(0.5, 1.0));
            }
            case CLOG -> {
                long duration = random.scaled(200 * MILLISECOND, 10 * SECOND);
                long divisor = random.scaled(2, 1000);
                long latency = random.scaled(MILLISECOND, 2 * SECOND);
                tell(
                        node,
                        "output clogged for " + duration / MILLISECOND + " ms, bandwidth / " + divisor + ", latency + "
                                + latency / MILLISECOND + " ms");
                world.network().clog(here, there, divisor, latency);
                undo(duration, () -> world.network().clog(here, there, 1, 0));
            }
            case REFUSE -> {
                tell(node, "refuses connections");
                world.network().refuse(here, true);
                undo(random.scaled(SECOND, 10 * SECOND), () -> world.network().refuse(here, false));
            }
            case SLOW_READER -> {
                tell(node, "reads slowly");
                world.network().slowReader(here, true);
                undo(random.scaled(SECOND / 2, 5 * SECOND), () -> world.network()
                        .slowReader(here, false));
            }
            case KILL -> crash(node, false);
            case POWER_LOSS -> crash(node, true);
            case POWER_LOSS_OF_BOTH -> {
                crash(world.node(0), true);
                crash(world.node(1), true);
            }
            case CRASH_IN_FLUSH -> crashInFlush(node);
            case PAUSE -> node.pause(random.scaled(20 * MILLISECOND, 20 * SECOND));
            case DISK_STALL -> stall(node);
            case DISK_ERRORS -> errors();
            default -> {}
        }
    }

    void cut(Host here, Host there, boolean bothWays) {
        long duration = random.scaled(50 * MILLISECOND, 20 * SECOND);
        tell(bothWays ? "network cut for " : here.address() + " cannot send for ", duration);
        world.network().cut(here, there);
        if (bothWays) {
            world.network().cut(there, here);
        }
        undo(duration, () -> {
            world.timeline().event("fault", () -> "network healed");
            world.network().heal(here, there);
            if (bothWays) {
                world.network().heal(there, here);
            }
        });
    }

    /** Does nothing if it does not run. */
    void crash(SimNode node, boolean power) {
        if (!node.running()) {
            return;
        }
        if (power) {
            world.losePower(node);
        } else {
            world.kill(node);
        }
        startLater(node);
    }

    private void startLater(SimNode node) {
        long delay = random.scaled(100 * MILLISECOND, 10 * SECOND);
        world.clock().after(delay, () -> {
            if (!over && !node.running()) {
                node.start(random.chance(0.95));
            }
        });
    }

    /**
     * What is durable, and what only seems so, differs most while a disk makes it so; crashes at any time seldom come then.
     */
    private void crashInFlush(SimNode node) {
        SimDisk disk = anyDisk(node);
        int process = node.starts();
        boolean power = random.chance(0.7);
        disk.faults().interrupt(random.scaled(1, 8) - 1, random.pick(0.2, 0.8, 1.0), () -> {
            if (node.running() && node.starts() == process) {
                tell(node, "crashes while " + disk.name() + " makes something durable");
                crash(node, power);
            }
        });
    }

    private void stall(SimNode node) {
        SimDisk disk = anyDisk(node);
        long duration = random.scaled(50 * MILLISECOND, 15 * SECOND);
        tell(node, disk.name() + " stalls for " + duration / MILLISECOND + " ms");
        disk.faults().stallUntil(world.clock().now() + duration);
    }

    /**
     * Only one of the two nodes ever has disk errors, and only while the other one has all data; {@code null} while it has
     * not.
     */
    @Nullable SimNode mayBreak() {
        SimNode node = world.node(brokenNode);
        SimNode peer = world.other(node);
        for (NodeVolume volume : peer.volumes()) {
            int number = volume.setup().number();
            if (world.view(peer).disk(number) != DiskState.UP_TO_DATE
                    || !world.view(peer).settled(number)) {
                return null;
            }
        }
        return node;
    }

    private void errors() {
        SimNode node = mayBreak();
        if (node == null) {
            return;
        }
        SimDisk disk = anyDisk(node);
        int errno = random.pick(Errno.EIO, Errno.ENOSPC);
        switch (random.nextInt(3)) {
            case 0 -> {
                double share = random.pick(0.02, 0.2, 1.0);
                tell(node, disk.name() + " fails " + share + " of its operations");
                disk.faults().errors(share, share, share, errno);
            }
            case 1 -> {
                long from = random.between(0, disk.size() - 1);
                long length = random.scaled(512, 1 << 20);
                tell(node, disk.name() + " has a bad range at " + from + " of " + length + " bytes");
                disk.faults().badRange(from, from + length);
            }
            default -> {
                tell(node, disk.name() + " will fail one operation");
                disk.faults().failAfter(random.scaled(1, 200));
            }
        }
        undo(random.scaled(SECOND / 10, 5 * SECOND), () -> {
            world.timeline().event("fault", () -> disk.name() + " works again");
            disk.faults().heal();
        });
    }

    private SimDisk anyDisk(SimNode node) {
        NodeVolume volume = node.volumes().get(random.nextInt(node.volumes().size()));
        return random.chance(0.5) ? volume.data() : volume.meta();
    }

    void undo(long after, Runnable action) {
        toUndo.add(action);
        world.clock().after(after, () -> {
            if (toUndo.remove(action)) {
                action.run();
            }
        });
    }

    private void tell(SimNode node, String what) {
        world.timeline().event("fault", () -> node.name() + " " + what);
    }

    private void tell(String what, long duration) {
        world.timeline().event("fault", () -> what + duration / MILLISECOND + " ms");
    }
}
