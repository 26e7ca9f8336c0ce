package io.bsr.core.generation;

/**
 * Whose rules decide. Both nodes must use the same: with a DRBD 8.4 peer follow 8.4's, else bsr's.
 */
public enum RuleSet {
    /** bsr 1.7, at any agreed protocol version. */
    BSR,
    /** DRBD 8.4: one peer, protocol below 110, a history of two. */
    DRBD84;

    /** The rules to use where nothing says more about the peer: below protocol 110 it is a DRBD 8.4. */
    public static RuleSet forVersion(int agreedVersion) {
        return agreedVersion < ComparisonSetting.SEVERAL_PEERS ? DRBD84 : BSR;
    }
}
