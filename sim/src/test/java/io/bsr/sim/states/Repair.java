package io.bsr.sim.states;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.option.PeerFamily;
import io.bsr.sim.node.ScriptedPair;
import java.util.ArrayList;

/**
 * An administrator's fixed recipe: mends what is broken, starts, attaches, connects; where that is not enough, demotes both,
 * chooses a victim and discards its data; and declares data good if nobody has good ones.
 */
final class Repair {
    private static final int ROUNDS = 10;

    /** Data that are not related, or in the 8.4 family look so, are refused whatever is discarded: then new metadata help. */
    private static final int REFUSALS_BEFORE_NEW_METADATA = 5;

    private final Stage stage;
    private final boolean drbd84;
    private int refusals;
    private boolean newMetadata;

    Repair(Stage stage, PeerFamily family) {
        this.stage = stage;
        drbd84 = family == PeerFamily.DRBD84;
    }

    /** True if both nodes are in order in the end, with equal data. */
    boolean run() {
        stage.healLink();
        for (int n = 0; n < 2; n++) {
            stage.mendDisk(n);
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int n = 0; n < 2; n++) {
                if (!stage.state().node(n).up()) {
                    Deed.START.begin(stage, n, new ScriptedPair.Ending());
                }
            }
            if (!settle()) {
                return false;
            }
            if (inOrder()) {
                return stage.sameData();
            }
            look();
        }
        return false;
    }

    /** True if new metadata were needed. */
    boolean neededNewMetadata() {
        return newMetadata;
    }

    private boolean settle() {
        return stage.settle(new ArrayList<>());
    }

    private boolean inOrder() {
        PairState now = stage.state();
        for (int n = 0; n < 2; n++) {
            NodeState s = now.node(n);
            if (!s.connected()
                    || s.replication() != ReplicationState.ESTABLISHED
                    || s.disk() != DiskState.UP_TO_DATE
                    || s.peerDisk() != DiskState.UP_TO_DATE
                    || s.marked()) {
                return false;
            }
        }
        return true;
    }

    private boolean order(Deed deed, int node) {
        ScriptedPair.Ending ending = new ScriptedPair.Ending();
        deed.begin(stage, node, ending);
        settle();
        return ending.outcome != null && ending.outcome.success();
    }

    private void look() {
        PairState now = stage.state();
        for (int n = 0; n < 2; n++) {
            if (!now.node(n).paused().equals("no")) {
                order(Deed.RESUME_SYNC, n);
            }
            if (now.node(n).disk() == DiskState.DISKLESS && !order(Deed.ATTACH, n)) {
                // Refused to a Primary whose data the peer has outrun, with the advice to demote it.
                order(Deed.SECONDARY, n);
                order(Deed.ATTACH, n);
            }
        }
        now = stage.state();
        if (alone(now.left()) || alone(now.right())) {
            connect(now);
        } else if (now.left().connected() && now.left().replication() == ReplicationState.ESTABLISHED) {
            declareGood(now);
        }
    }

    private static boolean alone(NodeState s) {
        return s.up() && s.connection() == ConnectionState.STANDALONE;
    }

    private void connect(PairState now) {
        refusals++;
        if (refusals == 1) {
            for (int n = 0; n < 2; n++) {
                if (alone(now.node(n))) {
                    order(Deed.CONNECT, n);
                }
            }
            return;
        }
        boolean unrelated = drbd84 || now.relation() == StoredState.Relation.UNRELATED;
        int victim = now.left().disk().compareTo(now.right().disk()) < 0
                        || now.right().role() == Role.PRIMARY
                ? 0
                : 1;
        victim = refusals % 2 == 0 ? victim : 1 - victim;
        for (int n = 0; n < 2; n++) {
            if (stage.state().node(n).role() == Role.PRIMARY) {
                order(Deed.SECONDARY, n);
            }
            if (!alone(stage.state().node(n))) {
                order(Deed.DISCONNECT, n);
            }
        }
        if (unrelated && refusals >= REFUSALS_BEFORE_NEW_METADATA) {
            newMetadata = true;
            order(Deed.DOWN, victim);
            stage.createMetadata(victim);
            Deed.START.begin(stage, victim, new ScriptedPair.Ending());
        } else {
            Deed.CONNECT_DISCARD.begin(stage, victim, new ScriptedPair.Ending());
        }
        order(Deed.CONNECT, 1 - victim);
    }

    /** Connected, and not in order: nobody has good data, or blocks stayed marked. */
    private void declareGood(PairState now) {
        boolean left = now.left().disk() == DiskState.UP_TO_DATE;
        boolean right = now.right().disk() == DiskState.UP_TO_DATE;
        int best = now.right().disk().compareTo(now.left().disk()) > 0
                        || now.right().role() == Role.PRIMARY
                ? 1
                : 0;
        if (!left && !right) {
            boolean was = now.node(best).role() == Role.PRIMARY;
            order(Deed.PRIMARY_FORCE, best);
            if (!was) {
                order(Deed.SECONDARY, best);
            }
        } else if (drbd84) {
            order(Deed.INVALIDATE_REMOTE, best);
        } else {
            order(Deed.DISCONNECT, best);
            order(Deed.CONNECT, best);
        }
    }
}
