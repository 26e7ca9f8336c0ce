package io.bsr.sim.world;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;
import io.bsr.core.snapshot.ConnectionSnapshot;
import io.bsr.sim.node.NodeVolume;
import io.bsr.sim.node.SimNode;
import io.bsr.sim.oracle.MetadataOracle;
import io.bsr.sim.oracle.NodeView;
import io.bsr.sim.oracle.Violation;
import io.bsr.sim.oracle.VolumeOracle;
import io.bsr.sim.time.VirtualClock;
import io.bsr.sim.workload.VolumeUser;
import java.util.List;

/**
 * Finds the moments at which both nodes say that everything is in sync, and nothing moves: the disks are compared then (I4),
 * and independent writes must have been reported before (I5).
 */
final class Quiet {
    private static final long EVERY = 50 * VirtualClock.MILLISECOND;

    private final World world;
    private final List<MetadataOracle> metadata;
    private final boolean[] reportedSplitBrain = new boolean[2];
    private final boolean[] wentOnAlone = new boolean[2];

    Quiet(World world, List<MetadataOracle> metadata) {
        this.world = world;
        this.metadata = metadata;
    }

    /** Looks until the storm is over. */
    void begin() {
        world.clock().after(EVERY, () -> {
            if (world.storming()) {
                check();
                begin();
            }
        });
    }

    void splitBrainReported(int node) {
        reportedSplitBrain[node] = true;
    }

    /** The view of a node has changed. */
    void observe(int node) {
        NodeView view = world.view(world.node(node));
        if (hasUsers(view) && alone(view)) {
            wentOnAlone[node] = true;
        }
    }

    /** True if both nodes took writes without the other since they were last equal. */
    boolean bothWentOnAlone() {
        return wentOnAlone[0] && wentOnAlone[1];
    }

    /** True if users write there: its own, or those of a connected Primary, for which it may have the only disk. */
    private static boolean hasUsers(NodeView view) {
        ConnectionSnapshot connection = view.connection();
        return view.role() == Role.PRIMARY
                || (view.connected() && connection != null && connection.peerRole() == Role.PRIMARY);
    }

    /** True if some volume's peer gets no writes: it is out of contact, or has no disk. */
    private boolean alone(NodeView view) {
        boolean alone = !view.connected();
        for (VolumeOracle oracle : world.oracles()) {
            alone |= !view.peerDisk(oracle.volume()).atLeast(DiskState.INCONSISTENT);
        }
        return alone;
    }

    private boolean usersIdle() {
        for (VolumeUser user : world.users()) {
            if (user.outstanding() > 0) {
                return false;
            }
        }
        return true;
    }

    /** True if both nodes run and say that everything is in sync, and nothing moves; then the disks are compared. */
    boolean check() {
        if (!usersIdle() || !world.network().quiet()) {
            return false;
        }
        for (int n = 0; n < 2; n++) {
            SimNode node = world.node(n);
            NodeView view = world.view(node);
            if (!node.refresh() || !node.commands().isEmpty() || view.suspended()) {
                return false;
            }
            for (NodeVolume volume : node.volumes()) {
                if (!view.settled(volume.setup().number())
                        || volume.data().operationsInFlight() > 0
                        || volume.meta().operationsInFlight() > 0) {
                    return false;
                }
            }
        }
        boolean independent = false;
        for (VolumeOracle oracle : world.oracles()) {
            independent |= oracle.independentWrites();
        }
        if (independent && !(reportedSplitBrain[0] && reportedSplitBrain[1])) {
            throw new Violation(
                    "I5",
                    "both nodes had acknowledged writes of their own, and split brain was reported "
                            + (reportedSplitBrain[0]
                                    ? "on n0 only"
                                    : reportedSplitBrain[1] ? "on n1 only" : "nowhere"));
        }
        for (VolumeOracle oracle : world.oracles()) {
            oracle.converged();
        }
        world.journaling().converged();
        metadata.forEach(MetadataOracle::converged);
        for (int n = 0; n < 2; n++) {
            reportedSplitBrain[n] = false;
            wentOnAlone[n] = false;
        }
        world.administrator().allIsWell();
        return true;
    }
}
