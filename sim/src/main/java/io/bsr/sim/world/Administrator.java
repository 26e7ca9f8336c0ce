package io.bsr.sim.world;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.snapshot.PeerDeviceSnapshot;
import io.bsr.core.snapshot.VolumeSnapshot;
import io.bsr.sim.node.NodeVolume;
import io.bsr.sim.node.SimNode;
import io.bsr.sim.oracle.NodeView;
import io.bsr.sim.oracle.VolumeOracle;
import io.bsr.sim.time.SimRandom;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A reasonable person: starts what is down, attaches what is detached, connects what is disconnected, and resolves a
 * split brain by choosing a victim; but gives up data only if both nodes had data without each other.
 */
final class Administrator {
    /** Twice for the nodes to hear of each other's generations, and once for each of them to give way. */
    private static final int ATTEMPTS_BEFORE_NEW_METADATA = 6;

    /** Time for discard-my-data on each node, more than once: connections may be lost in between. */
    private static final int ATTEMPTS_IN_BOTH_DIRECTIONS = 12;

    private final World world;
    private final SimRandom random;
    private final int[] refused = new int[2];
    private int attempts;
    private boolean unrelated;
    private boolean inconsistentSource;
    private boolean contradiction;
    private long actedAt;
    private @Nullable SimNode toDeclareGood;

    /** Who survived the last split brain since everything was in order; {@code null} if there was none. */
    private @Nullable SimNode chosen;

    Administrator(World world, SimRandom random) {
        this.world = world;
        this.random = random;
    }

    /** Everything was found in order: earlier troubles are forgotten. */
    void allIsWell() {
        attempts = 0;
        unrelated = false;
        inconsistentSource = false;
        contradiction = false;
        toDeclareGood = null;
        chosen = null;
        refused[0] = 0;
        refused[1] = 0;
    }

    /** A node said that its data and the other's are not related. */
    void heardOfUnrelatedData() {
        unrelated = true;
    }

    /** A node said that the newer data are those of an Inconsistent disk, and have to be discarded. */
    void heardOfInconsistentSource() {
        inconsistentSource = true;
    }

    /** A node said that both disks are Inconsistent, and which one could be declared good for a full resync. */
    void heardOfSourceToDeclareGood(SimNode source) {
        toDeclareGood = source;
    }

    /** A node said that it cannot discard the data of a volume, for it has to be the source. */
    void heardOfContradiction() {
        contradiction = true;
    }

    /** Virtual time of the last command, 0 if there was none. */
    long actedAt() {
        return actedAt;
    }

    /**
     * Looks at both nodes and does what seems needed.
     *
     * @param everything also starts machines and repairs resyncs that broke on disk errors
     */
    void look(boolean everything) {
        boolean busy = false;
        for (int n = 0; n < 2; n++) {
            SimNode node = world.node(n);
            if (!node.running()) {
                if (everything) {
                    acted();
                    node.start(true);
                }
                busy = true;
            } else if (node.paused() || !node.commands().isEmpty()) {
                busy = true;
            } else if (!node.configured()) {
                if (everything) {
                    acted();
                    node.up(true);
                }
                busy = true;
            } else {
                busy |= disks(node);
            }
        }
        if (!busy) {
            connections();
            if (everything) {
                nobodyHasGoodData();
                leftovers();
            }
        }
    }

    private void acted() {
        actedAt = world.clock().now();
    }

    private boolean disks(SimNode node) {
        boolean acting = false;
        if (world.view(node).suspended()) {
            acted();
            node.suspendIo(0, false);
        }
        for (NodeVolume volume : node.volumes()) {
            int number = volume.setup().number();
            if (world.view(node).disk(number) == DiskState.DISKLESS) {
                acted();
                acting = true;
                if (refused[node.id()] > 0) {
                    // Refused to a Primary whose data a peer has outrun, with the advice to demote it.
                    refused[node.id()] = 0;
                    demoteAll(() -> node.attach(volume, outcome -> {}));
                    return true;
                }
                node.attach(volume, outcome -> {
                    refused[node.id()] += outcome.success() ? 0 : 1;
                });
            }
            PeerDeviceSnapshot device = world.view(node).peerDevice(number);
            if (device != null && device.resyncSuspended().contains("user")) {
                acted();
                node.pauseSync(number, false);
            }
        }
        return acting;
    }

