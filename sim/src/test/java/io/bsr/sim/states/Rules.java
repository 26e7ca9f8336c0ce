package io.bsr.sim.states;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.option.PeerFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is legal, by the state-machine reference alone (its sections in brackets). */
final class Rules {
    private final boolean drbd84;

    Rules(PeerFamily family) {
        drbd84 = family == PeerFamily.DRBD84;
    }

    /** What a node may never say, not even for a moment. */
    List<String> always(NodeState s) {
        List<String> broken = new ArrayList<>();
        if (s.up()) {
            check(s, broken::add);
        }
        return broken;
    }

    private void check(NodeState s, Consumer<String> broken) {
        if (s.role() == Role.PRIMARY && s.peerRole() == Role.PRIMARY) {
            broken.accept("two Primaries [3.2]");
        }
        if (s.disk() == DiskState.UNKNOWN) {
            broken.accept("an own disk that is unknown");
        }
        if (!s.connected()) {
            if (s.peerRole() != Role.UNKNOWN) {
                broken.accept("a role of a peer that is not connected [4.1]");
            }
            if (s.replication() != ReplicationState.OFF) {
                broken.accept("replication without a connection [4.1]");
            }
            DiskState worst = drbd84 ? DiskState.INCONSISTENT : DiskState.OUTDATED;
            if (!within(s.peerDisk(), worst, DiskState.UNKNOWN)) {
                broken.accept("a peer's disk is known without a connection [4.1]");
            }
        }
        if (s.replication().atLeast(ReplicationState.ESTABLISHED) && s.peerDisk() == DiskState.UNKNOWN) {
            broken.accept("replication with an unknown disk [3.3]");
        }
        disks(s, broken);
    }

    /** [4.2] */
    private void disks(NodeState s, Consumer<String> broken) {
        switch (s.replication()) {
            case OFF, ESTABLISHED -> {}
            case WF_BITMAP_T, PAUSED_SYNC_T, STARTING_SYNC_T, WF_SYNC_UUID, BEHIND -> {
                own(s, DiskState.INCONSISTENT, DiskState.OUTDATED, broken);
                // A bsr about to fetch everything has not asked yet what the peer has.
                if (drbd84 || s.replication() != ReplicationState.STARTING_SYNC_T) {
                    peer(s, drbd84 ? DiskState.UP_TO_DATE : DiskState.OUTDATED, DiskState.UP_TO_DATE, broken);
                }
            }
            case SYNC_TARGET -> {
                own(s, DiskState.INCONSISTENT, DiskState.INCONSISTENT, broken);
                peer(s, drbd84 ? DiskState.UP_TO_DATE : DiskState.OUTDATED, DiskState.UP_TO_DATE, broken);
            }
            case WF_BITMAP_S, PAUSED_SYNC_S, STARTING_SYNC_S, AHEAD -> {
                own(s, drbd84 ? DiskState.UP_TO_DATE : DiskState.OUTDATED, DiskState.UP_TO_DATE, broken);
                peer(s, DiskState.INCONSISTENT, DiskState.CONSISTENT, broken);
            }
            case SYNC_SOURCE -> {
                own(s, drbd84 ? DiskState.UP_TO_DATE : DiskState.INCONSISTENT, DiskState.UP_TO_DATE, broken);
                peer(s, DiskState.INCONSISTENT, DiskState.INCONSISTENT, broken);
            }
            case VERIFY_S, VERIFY_T -> {
                own(s, drbd84 ? DiskState.UP_TO_DATE : DiskState.INCONSISTENT, DiskState.UP_TO_DATE, broken);
                peer(s, drbd84 ? DiskState.UP_TO_DATE : DiskState.INCONSISTENT, DiskState.UP_TO_DATE, broken);
            }
        }
    }

    private static void own(NodeState s, DiskState low, DiskState high, Consumer<String> broken) {
        if (!within(s.disk(), low, high)) {
            broken.accept(s.replication() + " with an own disk that is " + s.disk() + " [4.2]");
        }
    }

    private static void peer(NodeState s, DiskState low, DiskState high, Consumer<String> broken) {
        if (!within(s.peerDisk(), low, high)) {
            broken.accept(s.replication() + " with a peer's disk that is " + s.peerDisk() + " [4.2]");
        }
    }

    private static boolean within(DiskState state, DiskState low, DiskState high) {
        return state.compareTo(low) >= 0 && state.compareTo(high) <= 0;
    }

    /** What a node may not do from one state to the next. */
    List<String> step(NodeState before, NodeState after) {
        List<String> broken = new ArrayList<>();
        if (!before.up() || !after.up()) {
            return broken;
        }
        if (before.role() != Role.PRIMARY && after.role() == Role.PRIMARY) {
            boolean goodPeer = drbd84 && after.peerDisk() == DiskState.UP_TO_DATE;
            if (after.disk() != DiskState.UP_TO_DATE && !goodPeer) {
                broken.add("promoted on a disk that is " + after.disk() + " [3.2]");
            }
        }
        return broken;
    }

