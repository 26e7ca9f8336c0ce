package io.bsr.sim.world;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.Role;
import io.bsr.core.snapshot.ConnectionSnapshot;
import io.bsr.core.snapshot.PeerDeviceSnapshot;
import io.bsr.core.snapshot.ResourceSnapshot;
import io.bsr.core.snapshot.VolumeSnapshot;
import io.bsr.sim.node.PendingCommand;
import io.bsr.sim.node.SimNode;
import io.bsr.sim.oracle.Violation;
import io.bsr.sim.time.VirtualClock;
import io.bsr.sim.workload.VolumeUser;
import java.util.Locale;

/** The end of a world: everything must come back to order, work once more, and go away without a trace. */
final class Calm {
    private static final long PATIENCE = 60 * VirtualClock.SECOND;
    private static final long LONGEST = 400 * VirtualClock.SECOND;
    private static final int IDLE_EVENTS_PER_SECOND = 120;

    private final World world;

    Calm(World world) {
        this.world = world;
    }

    void run() {
        world.roleKeeper().stop();
        for (int n = 0; n < 2; n++) {
            world.stopUsers(world.node(n), () -> {});
        }
        becomeQuiet("after the storm");
        useOnceMore();
        world.verifies().findPlanted();
        world.roleKeeper().stop();
        for (int n = 0; n < 2; n++) {
            world.stopUsers(world.node(n), () -> {});
        }
        becomeQuiet("after the volumes were used once more");
        world.checkMetadata();
        beIdle();
        takeDown();
    }

    /** I6. */
    private void becomeQuiet(String when) {
        long began = world.clock().now();
        while (true) {
            world.runFor(100 * VirtualClock.MILLISECOND);
            if (world.quiet().check()) {
                return;
            }
            long now = world.clock().now();
            long since = Math.max(began, world.administrator().actedAt());
            since = Math.max(since, Math.min(now, world.network().cloggedUntil()));
            if (now - since > PATIENCE || now - began > LONGEST) {
                throw new Violation("I6", when + " not in order within 60 s: " + whatIsStuck());
            }
            if ((now - began) / VirtualClock.SECOND
                    != (now - began - 100 * VirtualClock.MILLISECOND) / VirtualClock.SECOND) {
                world.administrator().look(true);
            }
        }
    }

    private void useOnceMore() {
        long before = issued();
        for (VolumeUser user : world.users()) {
            user.limit(user.issued() + 30);
        }
        world.roleKeeper().resume();
        long deadline = world.clock().now() + PATIENCE;
        while (issued() < before + 10) {
            world.runFor(200 * VirtualClock.MILLISECOND);
            if (world.clock().now() > deadline) {
                throw new Violation("I6", "no node could be made Primary and used within 60 s: " + whatIsStuck());
            }
        }
        world.runFor(VirtualClock.SECOND);
    }

    private long issued() {
        long issued = 0;
        for (VolumeUser user : world.users()) {
            issued += user.issued();
        }
        return issued;
    }

    /** I10: an idle pair does next to nothing. */
    private void beIdle() {
        world.runFor(3 * VirtualClock.SECOND);
        long before = world.clock().happened();
        world.runFor(5 * VirtualClock.SECOND);
        long perSecond = (world.clock().happened() - before) / 5;
        if (perSecond > IDLE_EVENTS_PER_SECOND) {
            throw new Violation("I10", "an idle pair has " + perSecond + " events per second");
        }
    }

    /** I10: down leaves no buffers behind. */
    private void takeDown() {
        long deadline = world.clock().now() + PATIENCE;
        boolean[] gone = new boolean[2];
        for (int n = 0; n < 2; n++) {
            SimNode node = world.node(n);
            node.down(outcome -> {
                if (!outcome.success()) {
                    throw new Violation("I9", "down of " + node.name() + " failed: " + SimNode.text(outcome));
                }
                gone[node.id()] = true;
            });
        }
        while (!gone[0] || !gone[1]) {
            world.runFor(50 * VirtualClock.MILLISECOND);
            if (world.clock().now() > deadline) {
                throw new Violation("I9", "down did not end within 60 s: " + whatIsStuck());
            }
        }
        world.runFor(VirtualClock.SECOND);
        for (int n = 0; n < 2; n++) {
            long left = World.buffersInUse(world.node(n));
            if (left != 0) {
                throw new Violation("I10", left + " bytes of buffers are still in use on n" + n + " after down");
            }
        }
    }

    private String whatIsStuck() {
        StringBuilder text = new StringBuilder();
        for (int n = 0; n < 2; n++) {
            // What is waited for changes without anybody being told.
            world.node(n).refresh();
            describe(world.node(n), text.append(n == 0 ? "" : "; "));
        }
        for (VolumeUser user : world.users()) {
            if (user.outstanding() > 0) {
                text.append("; ").append(user.outstanding()).append(" requests of volume ");
                text.append(user.oracle().volume())
                        .append(" on ")
                        .append(user.node().name())
                        .append(" are not completed");
            }
        }
        return text.toString();
    }

    private static void describe(SimNode node, StringBuilder text) {
        text.append(node.name()).append(": ");
        for (PendingCommand command : node.commands()) {
            text.append("command \"").append(command.text()).append("\" has not ended since ");
            text.append(String.format(Locale.ROOT, "%.3f", command.since() / 1e9))
                    .append(" s, ");
        }
        ResourceSnapshot snapshot = node.snapshot();
        if (snapshot == null) {
            text.append(node.running() ? "no snapshot" : "not running");
            return;
        }
        text.append(snapshot.role());
        if (!snapshot.suspended().equals("no")) {
            text.append(", suspended: ").append(snapshot.suspended());
        }
        for (VolumeSnapshot volume : snapshot.volumes()) {
            text.append(", volume ").append(volume.number()).append(' ').append(volume.disk());
            if (volume.upperPending() + volume.lowerPending() > 0) {
                text.append(" (").append(volume.upperPending()).append(" requests, ");
                text.append(volume.lowerPending()).append(" disk operations)");
            }
            waits(volume.waitsFor(), text);
        }
        for (ConnectionSnapshot connection : snapshot.connections()) {
            text.append(", ").append(connection.state());
            if (connection.state() != ConnectionState.CONNECTED
                    || !connection.reason().isEmpty()) {
                text.append(" because \"").append(connection.reason()).append('"');
            }
            if (connection.peerRole() == Role.PRIMARY) {
                text.append(", peer Primary");
            }
            for (PeerDeviceSnapshot device : connection.peerDevices()) {
                text.append(", ").append(device.replication()).append('/').append(device.peerDisk());
                if (device.outOfSync() + device.pending() + device.unacked() + device.resyncLeft() > 0) {
                    text.append(" oos ")
                            .append(device.outOfSync())
                            .append(" pending ")
                            .append(device.pending());
                    text.append(" unacked ")
                            .append(device.unacked())
                            .append(" left ")
                            .append(device.resyncLeft());
                }
                if (!device.resyncSuspended().equals("no")) {
                    text.append(" resync paused by ").append(device.resyncSuspended());
                }
                waits(device.waitsFor(), text);
            }
        }
    }

    private static void waits(String reason, StringBuilder text) {
        if (!reason.isEmpty()) {
            text.append(", ").append(reason);
        }
    }
}
