package io.bsr.core.generation;

/**
 * The administrator's choices for conflicts.
 *
 * @param withoutPrimary after-sb-0pri
 * @param withOnePrimary after-sb-1pri
 * @param withTwoPrimaries after-sb-2pri
 * @param alwaysAsbp use these also where the two nodes have no common bitmap generation
 * @param roleConflict rr-conflict
 */
public record SyncPolicies(
        SplitBrainPolicy withoutPrimary,
        SplitBrainPolicy withOnePrimary,
        SplitBrainPolicy withTwoPrimaries,
        boolean alwaysAsbp,
        RoleConflictPolicy roleConflict) {

    /** As configured by default: disconnect in every case. */
    public static final SyncPolicies DEFAULT = new SyncPolicies(
            SplitBrainPolicy.DISCONNECT,
            SplitBrainPolicy.DISCONNECT,
            SplitBrainPolicy.DISCONNECT,
            false,
            RoleConflictPolicy.DISCONNECT);

    /**
     * @throws IllegalArgumentException if a policy does not exist for its number of Primaries
     */
    public SyncPolicies {
        require(withoutPrimary, 0);
        require(withOnePrimary, 1);
        require(withTwoPrimaries, 2);
    }

    private static void require(SplitBrainPolicy policy, int primaries) {
        if (!policy.allowedWith(primaries)) {
            throw new IllegalArgumentException("after-sb-%dpri cannot be %s".formatted(primaries, policy.option()));
        }
    }
}