    /** Where nothing moves any more, both nodes see the same. */
    List<String> quiet(PairState pair, boolean sameData) {
        List<String> broken = new ArrayList<>();
        NodeState left = pair.left();
        NodeState right = pair.right();
        if (left.connected() != right.connected()) {
            broken.add("one node is connected, the other is not");
        } else if (left.connected()) {
            mirrored(left, right, broken::add);
            mirrored(right, left, broken::add);
            inStep(pair, sameData, broken::add);
        }
        for (int n = 0; n < 2; n++) {
            NodeState s = pair.node(n);
            if (!s.suspended().equals("no")) {
                broken.add("I/O is suspended for ever: " + s.suspended());
            }
            if (s.trying() && pair.node(1 - n).trying() && !pair.cut()) {
                broken.add("both want to be connected, and are not [10]");
            }
            if (s.up() && transitory(s.disk())) {
                broken.add("a disk stays " + s.disk() + " [7]");
            }
        }
        return broken;
    }

    private static boolean transitory(DiskState disk) {
        return switch (disk) {
            case ATTACHING, DETACHING, FAILED, NEGOTIATING, UNKNOWN -> true;
            case DISKLESS, INCONSISTENT, OUTDATED, CONSISTENT, UP_TO_DATE -> false;
        };
    }

    private static void mirrored(NodeState one, NodeState other, Consumer<String> broken) {
        if (one.peerRole() != other.role()) {
            broken.accept("a peer that is " + other.role() + " is taken for " + one.peerRole());
        }
        if (one.peerDisk() != other.disk()) {
            broken.accept("a peer's disk that is " + other.disk() + " is taken for " + one.peerDisk());
        }
        ReplicationState expected = counterpart(one.replication());
        if (expected != other.replication()) {
            broken.accept(one.replication() + " with a peer that is " + other.replication());
        }
    }

    /** What the other node is while this one rests in a state; {@code null} if no node rests there. */
    private static @Nullable ReplicationState counterpart(ReplicationState state) {
        return switch (state) {
            case ESTABLISHED -> ReplicationState.ESTABLISHED;
            case PAUSED_SYNC_S -> ReplicationState.PAUSED_SYNC_T;
            case PAUSED_SYNC_T -> ReplicationState.PAUSED_SYNC_S;
            case OFF,
                    STARTING_SYNC_S,
                    STARTING_SYNC_T,
                    WF_BITMAP_S,
                    WF_BITMAP_T,
                    WF_SYNC_UUID,
                    SYNC_SOURCE,
                    SYNC_TARGET,
                    VERIFY_S,
                    VERIFY_T,
                    AHEAD,
                    BEHIND -> null;
        };
    }

    private void inStep(PairState pair, boolean sameData, Consumer<String> broken) {
        NodeState left = pair.left();
        NodeState right = pair.right();
        boolean bothGood = left.disk() == DiskState.UP_TO_DATE && right.disk() == DiskState.UP_TO_DATE;
        if (left.replication() == ReplicationState.ESTABLISHED && bothGood) {
            if (pair.relation() != StoredState.Relation.SAME) {
                broken.accept("both UpToDate, and of different generations");
            }
            if (!left.marked() && !right.marked() && !sameData) {
                broken.accept("both UpToDate and nothing marked, but the data differ");
            }
        }
        if (drbd84
                && left.replication() != ReplicationState.ESTABLISHED
                && !bothGood
                && left.disk() != DiskState.UP_TO_DATE
                && right.disk() != DiskState.UP_TO_DATE) {
            broken.accept("a resync without good data [3.3]");
        }
    }

    /** What an event may lead to, from one quiet state to the next. */
    List<String> event(PairState before, Deed deed, int node, @Nullable Boolean success, PairState after) {
        List<String> broken = new ArrayList<>();
        if (success != null && !success && !before.equals(after)) {
            broken.add("a refused command has changed something");
        }
        for (int n = 0; n < 2; n++) {
            NodeState old = before.node(n);
            NodeState now = after.node(n);
            if (old.up() && now.up()) {
                boolean asked =
                        n == node && (deed == Deed.PRIMARY || deed == Deed.PRIMARY_FORCE || deed == Deed.SECONDARY);
                if (old.role() != now.role() && !asked) {
                    broken.add("n" + n + " has become " + now.role() + " by itself");
                }
                // What is broken is found out when a command makes the node use it; and a node may always be taken
                // down.
                boolean gaveUp = deed == Deed.DETACH_FORCE || deed == Deed.DOWN || !deed.command() || before.broken(n);
                if (now.role() == Role.PRIMARY && !gaveUp && goodData(old) && !goodData(now)) {
                    broken.add("a command has left a Primary without good data [3.2]");
                }
            }
        }
        return broken;
    }

    private static boolean goodData(NodeState s) {
        return s.disk() == DiskState.UP_TO_DATE || (s.connected() && s.peerDisk() == DiskState.UP_TO_DATE);
    }
}
