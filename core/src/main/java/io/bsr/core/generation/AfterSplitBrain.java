package io.bsr.core.generation;

/**
 * The after-split-brain policies (wire-protocol reference, section 8.8): who loses its changes.
 *
 * <p>"Younger" and "older" look at bit 0 of the bitmap identifiers: it says whether the node was Primary when the two
 * lost each other.
 */
public final class AfterSplitBrain {
    private AfterSplitBrain() {}

    /** What a policy says. */
    public enum Solution {
        I_AM_SOURCE,
        I_AM_TARGET,
        /** I am target once I am no longer Primary. */
        I_AM_TARGET_AFTER_DEMOTION,
        /** I had to be target, but could not be demoted: handler pri-lost-after-sb. */
        DEMOTION_FAILED,
        UNSOLVED
    }

    /** Applies the policy for the number of Primaries. */
    public static Solution solve(SyncSituation situation) {
        SyncPolicies policies = situation.policies();
        return switch (situation.primaries()) {
            case 0 -> withoutPrimary(situation, policies.withoutPrimary());
            case 1 -> withOnePrimary(situation, policies.withOnePrimary());
            default -> withTwoPrimaries(situation, policies.withTwoPrimaries());
        };
    }

    private static Solution withoutPrimary(SyncSituation situation, SplitBrainPolicy policy) {
        return switch (policy) {
            case DISCARD_YOUNGER_PRIMARY -> {
                Solution solution = byRoleAtTheSplit(situation, Solution.I_AM_TARGET);
                yield solution == Solution.UNSOLVED
                        ? withoutPrimary(situation, SplitBrainPolicy.DISCARD_OLDER_PRIMARY)
                        : solution;
            }
            case DISCARD_OLDER_PRIMARY -> {
                Solution solution = byRoleAtTheSplit(situation, Solution.I_AM_SOURCE);
                yield solution == Solution.UNSOLVED ? byChanges(situation) : solution;
            }
            case DISCARD_ZERO_CHANGES -> byNoChanges(situation);
            case DISCARD_LEAST_CHANGES -> byLeastChanges(situation);
            case DISCARD_LOCAL -> Solution.I_AM_TARGET;
            case DISCARD_REMOTE -> Solution.I_AM_SOURCE;
            case DISCONNECT, CONSENSUS, DISCARD_SECONDARY, CALL_PRI_LOST_AFTER_SB, VIOLENTLY -> Solution.UNSOLVED;
        };
    }

    /** Decides only if exactly one of the two was Primary at the split: what this node is if that was the peer. */
    private static Solution byRoleAtTheSplit(SyncSituation situation, Solution ifThePeerWasPrimary) {
        GenerationIdentifiers mine = situation.me().report().identifiers();
        GenerationIdentifiers peers = situation.peer().report().identifiers();
        boolean iWasPrimary = (mine.bitmapTowards(peers.node()) & GenerationIdentifiers.PRIMARY_BIT) != 0;
        boolean peerWasPrimary = (peers.bitmapTowards(mine.node()) & GenerationIdentifiers.PRIMARY_BIT) != 0;
        if (iWasPrimary == peerWasPrimary) {
            return Solution.UNSOLVED;
        }
        return peerWasPrimary ? ifThePeerWasPrimary : opposite(ifThePeerWasPrimary);
    }

    private static Solution byChanges(SyncSituation situation) {
        Solution solution = byNoChanges(situation);
        return solution == Solution.UNSOLVED ? byLeastChanges(situation) : solution;
    }

    private static Solution byNoChanges(SyncSituation situation) {
        long mine = situation.me().report().dirtyBits();
        long peers = situation.peer().report().dirtyBits();
        if (mine == 0 && peers == 0) {
            return byConnection(situation);
        }
        if (peers == 0) {
            return Solution.I_AM_SOURCE;
        }
        return mine == 0 ? Solution.I_AM_TARGET : Solution.UNSOLVED;
    }

    private static Solution byLeastChanges(SyncSituation situation) {
        long mine = situation.me().report().dirtyBits();
        long peers = situation.peer().report().dirtyBits();
        if (mine == peers) {
            return byConnection(situation);
        }
        return mine < peers ? Solution.I_AM_TARGET : Solution.I_AM_SOURCE;
    }

    private static Solution byConnection(SyncSituation situation) {
        return situation.resolveConflicts() ? Solution.I_AM_TARGET : Solution.I_AM_SOURCE;
    }

    private static Solution withOnePrimary(SyncSituation situation, SplitBrainPolicy policy) {
        boolean primary = situation.me().primary();
        return switch (policy) {
            case CONSENSUS -> {
                Solution solution = asWithoutPrimary(situation);
                boolean primaryWins = solution == (primary ? Solution.I_AM_SOURCE : Solution.I_AM_TARGET);
                yield primaryWins ? solution : Solution.UNSOLVED;
            }
            case VIOLENTLY -> asWithoutPrimary(situation);
            case DISCARD_SECONDARY -> primary ? Solution.I_AM_SOURCE : Solution.I_AM_TARGET;
            case CALL_PRI_LOST_AFTER_SB -> demotedIfTarget(situation, asWithoutPrimary(situation));
            case DISCONNECT,
                    DISCARD_YOUNGER_PRIMARY,
                    DISCARD_OLDER_PRIMARY,
                    DISCARD_ZERO_CHANGES,
                    DISCARD_LEAST_CHANGES,
                    DISCARD_LOCAL,
                    DISCARD_REMOTE -> Solution.UNSOLVED;
        };
    }

    private static Solution withTwoPrimaries(SyncSituation situation, SplitBrainPolicy policy) {
        return switch (policy) {
            case VIOLENTLY -> asWithoutPrimary(situation);
            case CALL_PRI_LOST_AFTER_SB -> demotedIfTarget(situation, asWithoutPrimary(situation));
            case DISCONNECT,
                    DISCARD_YOUNGER_PRIMARY,
                    DISCARD_OLDER_PRIMARY,
                    DISCARD_ZERO_CHANGES,
                    DISCARD_LEAST_CHANGES,
                    DISCARD_LOCAL,
                    DISCARD_REMOTE,
                    CONSENSUS,
                    DISCARD_SECONDARY -> Solution.UNSOLVED;
        };
    }

    private static Solution asWithoutPrimary(SyncSituation situation) {
        return withoutPrimary(situation, situation.policies().withoutPrimary());
    }

    private static Solution demotedIfTarget(SyncSituation situation, Solution solution) {
        if (solution != Solution.I_AM_TARGET || !situation.me().primary()) {
            return solution;
        }
        return switch (situation.demotion()) {
            case NOT_TRIED -> Solution.I_AM_TARGET_AFTER_DEMOTION;
            case SUCCEEDED -> Solution.I_AM_TARGET;
            case FAILED -> Solution.DEMOTION_FAILED;
        };
    }

    static Solution opposite(Solution solution) {
        return switch (solution) {
            case I_AM_SOURCE -> Solution.I_AM_TARGET;
            case I_AM_TARGET -> Solution.I_AM_SOURCE;
            case I_AM_TARGET_AFTER_DEMOTION, DEMOTION_FAILED, UNSOLVED -> solution;
        };
    }
}
