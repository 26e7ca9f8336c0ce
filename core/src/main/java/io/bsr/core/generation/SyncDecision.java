package io.bsr.core.generation;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.core.generation.SyncOutcome.BitmapAction;
import io.bsr.core.generation.SyncOutcome.DropReason;
import io.bsr.core.generation.SyncOutcome.IdentifierAction;

/**
 * Two nodes have connected: is there a resync, and who is source? (wire-protocol reference, section 8.7; the step
 * numbers are those of that table, and the order matters.)
 */
public final class SyncDecision {
    private SyncDecision() {}

    /** Decides by the rule set of the situation. */
    public static SyncOutcome decide(SyncSituation situation) {
        return switch (situation.rules()) {
            case BSR -> decideByBsr(situation);
            case DRBD84 -> Drbd84Decision.decide(situation);
        };
    }

    private static SyncOutcome decideByBsr(SyncSituation situation) {
        Deliberation d = new Deliberation(situation);
        d.dropContradiction();
        if (!d.decided()) {
            forbidByTargetOnly(d);
            d.dropHopeless();
        }
        if (!d.decided()) {
            preferTheConsistentDisk(d);
            judgeLeftoverBits(d);
            d.solveSplitBrain();
        }
        if (!d.decided()) {
            d.discardAfterSplitBrain();
        }
        if (!d.decided()) {
            honourDiscard(d);
        }
        if (!d.decided()) {
            d.dropUnsolvedSplitBrain();
        }
        if (!d.decided()) {
            // -200 is in here on purpose: a Primary must not go on with data that are known to be older.
            d.protectPrimary(d.relation().number() <= -2);
        }
        if (!d.decided()) {
            refuseInconsistentSource(d);
        }
        if (!d.decided()) {
            d.endDryRun();
        }
        if (!d.decided()) {
            prepareBitmap(d);
            enterState(d);
        }
        return d.outcome();
    }

    /** Step 1. */
    static void forbidByTargetOnly(Deliberation d) {
        Relation relation = d.relation();
        if (d.forbidden(relation)) {
            d.conclude(d.orForbidden(relation), "target-only forbids the direction");
        }
    }

    /** Step 3: equal generations, but one disk is Inconsistent and the other is better. */
    static void preferTheConsistentDisk(Deliberation d) {
        boolean eligible = d.comparison.rule() != GenerationRule.BOTH_JUST_CREATED
                && (d.relation() == Relation.IN_SYNC || d.comparison.rule().aboutCrashes());
        if (!eligible) {
            return;
        }
        DiskState mine = d.me.disk();
        DiskState peers = d.peer.disk();
        if (mine == DiskState.INCONSISTENT && peers.compareTo(DiskState.INCONSISTENT) > 0) {
            d.conclude(d.orForbidden(Relation.BITMAP_TARGET), "my disk is Inconsistent, the peer's is better");
        } else if (peers == DiskState.INCONSISTENT && mine.compareTo(DiskState.INCONSISTENT) > 0) {
            d.conclude(d.orForbidden(Relation.BITMAP_SOURCE), "the peer's disk is Inconsistent, mine is better");
        }
    }

    /** Step 4: equal generations, but blocks are marked out-of-sync on one side or both. */
    static void judgeLeftoverBits(Deliberation d) {
        SyncSituation situation = d.situation;
        if (d.relation() != Relation.IN_SYNC || !situation.anyBits()) {
            return;
        }
        DiskState mine = d.me.disk();
        DiskState peers = d.peer.disk();
        if (d.me.primary() != d.peer.primary()) {
            concludeUnlessForbidden(
                    d,
                    d.me.primary() ? Relation.BITMAP_SOURCE : Relation.BITMAP_TARGET,
                    "blocks are out-of-sync, and the Primary's data count");
        } else if (mine != DiskState.CONSISTENT
                && peers != DiskState.CONSISTENT
                && mine != peers
                && (mine.atLeast(DiskState.OUTDATED) || peers.atLeast(DiskState.OUTDATED))) {
            concludeUnlessForbidden(
                    d,
                    mine.compareTo(peers) > 0 ? Relation.BITMAP_SOURCE : Relation.BITMAP_TARGET,
                    "blocks are out-of-sync, and the better disk counts");
        } else if (situation.bothUpToDate()
                && d.peer.report().dirtyBits() == 0
                && !situation.eitherHas(UuidFlag.PRIMARY_IO_ERROR)) {
            d.identifiers(IdentifierAction.RETIRE_BITMAP);
            d.bitmap(BitmapAction.CLEAR);
        }
    }

