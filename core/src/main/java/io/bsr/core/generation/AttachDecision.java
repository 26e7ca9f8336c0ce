package io.bsr.core.generation;

import io.bsr.core.generation.SyncOutcome.DropReason;

/**
 * The shorter decisions between nodes that are connected already (wire-protocol reference, end of section 8.7). With
 * {@link RuleSet#DRBD84} there is only the long one.
 */
public final class AttachDecision {
    private AttachDecision() {}

    /**
     * A disk was attached on one of two connected nodes. To drop means that the attach has no result with this peer;
     * the connection stays.
     */
    public static SyncOutcome afterAttach(SyncSituation situation) {
        if (situation.rules() == RuleSet.DRBD84) {
            return SyncDecision.decide(situation);
        }
        Deliberation d = new Deliberation(situation);
        d.dropContradiction();
        if (d.decided()) {
            return d.outcome();
        }
        if (Math.abs(d.relation().number()) > 4) {
            d.drop(DropReason.NO_ATTACH_RESULT);
            return d.outcome();
        }
        SyncDecision.forbidByTargetOnly(d);
        SyncDecision.prepareBitmap(d);
        SyncDecision.preferTheConsistentDisk(d);
        SyncDecision.startOrStay(d);
        return d.outcome();
    }

    /** One of two connected nodes has become stable, or asks for a comparison (flags GOT_STABLE, RESYNC). */
    public static SyncOutcome afterBecomingStable(SyncSituation situation) {
        Deliberation d = new Deliberation(situation);
        d.dropContradiction();
        if (d.decided()) {
            return d.outcome();
        }
        SyncDecision.forbidByTargetOnly(d);
        Relation relation = d.relation();
        if (relation.hopeless() || relation.splitBrain()) {
            d.drop(relation.splitBrain() ? DropReason.SPLIT_BRAIN : DropReason.UNRELATED_DATA);
            return d.outcome();
        }
        if (relation == Relation.IN_SYNC) {
            SyncDecision.preferTheConsistentDisk(d);
            SyncDecision.judgeLeftoverBits(d);
        }
        SyncDecision.prepareBitmap(d);
        SyncDecision.startOrStay(d);
        return d.outcome();
    }
}
