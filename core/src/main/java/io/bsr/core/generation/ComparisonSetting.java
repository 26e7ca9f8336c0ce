package io.bsr.core.generation;

import io.bsr.base.state.Role;

/**
 * What the comparison needs to know beside the two reports.
 *
 * @param agreedVersion protocol version of the connection
 * @param resolveConflicts this node is the one of the two that yields where nothing else decides (RESOLVE_CONFLICTS of
 *     the handshake); exactly one of the two nodes has it
 * @param writeSameAgreed the write-same feature was agreed (only {@link RuleSet#DRBD84} asks)
 * @param alreadySource this node is source of a resync to the peer at the moment
 */
public record ComparisonSetting(
        RuleSet rules,
        int agreedVersion,
        Role myRole,
        Role peerRole,
        boolean resolveConflicts,
        boolean writeSameAgreed,
        boolean alreadySource) {

    /** From this protocol version on nodes have ids, there are several peers, and the repair rules are gone. */
    static final int SEVERAL_PEERS = 110;

    /** From this protocol version on the bitmap identifier moves by 2^48 when a resync begins. */
    static final int DERIVED_SYNC_UUID = 96;

    /** The repair rules need this protocol version. */
    static final int REPAIR = 91;

    /** The setting of the peer's comparison. */
    ComparisonSetting mirrored() {
        return new ComparisonSetting(
                rules,
                agreedVersion,
                /* myRole= */ peerRole,
                /* peerRole= */ myRole,
                !resolveConflicts,
                writeSameAgreed,
                alreadySource);
    }

    boolean severalPeers() {
        return agreedVersion >= SEVERAL_PEERS;
    }

    /** How much of a history both nodes can see. */
    int visibleHistory() {
        return severalPeers() ? GenerationIdentifiers.HISTORY_LIMIT : 2;
    }
}