    private void connections() {
        SimNode left = world.node(0);
        SimNode right = world.node(1);
        boolean leftAlone = world.view(left).connectionState() == ConnectionState.STANDALONE;
        boolean rightAlone = world.view(right).connectionState() == ConnectionState.STANDALONE;
        if (!leftAlone && !rightAlone) {
            return;
        }
        acted();
        attempts++;
        int attempt = attempts;
        world.timeline()
                .event(
                        "admin",
                        () -> "attempt " + attempt + " to connect; both went on alone: "
                                + world.quiet().bothWentOnAlone());
        SimNode spoiled = world.node(attempts / 2 % 2);
        boolean hopeless = (unrelated && attempts >= ATTEMPTS_BEFORE_NEW_METADATA)
                || (contradiction && attempts >= ATTEMPTS_IN_BOTH_DIRECTIONS);
        if (hopeless && attempts % 2 == 0 && world.quiet().bothWentOnAlone()) {
            createAnew(victimOf(better(survivor())), world.node(0).volumes());
        } else if (hopeless && attempts % 2 == 0 && !spoiledVolumes(spoiled).isEmpty()) {
            createAnew(spoiled, spoiledVolumes(spoiled));
        } else if (attempts >= ATTEMPTS_IN_BOTH_DIRECTIONS && attempts % 2 == 0 && toDeclareGood != null) {
            SimNode source = toDeclareGood;
            toDeclareGood = null;
            demoteAll(() -> declareGood(source, false));
        } else if (attempts >= 2 && (inconsistentSource || world.quiet().bothWentOnAlone() || resizedByOne())) {
            inconsistentSource = false;
            resolveSplitBrain();
        } else if (attempts >= 2) {
            demoteAll(() -> reconnect(leftAlone, rightAlone));
        } else {
            reconnect(leftAlone, rightAlone);
        }
    }

    /** A new size is a new generation: a node that crashed before it had stored it has gone on with the former one. */
    private boolean resizedByOne() {
        boolean differ = false;
        for (NodeVolume volume : world.node(0).volumes()) {
            int number = volume.setup().number();
            VolumeSnapshot left = world.view(world.node(0)).volume(number);
            VolumeSnapshot right = world.view(world.node(1)).volume(number);
            differ |= left != null && right != null && left.size() != right.size();
        }
        return differ;
    }

    private void reconnect(boolean left, boolean right) {
        if (left) {
            connect(world.node(0), false);
        }
        if (right) {
            connect(world.node(1), false);
        }
    }

    private void connect(SimNode node, boolean discard) {
        if (node.running() && node.configured()) {
            if (discard) {
                for (VolumeOracle oracle : world.oracles()) {
                    oracle.giveUp(node.id());
                }
            }
            node.connect(discard, outcome -> {});
        }
    }

    /** The one with the better disk survives, then the Primary, then either; after a failure the other one. */
    private SimNode survivor() {
        SimNode survivor = world.node(random.nextInt(2));
        SimNode primary = world.onlyPrimary();
        if (primary != null) {
            survivor = primary;
        }
        boolean equallyGood = worst(world.node(0)) == worst(world.node(1));
        survivor = better(survivor);
        if (equallyGood && attempts % 3 == 0) {
            survivor = world.other(survivor);
        }
        if (attempts >= 4 && attempts % 2 == 0) {
            // discard-my-data is for all volumes of a connection: one that has no split brain may forbid this victim.
            survivor = world.other(survivor);
        }
        return survivor;
    }

    /** The node with the better disks; {@code otherwise} if neither has. */
    private SimNode better(SimNode otherwise) {
        int left = worst(world.node(0));
        int right = worst(world.node(1));
        return left == right ? otherwise : world.node(left > right ? 0 : 1);
    }

    private SimNode victimOf(SimNode survivor) {
        chosen = survivor;
        return world.other(survivor);
    }

    private void resolveSplitBrain() {
        SimNode victim = victimOf(survivor());
        world.timeline().event("admin", () -> "split brain: discards the data of " + victim.name());
        world.roleKeeper().handsOff();
        demote(victim, () -> {
            SimNode other = world.other(victim);
            if (!victim.running() || !victim.configured() || !other.running() || !other.configured()) {
                world.roleKeeper().handsOn();
                return;
            }
            // Both, for the other one may still be trying with discard-my-data from an earlier attempt.
            standAlone(
                    victim,
                    () -> standAlone(other, () -> {
                        connect(victim, true);
                        connect(other, false);
                        world.roleKeeper().handsOn();
                    }));
        });
    }

    /**
     * Nodes that take each other for DRBD 8.4 may lose sight of what their data have in common; and of several volumes one
     * may be newer here and another there: then they refuse each other whatever is discarded, and one of them has to begin
     * with nothing, and the other one to be declared good.
     */
    private void createAnew(SimNode victim, List<NodeVolume> volumes) {
        world.timeline().event("admin", () -> "nothing else helps: new metadata for " + victim.name());
        world.roleKeeper().handsOff();
        demote(victim, () -> {
            if (!victim.running() || !victim.configured()) {
                world.roleKeeper().handsOn();
                return;
            }
            victim.down(outcome -> {
                if (outcome.success()) {
                    for (NodeVolume renewed : volumes) {
                        int number = renewed.setup().number();
                        world.oracles().get(number).giveUp(victim.id());
                        victim.volumes()
                                .get(number)
                                .createMetadataAnew(victim.id(), world.swarm().setup());
                    }
                    unrelated = false;
                    contradiction = false;
                    victim.up(true);
                    SimNode survivor = world.other(victim);
                    if (volumes.size() == victim.volumes().size() && worst(survivor) < DiskState.UP_TO_DATE.number()) {
                        declareGood(survivor, false);
                    }
                    connect(survivor, false);
                }
                world.roleKeeper().handsOn();
            });
        });
    }

