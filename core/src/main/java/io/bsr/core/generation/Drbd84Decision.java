package io.bsr.core.generation;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.core.generation.SyncOutcome.BitmapAction;
import io.bsr.core.generation.SyncOutcome.DropReason;

/** The decision of {@link SyncDecision} as DRBD 8.4 takes it: the second column of the same table. */
final class Drbd84Decision {
    private Drbd84Decision() {}

    static SyncOutcome decide(SyncSituation situation) {
        Deliberation d = new Deliberation(situation);
        d.dropContradiction();
        if (!d.decided()) {
            d.dropHopeless();
        }
        if (!d.decided()) {
            preferTheConsistentDisk(d);
            d.solveSplitBrain();
        }
        if (!d.decided()) {
            d.discardAfterSplitBrain();
        }
        if (!d.decided()) {
            d.dropUnsolvedSplitBrain();
        }
        if (!d.decided()) {
            d.protectPrimary(d.relation().target());
        }
        if (!d.decided() && d.relation().source() && d.me.disk().compareTo(DiskState.INCONSISTENT) <= 0) {
            d.drop(DropReason.SOURCE_NOT_GOOD_ENOUGH);
        }
        if (!d.decided()) {
            d.endDryRun();
        }
        if (!d.decided()) {
            enterState(d);
        }
        return d.outcome();
    }

    /** Step 3: overrules whatever the generations say. */
    private static void preferTheConsistentDisk(Deliberation d) {
        DiskState mine = d.me.disk();
        DiskState peers = d.peer.disk();
        boolean mineIsBetter = peers == DiskState.INCONSISTENT && mine.compareTo(DiskState.INCONSISTENT) > 0;
        boolean peersIsBetter = mine == DiskState.INCONSISTENT && peers.compareTo(DiskState.INCONSISTENT) > 0;
        boolean full = d.relation() == Relation.SPLIT_BRAIN_WITHOUT_BITMAP
                || d.relation().full();
        if (mineIsBetter) {
            d.conclude(full ? Relation.FULL_SOURCE : Relation.BITMAP_SOURCE, "the peer's disk is Inconsistent");
        } else if (peersIsBetter) {
            d.conclude(full ? Relation.FULL_TARGET : Relation.BITMAP_TARGET, "my disk is Inconsistent");
        }
    }

    /** Steps 13 to 15. */
    private static void enterState(Deliberation d) {
        if (d.relation().full()) {
            d.bitmap(BitmapAction.SET_ALL);
        }
        if (d.relation().source()) {
            d.proceed(ReplicationState.WF_BITMAP_S);
        } else if (d.relation().target()) {
            d.proceed(ReplicationState.WF_BITMAP_T);
        } else {
            d.proceed(ReplicationState.ESTABLISHED);
        }
    }
}
