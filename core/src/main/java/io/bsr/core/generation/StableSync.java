package io.bsr.core.generation;

import io.bsr.base.NodeId;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import java.util.Collection;

/**
 * Who may give data to whom (wire-protocol reference, section 8.9): data flow only from nodes whose data do not change
 * under the resync in a way that the target would not learn of.
 *
 * <p>A node is stable if it is Primary, or else if no connected neighbour is Primary and it is not itself being brought
 * up to date. An unstable node names the nodes it depends on: its authoritative nodes.
 */
public final class StableSync {
    private StableSync() {}

    /**
     * What a node knows of one neighbour.
     *
     * @param connected the connection is established
     * @param replication what this volume does with it
     */
    public record Neighbour(NodeId node, boolean connected, Role role, ReplicationState replication) {}

    /**
     * What a neighbour told of itself with its identifiers.
     *
     * @param node whose report it is
     * @param received its identifiers have arrived on this connection
     * @param stable its STABLE flag; always true below protocol 110
     * @param authoritativeNodes mask of its authoritative nodes; 0 below protocol 110
     * @param targetOnly its TARGET_ONLY flag
     */
    public record Testimony(
            NodeId node, boolean received, boolean stable, long authoritativeNodes, boolean targetOnly) {}

    /**
     * A node's own stability.
     *
     * @param authoritativeNodes mask of the nodes it depends on; 0 if it is stable
     */
    public record Stability(boolean stable, long authoritativeNodes) {
        /** The peer is one of the nodes that this one depends on. */
        public boolean dependsOn(NodeId peer) {
            return (authoritativeNodes & peer.mask()) != 0;
        }
    }

    /** The stability of a node with this role among its neighbours. */
    public static Stability stabilityOf(Role role, Collection<Neighbour> neighbours) {
        if (role == Role.PRIMARY) {
            return new Stability(true, 0);
        }
        long primaries = 0;
        long sources = 0;
        for (Neighbour neighbour : neighbours) {
            if (neighbour.connected() && neighbour.role() == Role.PRIMARY) {
                primaries |= neighbour.node().mask();
            }
            if (receivesData(neighbour.replication())) {
                sources |= neighbour.node().mask();
            }
        }
        if (primaries == 0 && sources == 0) {
            return new Stability(true, 0);
        }
        return new Stability(false, primaries != 0 ? primaries : sources);
    }

    /** In this state a node is being brought up to date by the peer, or waits for that. */
    private static boolean receivesData(ReplicationState state) {
        return switch (state) {
            case BEHIND, WF_BITMAP_T, SYNC_TARGET, PAUSED_SYNC_T -> true;
            case OFF,
                    ESTABLISHED,
                    STARTING_SYNC_S,
                    STARTING_SYNC_T,
                    WF_BITMAP_S,
                    WF_SYNC_UUID,
                    SYNC_SOURCE,
                    VERIFY_S,
                    VERIFY_T,
                    PAUSED_SYNC_S,
                    AHEAD -> false;
        };
    }

    /** True if this node may be target of the peer (StartingSyncT, WFBitMapT, SyncTarget, PausedSyncT, VerifyT). */
    public static boolean mayBeTarget(Stability mine, Testimony peer) {
        return peer.received() && peer.stable() && (mine.stable() || mine.dependsOn(peer.node())) && !peer.targetOnly();
    }

    /** True if this node may be source of the peer (StartingSyncS, WFBitMapS, SyncSource, PausedSyncS, VerifyS). */
    public static boolean mayBeSource(NodeId me, Stability mine, boolean targetOnly, Testimony peer) {
        return peer.received()
                && mine.stable()
                && (peer.stable() || (peer.authoritativeNodes() & me.mask()) != 0)
                && !targetOnly;
    }

    /** True if this node may stay in, or enter, {@code state}: states that are no resync or verify always may. */
    public static boolean allows(
            ReplicationState state, NodeId me, Stability mine, boolean targetOnly, Testimony peer) {
        return switch (state) {
            case STARTING_SYNC_T, WF_BITMAP_T, SYNC_TARGET, PAUSED_SYNC_T, VERIFY_T -> mayBeTarget(mine, peer);
            case STARTING_SYNC_S, WF_BITMAP_S, SYNC_SOURCE, PAUSED_SYNC_S, VERIFY_S ->
                mayBeSource(me, mine, targetOnly, peer);
            case OFF, ESTABLISHED, WF_SYNC_UUID, AHEAD, BEHIND -> true;
        };
    }
}
