package io.bsr.core.generation;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.core.generation.SyncOutcome.BitmapAction;
import io.bsr.core.generation.SyncOutcome.DropReason;
import io.bsr.core.generation.SyncOutcome.Handler;
import io.bsr.core.generation.SyncOutcome.IdentifierAction;
import io.bsr.core.generation.SyncOutcome.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One decision under way: what is known, what has been concluded so far, and the steps that the rule sets share. Once
 * there is a verdict, the steps that follow are not taken.
 */
final class Deliberation {
    final SyncSituation situation;
    final SyncParty me;
    final SyncParty peer;
    final GenerationComparison comparison;

    /** This node is Primary, and remains so whatever is decided. */
    private final boolean primary;

    private Relation relation;
    private BitmapAction bitmap = BitmapAction.KEEP;
    private IdentifierAction identifiers = IdentifierAction.KEEP;
    private boolean newCurrentUuid;
    private final List<Handler> handlers = new ArrayList<>();
    private final StringBuilder explanation = new StringBuilder();
    private @Nullable Verdict verdict;

    Deliberation(SyncSituation situation) {
        this.situation = situation;
        comparison = GenerationComparison.compare(
                situation.me().report(), situation.peer().report(), situation.comparisonSetting());
        me = new SyncParty(
                situation.me().report().withIdentifiers(comparison.mine()),
                situation.me().disk(),
                situation.me().role());
        peer = new SyncParty(
                situation.peer().report().withIdentifiers(comparison.peers()),
                situation.peer().disk(),
                situation.peer().role());
        primary = me.primary() && situation.demotion() != SyncSituation.Demotion.SUCCEEDED;
        relation = comparison.relation();
        explanation.append(comparison.explanation());
    }

    Relation relation() {
        return relation;
    }

    boolean primary() {
        return primary;
    }

    boolean decided() {
        return verdict != null;
    }

    long myBitmapIdentifier() {
        return me.report()
                .identifiers()
                .bitmapTowards(peer.report().identifiers().node());
    }

    long peersBitmapIdentifier() {
        return peer.report()
                .identifiers()
                .bitmapTowards(me.report().identifiers().node());
    }

    void conclude(Relation next, String why) {
        explanation.append("; ").append(next.signed()).append(": ").append(why);
        relation = next;
    }

    void drop(DropReason reason) {
        explanation.append("; ").append(reason.explanation());
        verdict = new Verdict.Drop(reason);
    }

    void proceed(ReplicationState next) {
        verdict = new Verdict.Proceed(next);
    }

    void bitmap(BitmapAction action) {
        bitmap = action;
    }

    void identifiers(IdentifierAction action) {
        identifiers = action;
    }

    boolean leavesBitmapAlone() {
        return bitmap == BitmapAction.KEEP;
    }

    void handler(Handler handler) {
        handlers.add(handler);
    }

    void requestNewCurrentUuid() {
        newCurrentUuid = true;
    }

    SyncOutcome outcome() {
        Verdict reached = verdict;
        if (reached == null) {
            throw new IllegalStateException("no verdict after all steps: " + explanation);
        }
        return new SyncOutcome(
                reached, comparison, relation, bitmap, identifiers, newCurrentUuid, handlers, explanation.toString());
    }

    /** Target-only forbids the direction of {@code direction}. */
    boolean forbidden(Relation direction) {
        return situation.rules() == RuleSet.BSR
                && ((direction.source() && me.has(UuidFlag.TARGET_ONLY))
                        || (direction.target() && peer.has(UuidFlag.TARGET_ONLY)));
    }

    /** {@code direction}, or that it is needed but forbidden. */
    Relation orForbidden(Relation direction) {
        if (!forbidden(direction)) {
            return direction;
        }
        return direction.source() ? Relation.FORBIDDEN_SOURCE : Relation.FORBIDDEN_TARGET;
    }

    /**
     * Before step 1. No history of two nodes leads to identifiers by which each thinks that it is behind the other, but
     * damaged or copied metadata do; the two would wait for each other for ever.
     */
    void dropContradiction() {
        GenerationComparison peers = GenerationComparison.compare(
                situation.peer().report(),
                situation.me().report(),
                situation.comparisonSetting().mirrored());
        Relation expected = relation.mirrored();
        if (peers.relation().source() != expected.source() || peers.relation().target() != expected.target()) {
            drop(DropReason.CONTRADICTORY_IDENTIFIERS);
        }
    }