    private static void concludeUnlessForbidden(Deliberation d, Relation direction, String why) {
        if (!d.forbidden(direction)) {
            d.conclude(direction, why);
        }
    }

    /**
     * Step 8: discard-my-data without a split brain. The rule is written for both views, so that the node that would be
     * overwritten drops as well as the one that wants to be.
     */
    private static void honourDiscard(Deliberation d) {
        Relation relation = d.relation();
        if (relation.splitBrain()) {
            return;
        }
        boolean iDiscard = d.me.has(UuidFlag.DISCARD_MY_DATA);
        boolean peerDiscards = d.peer.has(UuidFlag.DISCARD_MY_DATA);
        boolean strong = Math.abs(relation.number()) >= 2;
        if (strong && iDiscard && !d.me.primary() && d.peer.primary() && !d.forbidden(Relation.BITMAP_TARGET)) {
            d.conclude(strongest(relation, Relation.FULL_TARGET, Relation.BITMAP_TARGET), "I discard my data");
        } else if (strong
                && peerDiscards
                && !d.peer.primary()
                && d.me.primary()
                && !d.forbidden(Relation.BITMAP_SOURCE)) {
            d.conclude(strongest(relation, Relation.FULL_SOURCE, Relation.BITMAP_SOURCE), "the peer discards its data");
            d.requestNewCurrentUuid();
        } else if (relation.number() > 0 && iDiscard && !d.me.primary() && inconsistentBeside(d.me, d.peer)) {
            d.conclude(strongest(relation, Relation.FULL_TARGET, Relation.BITMAP_TARGET), "I discard my data");
        } else if (relation.number() < 0 && peerDiscards && !d.peer.primary() && inconsistentBeside(d.peer, d.me)) {
            d.conclude(strongest(relation, Relation.FULL_SOURCE, Relation.BITMAP_SOURCE), "the peer discards its data");
            d.requestNewCurrentUuid();
        } else if ((iDiscard && relation.number() > 0) || (peerDiscards && relation.number() < 0)) {
            d.drop(DropReason.DISCARD_IMPOSSIBLE);
        }
    }

    /**
     * The newer data are those of a disk that became Inconsistent (an I/O error, or a resync that broke off): nobody can use
     * them, and they must not keep the better copy away.
     */
    private static boolean inconsistentBeside(SyncParty newer, SyncParty older) {
        boolean bad = newer.disk() == DiskState.INCONSISTENT || newer.has(UuidFlag.INCONSISTENT);
        return bad && older.disk().atLeast(DiskState.OUTDATED) && !older.has(UuidFlag.INCONSISTENT);
    }

    /** A full resync stays full whichever way it goes: the bitmaps do not cover the difference. */
    private static Relation strongest(Relation before, Relation full, Relation bitmap) {
        return before.full() ? full : bitmap;
    }

    /** Step 11: a full resync from an Inconsistent disk is none. */
    private static void refuseInconsistentSource(Deliberation d) {
        boolean mineIsBad = d.me.disk().compareTo(DiskState.OUTDATED) < 0;
        boolean peersIsBad = d.peer.disk().compareTo(DiskState.OUTDATED) < 0 || d.peer.has(UuidFlag.INCONSISTENT);
        boolean badSource = d.relation() == Relation.FULL_SOURCE && mineIsBad && d.situation.mayBeSource();
        boolean badPeer = d.relation() == Relation.FULL_TARGET && peersIsBad && d.situation.mayBeTarget();
        if (badSource || badPeer) {
            d.drop(DropReason.SOURCE_NOT_GOOD_ENOUGH);
        }
    }