    /** Those that are Inconsistent here and better on the other node. */
    private List<NodeVolume> spoiledVolumes(SimNode node) {
        NodeView there = world.view(world.other(node));
        return node.volumes().stream()
                .filter(v -> world.view(node).disk(v.setup().number()) == DiskState.INCONSISTENT)
                .filter(v -> there.disk(v.setup().number()).atLeast(DiskState.OUTDATED))
                .toList();
    }

    private void standAlone(SimNode node, Runnable then) {
        if (world.view(node).connectionState() == ConnectionState.STANDALONE) {
            then.run();
        } else {
            node.disconnect(false, outcome -> then.run());
        }
    }

    private int worst(SimNode node) {
        int worst = Integer.MAX_VALUE;
        for (NodeVolume volume : node.volumes()) {
            worst = Math.min(
                    worst, world.view(node).disk(volume.setup().number()).number());
        }
        return worst;
    }

    private void demote(SimNode node, Runnable then) {
        if (world.view(node).role() != Role.PRIMARY) {
            then.run();
            return;
        }
        world.stopUsers(node, () -> {
            if (node.running() && node.configured()) {
                node.secondary(outcome -> then.run());
            } else {
                then.run();
            }
        });
    }

    private void demoteAll(Runnable then) {
        world.roleKeeper().handsOff();
        demote(
                world.node(0),
                () -> demote(world.node(1), () -> {
                    then.run();
                    world.clock().after(5_000_000_000L, () -> world.roleKeeper().handsOn());
                }));
    }

    /**
     * Somebody has to declare data good: nobody ever did with success; or the survivor of a split brain had begun to be
     * overwritten in an earlier attempt and so is Outdated; or both disks were detached while each node took the other for
     * the one that goes on; or the source of a resync had an error of its disk. In all other cases it is the nodes' task to
     * know who has good data.
     */
    private void nobodyHasGoodData() {
        boolean first = world.roleKeeper().firstPromotionMissing();
        SimNode node =
                first || chosen == null ? hasMarkedBlocks(world.node(1)) ? world.node(1) : world.node(0) : chosen;
        NodeView view = world.view(node);
        boolean needed = first;
        for (NodeVolume volume : node.volumes()) {
            int number = volume.setup().number();
            DiskState disk = view.disk(number);
            boolean equal = view.replication(number) == ReplicationState.ESTABLISHED && view.peerDisk(number) == disk;
            needed |= equal && disk == DiskState.OUTDATED;
            needed |= equal
                    && disk == DiskState.INCONSISTENT
                    && world.oracles().get(number).hadDiskErrors();
        }
        if (needed) {
            acted();
            SimNode best = Objects.requireNonNullElse(world.onlyPrimary(), node);
            demote(best, () -> declareGood(best, first));
        }
    }

    private void declareGood(SimNode node, boolean first) {
        world.forcePrimary(node, outcome -> {
            if (outcome.success()) {
                if (!first) {
                    world.oracles()
                            .forEach(oracle -> oracle.giveUp(world.other(node).id()));
                }
                world.roleKeeper().promotedFirst();
                node.secondary(done -> {});
            }
        });
    }

    /** It knows of blocks that the other one may lack. */
    private boolean hasMarkedBlocks(SimNode node) {
        for (NodeVolume volume : node.volumes()) {
            PeerDeviceSnapshot device =
                    world.view(node).peerDevice(volume.setup().number());
            if (device != null && device.outOfSync() > 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Blocks out of sync that nobody resyncs: after disk errors, for which reconnecting makes a resync; and between nodes that
     * take each other for DRBD 8.4, which resync nothing where generations are equal, so that one is to be invalidated.
     */
    private void leftovers() {
        boolean drbd84 = world.swarm().setup().netOptions().containsKey("peer-family");
        if (world.clock().now() - actedAt < 15_000_000_000L || !(drbd84 || mayHaveFailed())) {
            return;
        }
        for (int n = 0; n < 2; n++) {
            NodeView view = world.view(world.node(n));
            for (NodeVolume volume : world.node(n).volumes()) {
                PeerDeviceSnapshot device = view.peerDevice(volume.setup().number());
                if (view.connected() && device != null && device.outOfSync() > 0 && device.resyncLeft() == 0) {
                    acted();
                    SimNode primary = world.onlyPrimary();
                    // A Primary's data are not given up.
                    SimNode node = drbd84 && primary != null ? primary : world.node(n);
                    if (drbd84) {
                        node.invalidateRemote(volume.setup().number(), outcome -> {});
                    } else {
                        node.disconnect(false, outcome -> node.connect(false, done -> {}));
                    }
                    return;
                }
            }
        }
    }

    private boolean mayHaveFailed() {
        boolean failed = world.swarm().rates().has(Rates.Happening.DISK_ERRORS)
                || world.swarm().rates().has(Rates.Happening.DISK_LOST);
        for (int n = 0; n < 2; n++) {
            for (NodeVolume volume : world.node(n).volumes()) {
                failed |= volume.data().errors() + volume.meta().errors() > 0;
            }
        }
        return failed;
    }
}