    /** Step 2: nothing can be done with these two. */
    void dropHopeless() {
        if (relation.hopeless()) {
            drop(relation == Relation.UNRELATED ? DropReason.UNRELATED_DATA : DropReason.PROTOCOL_TOO_OLD);
        }
    }

    /** Steps 5 and 6: a split brain is announced, and solved if a policy does. */
    void solveSplitBrain() {
        if (!relation.splitBrain()) {
            return;
        }
        handler(Handler.INITIAL_SPLIT_BRAIN);
        boolean withoutBase = relation == Relation.SPLIT_BRAIN_WITHOUT_BITMAP;
        if (withoutBase && !situation.policies().alwaysAsbp()) {
            return;
        }
        switch (AfterSplitBrain.solve(situation)) {
            case I_AM_SOURCE -> solved(withoutBase ? Relation.FULL_SOURCE : Relation.BITMAP_SOURCE);
            case I_AM_TARGET -> solved(withoutBase ? Relation.FULL_TARGET : Relation.BITMAP_TARGET);
            case I_AM_TARGET_AFTER_DEMOTION -> {
                if (forbidden(Relation.BITMAP_TARGET)) {
                    return;
                }
                explanation.append("; split brain: I am to lose my changes, if I can become Secondary");
                verdict = new Verdict.DemoteFirst();
            }
            case DEMOTION_FAILED -> {
                explanation.append("; split brain: I had to lose my changes, but could not become Secondary");
                handler(Handler.PRI_LOST_AFTER_SB);
            }
            case UNSOLVED -> {}
        }
    }

    private void solved(Relation direction) {
        if (!forbidden(direction)) {
            conclude(direction, "split brain, solved by policy; Primaries: " + situation.primaries());
        }
    }

    /**
     * Step 7: discard-my-data solves what the policies did not. Without a common bitmap generation the bits of both
     * nodes need not cover the difference, so then the whole device is transferred, although bsr trusts the bits here.
     */
    void discardAfterSplitBrain() {
        if (!relation.splitBrain()) {
            return;
        }
        boolean iDiscard = me.has(UuidFlag.DISCARD_MY_DATA);
        boolean peerDiscards = peer.has(UuidFlag.DISCARD_MY_DATA);
        if (iDiscard && peerDiscards) {
            drop(DropReason.BOTH_DISCARD);
            return;
        }
        if (!iDiscard && !peerDiscards) {
            return;
        }
        boolean full = relation == Relation.SPLIT_BRAIN_WITHOUT_BITMAP;
        Relation direction = iDiscard
                ? full ? Relation.FULL_TARGET : Relation.BITMAP_TARGET
                : full ? Relation.FULL_SOURCE : Relation.BITMAP_SOURCE;
        if (forbidden(direction)) {
            drop(DropReason.DISCARD_FORBIDDEN_BY_TARGET_ONLY);
        } else {
            conclude(direction, "split brain, solved by discard-my-data on " + (iDiscard ? "this node" : "the peer"));
        }
    }

    /** Step 9: nothing solved the split brain. */
    void dropUnsolvedSplitBrain() {
        if (relation.splitBrain()) {
            handler(Handler.SPLIT_BRAIN);
            drop(DropReason.SPLIT_BRAIN);
        }
    }

    /** Step 10, for the node that {@code wouldBeTarget}: a Primary with good data is not overwritten just so. */
    void protectPrimary(boolean wouldBeTarget) {
        if (!wouldBeTarget || !primary || !me.disk().atLeast(DiskState.CONSISTENT)) {
            return;
        }
        switch (situation.policies().roleConflict()) {
            case DISCONNECT -> drop(DropReason.PRIMARY_WOULD_BE_TARGET);
            case CALL_PRI_LOST -> {
                handler(Handler.PRI_LOST);
                drop(DropReason.PRIMARY_WOULD_BE_TARGET);
            }
            case VIOLENTLY -> explanation.append("; I am Primary, and become target by rr-conflict violently");
        }
    }

    /** Step 12. */
    void endDryRun() {
        if (situation.dryRun()) {
            drop(DropReason.DRY_RUN);
        }
    }
}