    /** Step 13: what a full resync does to the bitmap. All blocks, also those that no file uses. */
    static void prepareBitmap(Deliberation d) {
        if (!d.relation().full()) {
            return;
        }
        SyncParty target = d.relation().source() ? d.peer : d.me;
        SyncParty source = d.relation().source() ? d.me : d.peer;
        // The bits of an initial sync that broke off are good only if both sides of it are the same as then. bsr asks
        // the target alone, and forgets what a replaced source has to send.
        boolean goesOn = target.has(UuidFlag.INITIAL_SYNC_BEGUN) && source.has(UuidFlag.SYNC_IN_PROGRESS);
        boolean later = d.relation().target()
                && d.me.report().identifiers().isJustCreated()
                && (d.situation.otherResyncRuns() || !d.situation.mayBeTarget());
        if (!goesOn && !later) {
            d.bitmap(BitmapAction.SET_ALL);
        }
    }

    /** Steps 14 and 15. */
    private static void enterState(Deliberation d) {
        if (d.relation() == Relation.IN_SYNC) {
            settleInSync(d);
        } else {
            startOrStay(d);
        }
    }

    /** Step 14. Equal nodes stay Established here. */
    static void startOrStay(Deliberation d) {
        Relation relation = d.relation();
        boolean source = relation.source() || relation == Relation.FORBIDDEN_SOURCE;
        boolean target = relation.target() || relation == Relation.FORBIDDEN_TARGET;
        if ((relation == Relation.CRASH_SOURCE || relation == Relation.CRASH_TARGET)
                && (d.me.primary() || d.peer.primary())) {
            source = d.me.primary() && !d.peer.primary();
            target = !d.me.primary();
        }
        proceedOrStay(d, source, target);
    }

    /**
     * The bitmap exchange in the wanted direction, or Established where target-only or {@link StableSync} does not allow
     * it: the resync comes when they do. A Primary does not stay like that. Its data are known to be the wrong ones, and
     * each write would mix them further into the peer's; bsr lets it.
     */
    private static void proceedOrStay(Deliberation d, boolean source, boolean target) {
        boolean allowed = !d.relation().forbidden();
        if (source && allowed && d.situation.mayBeSource()) {
            d.proceed(ReplicationState.WF_BITMAP_S);
        } else if (target && allowed && d.situation.mayBeTarget()) {
            d.proceed(ReplicationState.WF_BITMAP_T);
        } else if ((target && d.primary()) || (source && d.peer.primary() && !d.me.primary())) {
            d.drop(DropReason.PRIMARY_WOULD_BE_TARGET);
        } else {
            d.proceed(ReplicationState.ESTABLISHED);
        }
    }

    /** Step 15: what is left over from earlier generations. Every condition on direction is the same for both nodes. */
    private static void settleInSync(Deliberation d) {
        SyncSituation situation = d.situation;
        boolean mismatch = situation.eitherHas(UuidFlag.VERIFY_MISMATCH);
        if (d.myBitmapIdentifier() == 0 && d.peersBitmapIdentifier() == 0 && situation.anyBits()) {
            boolean mine = d.me.has(UuidFlag.PRIMARY_IO_ERROR);
            boolean peers = d.peer.has(UuidFlag.PRIMARY_IO_ERROR);
            if (mine || peers) {
                boolean source = mine && (!peers || !situation.resolveConflicts());
                proceedOrStay(d, source, !source);
                return;
            }
        }
        d.proceed(ReplicationState.ESTABLISHED);
        if (!d.leavesBitmapAlone()) {
            return;
        }
        if (d.myBitmapIdentifier() != 0) {
            d.identifiers(IdentifierAction.CLEAR_BITMAP);
            // bsr clears the bits here in any case; what a verify has found must not be forgotten.
            if (!mismatch) {
                d.bitmap(BitmapAction.CLEAR);
            }
        } else if (d.me.report().dirtyBits() != 0) {
            boolean quiet = situation.bothUpToDate() && situation.primaries() == 0 && situation.fromOff();
            if (situation.eitherHas(UuidFlag.SYNC_IN_PROGRESS) || (quiet && !mismatch)) {
                d.bitmap(BitmapAction.CLEAR);
            }
        }
    }
}
