package io.bsr.core.generation;

import io.bsr.base.NodeId;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Builds the two sides of a decision. This node is node 0, the peer node 1; node 2 is a third one. */
final class Parties {
    static final NodeId ME = new NodeId(0);
    static final NodeId PEER = new NodeId(1);
    static final NodeId THIRD = new NodeId(2);
    static final long A = 0xA0;
    static final long B = 0xB0;
    static final long C = 0xC0;
    static final long STEP = GenerationComparison.RESYNC_STEP;

    private Parties() {}

    static GenerationIdentifiers mine(long current, long bitmap, long... history) {
        return identifiers(ME, PEER, current, bitmap, 0, history);
    }

    static GenerationIdentifiers peers(long current, long bitmap, long... history) {
        return identifiers(PEER, ME, current, bitmap, 0, history);
    }

    static GenerationIdentifiers identifiers(
            NodeId node, NodeId other, long current, long bitmap, long third, long... history) {
        TreeMap<NodeId, Long> slots = new TreeMap<>();
        slots.put(other, bitmap);
        slots.put(THIRD, third);
        List<Long> past = new ArrayList<>();
        for (long uuid : history) {
            past.add(uuid);
        }
        return new GenerationIdentifiers(node, current, slots, past);
    }

    static GenerationReport report(GenerationIdentifiers identifiers, UuidFlag... flags) {
        return new GenerationReport(identifiers, UuidFlag.maskOf(flags), 0);
    }

    static SyncParty secondary(GenerationIdentifiers identifiers, UuidFlag... flags) {
        return new SyncParty(report(identifiers, flags), DiskState.UP_TO_DATE, Role.SECONDARY);
    }

    static SyncParty primary(GenerationIdentifiers identifiers, UuidFlag... flags) {
        return secondary(identifiers, flags).withRole(Role.PRIMARY);
    }

    static SyncParty on(DiskState disk, SyncParty party) {
        return new SyncParty(party.report(), disk, party.role());
    }

    static SyncParty withBits(long bits, SyncParty party) {
        GenerationReport report = party.report();
        return new SyncParty(
                new GenerationReport(report.identifiers(), report.flags(), bits), party.disk(), party.role());
    }

    static SyncSituation bsr(SyncParty me, SyncParty peer) {
        return bsr(me, peer, SyncPolicies.DEFAULT);
    }

    static SyncSituation bsr(SyncParty me, SyncParty peer, SyncPolicies policies) {
        return SyncSituation.justConnected(RuleSet.BSR, 118, me, peer, policies, true);
    }

    static SyncSituation drbd84(SyncParty me, SyncParty peer, SyncPolicies policies) {
        return SyncSituation.justConnected(RuleSet.DRBD84, 101, me, peer, policies, true);
    }

    /** The same as the peer sees it, as far as it follows from what both know. */
    static SyncSituation mirrored(SyncSituation s) {
        return new SyncSituation(
                s.rules(),
                s.agreedVersion(),
                s.peer(),
                s.me(),
                s.policies(),
                !s.resolveConflicts(),
                s.writeSameAgreed(),
                false,
                s.fromOff(),
                s.mayBeTarget(),
                s.mayBeSource(),
                false,
                s.dryRun(),
                SyncSituation.Demotion.NOT_TRIED);
    }

    static SyncPolicies policies(SplitBrainPolicy without, SplitBrainPolicy one, SplitBrainPolicy two, boolean always) {
        return new SyncPolicies(without, one, two, always, RoleConflictPolicy.DISCONNECT);
    }
}
