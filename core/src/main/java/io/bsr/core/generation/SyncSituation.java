package io.bsr.core.generation;

import io.bsr.base.state.DiskState;

/**
 * Everything the decision depends on. Most of it comes from what the two nodes told each other; the peer decides from
 * the mirror image.
 *
 * @param agreedVersion protocol version of the connection
 * @param resolveConflicts as in {@link ComparisonSetting}
 * @param writeSameAgreed as in {@link ComparisonSetting}
 * @param alreadySource this node is source of a resync to the peer at the moment
 * @param fromOff the replication state is Off: the connection has just been made
 * @param mayBeSource {@link StableSync} allows this node to be source of the peer
 * @param mayBeTarget {@link StableSync} allows this node to be target of the peer
 * @param otherResyncRuns a resync with a third node runs
 * @param dryRun only tell what would happen
 * @param demotion how the attempt to become Secondary ended that an earlier decision asked for
 */
public record SyncSituation(
        RuleSet rules,
        int agreedVersion,
        SyncParty me,
        SyncParty peer,
        SyncPolicies policies,
        boolean resolveConflicts,
        boolean writeSameAgreed,
        boolean alreadySource,
        boolean fromOff,
        boolean mayBeSource,
        boolean mayBeTarget,
        boolean otherResyncRuns,
        boolean dryRun,
        Demotion demotion) {

    /** The attempt to become Secondary that {@link SplitBrainPolicy#CALL_PRI_LOST_AFTER_SB} asks for. */
    public enum Demotion {
        /** Not yet tried. */
        NOT_TRIED,
        /** This node was Primary and is Secondary now; {@link #me()} still says Primary. */
        SUCCEEDED,
        /** This node is still Primary. */
        FAILED
    }

    /** Two nodes that have just connected, in the simplest circumstances. */
    public static SyncSituation justConnected(
            RuleSet rules,
            int agreedVersion,
            SyncParty me,
            SyncParty peer,
            SyncPolicies policies,
            boolean resolveConflicts) {
        return new SyncSituation(
                rules,
                agreedVersion,
                me,
                peer,
                policies,
                resolveConflicts,
                true,
                false,
                true,
                true,
                true,
                false,
                false,
                Demotion.NOT_TRIED);
    }

    /** The same after the attempt to become Secondary. */
    public SyncSituation after(Demotion attempt) {
        return new SyncSituation(
                rules,
                agreedVersion,
                me,
                peer,
                policies,
                resolveConflicts,
                writeSameAgreed,
                alreadySource,
                fromOff,
                mayBeSource,
                mayBeTarget,
                otherResyncRuns,
                dryRun,
                attempt);
    }

    ComparisonSetting comparisonSetting() {
        return new ComparisonSetting(
                rules, agreedVersion, me.role(), peer.role(), resolveConflicts, writeSameAgreed, alreadySource);
    }

    int primaries() {
        return (me.primary() ? 1 : 0) + (peer.primary() ? 1 : 0);
    }

    boolean bothUpToDate() {
        return me.disk() == DiskState.UP_TO_DATE && peer.disk() == DiskState.UP_TO_DATE;
    }

    /** Set bits on this side, on the other, or on both. */
    boolean anyBits() {
        return me.report().dirtyBits() != 0 || peer.report().dirtyBits() != 0;
    }

    boolean eitherHas(UuidFlag flag) {
        return me.has(flag) || peer.has(flag);
    }
}
