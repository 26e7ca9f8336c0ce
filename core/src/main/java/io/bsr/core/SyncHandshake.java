package io.bsr.core;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.Disk;
import io.bsr.core.generation.GenerationComparison;
import io.bsr.core.generation.GenerationReport;
import io.bsr.core.generation.RoleConflictPolicy;
import io.bsr.core.generation.RuleSet;
import io.bsr.core.generation.SplitBrainPolicy;
import io.bsr.core.generation.SyncDecision;
import io.bsr.core.generation.SyncOutcome;
import io.bsr.core.generation.SyncParty;
import io.bsr.core.generation.SyncPolicies;
import io.bsr.core.generation.SyncSituation;
import io.bsr.core.generation.UuidFlag;
import io.bsr.core.option.NetOptions;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;
import io.bsr.wire.UuidFlags;
import io.bsr.wire.packet.ProtocolSettings;
import io.bsr.wire.packet.Uuids110;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decides, when two nodes have told each other their identifiers, who overwrites whom; and carries it out. */
final class SyncHandshake {
    /**
     * Either the reason to give the connection up, or the state to enter.
     *
     * @param error the word that status has for that reason
     * @param carryOut changes identifiers and bitmap as decided; until then nothing is changed
     */
    record Decision(@Nullable String drop, ConnectionError error, ReplicationState next, Runnable carryOut) {
        static Decision drop(String reason, ConnectionError error) {
            return new Decision(reason, error, ReplicationState.OFF, () -> {});
        }

        static Decision enter(ReplicationState next) {
            return new Decision(null, ConnectionError.NONE, next, () -> {});
        }
    }

    private final Resource resource;

    SyncHandshake(Resource resource) {
        this.resource = resource;
    }

    Decision decide(PeerDevice p, Role peerRole, DiskState peerDisk, boolean fromOff) {
        Volume volume = p.volume();
        Disk disk = Objects.requireNonNull(volume.disk());
        Session session = Objects.requireNonNull(p.connection().session());
        Uuids110 sent = p.sentIdentifiers;
        Uuids110 received = Objects.requireNonNull(p.peerIdentifiers);
        if (sent == null || !fromOff) {
            // Later decisions rest on what is true now; the peer has been told of every change.
            p.sendIdentifiers(0, 0);
            sent = Objects.requireNonNull(p.sentIdentifiers);
        }
        GenerationReport mine = Generations.report(resource.nodeId(), sent);
        GenerationReport theirs = Generations.report(p.connection().peer(), received);
        SyncSituation situation = new SyncSituation(
                session.protocol.rules(),
                session.agreed.version(),
                new SyncParty(mine, volume.diskState(), resource.role()),
                new SyncParty(theirs, peerDisk, peerRole),
                policies(p.connection()),
                session.resolvesConflicts,
                true,
                StateRules.sourceSide(p.replication()),
                fromOff,
                true,
                true,
                false,
                p.connection().tentative,
                SyncSituation.Demotion.NOT_TRIED);
        SyncOutcome outcome = SyncDecision.decide(situation);
        if (outcome.verdict() instanceof SyncOutcome.Verdict.DemoteFirst) {
            boolean demoted = resource.openUsers() == 0 && resource.demoteNow("after-sb policy");
            outcome = SyncDecision.decide(
                    situation.after(demoted ? SyncSituation.Demotion.SUCCEEDED : SyncSituation.Demotion.FAILED));
        }
        log(p, mine, theirs, outcome);
        boolean inconsistentHere = (sent.flags() & UuidFlags.INCONSISTENT) != 0;
        boolean inconsistentThere = (received.flags() & UuidFlags.INCONSISTENT) != 0;
        boolean inconsistentSource = (outcome.next() == ReplicationState.WF_BITMAP_S && inconsistentHere)
                || (outcome.next() == ReplicationState.WF_BITMAP_T && inconsistentThere);
        if (inconsistentSource && inconsistentHere != inconsistentThere) {
            String remedy = session.protocol.rules() == RuleSet.DRBD84
                    ? "create its metadata anew"
                    : "connect that node with discard-my-data";
            return Decision.drop(
                    "the identifiers make the node source whose data are Inconsistent, an interrupted resync or an I/O"
                            + " error spoiled them in part: " + remedy,
                    ConnectionError.NONE);
        }
        if (inconsistentSource) {
            resource.log(Events.Level.WARN, p.label(), "both disks are Inconsistent: there is nothing to resync from");
            return Decision.enter(ReplicationState.ESTABLISHED);
        }
        if (outcome.verdict() instanceof SyncOutcome.Verdict.Drop drop) {
            return Decision.drop(
                    drop.reason().explanation() + " (" + outcome.explanation() + ")",
                    ConnectionError.of(drop.reason()));
        }
        SyncOutcome decided = outcome;
        return new Decision(null, ConnectionError.NONE, decided.next(), () -> carryOut(p, disk, mine, decided));
    }

    private void log(PeerDevice p, GenerationReport mine, GenerationReport theirs, SyncOutcome outcome) {
        resource.log(Events.Level.INFO, p.label(), "self " + mine);
        resource.log(Events.Level.INFO, p.label(), "peer " + theirs);
        resource.log(Events.Level.INFO, p.label(), outcome.explanation());
        int peer = p.connection().peer().value();
        int volume = p.volume().number();
        for (SyncOutcome.Handler handler : outcome.handlers()) {
            resource.happened(new Happening.HandlerDue(handler.toString(), peer, volume));
        }
        if (outcome.handlers().contains(SyncOutcome.Handler.INITIAL_SPLIT_BRAIN)) {
            resource.happened(new Happening.SplitBrain(peer, volume, recovery(mine, theirs, outcome)));
        }
    }

    private static Happening.Recovery recovery(GenerationReport mine, GenerationReport theirs, SyncOutcome outcome) {
        if (outcome.verdict() instanceof SyncOutcome.Verdict.Drop) {
            return Happening.Recovery.NO;
        }
        return mine.has(UuidFlag.DISCARD_MY_DATA) || theirs.has(UuidFlag.DISCARD_MY_DATA)
                ? Happening.Recovery.MANUALLY
                : Happening.Recovery.AUTOMATICALLY;
    }

    private void carryOut(PeerDevice p, Disk disk, GenerationReport mine, SyncOutcome outcome) {
        Superblock superblock = disk.superblock();
        int peer = p.connection().peer().value();
        PeerEntry entry = superblock.peer(peer);
        GenerationComparison comparison = outcome.comparison();
        if (!comparison.mine().equals(mine.identifiers())) {
            Generations.store(
                    superblock, comparison.mine(), resource.transferLog().dagtag());
        }
        switch (outcome.identifiers()) {
            case KEEP -> {}
            case CLEAR_BITMAP -> {
                entry.bitmapUuid = 0;
                entry.bitmapDagtag = 0;
            }
            case RETIRE_BITMAP -> {
                superblock.pushHistory(entry.bitmapUuid);
                entry.bitmapUuid = 0;
                entry.bitmapDagtag = 0;
            }
        }
        switch (outcome.bitmap()) {
            case KEEP -> {}
            case SET_ALL -> {
                disk.bitmap().setAll(entry.bitmapIndex);
                if (superblock.currentUuid == Superblock.UUID_JUST_CREATED
                        && outcome.next() == ReplicationState.WF_BITMAP_T) {
                    entry.set(PeerFlag.INIT_SYNCT_BEGIN, true);
                }
            }
            case CLEAR -> disk.bitmap().clearAll(entry.bitmapIndex);
        }
        if (outcome.newCurrentUuid()) {
            p.volume().generation().due();
        }
        p.volume().persist();
    }

    private static SyncPolicies policies(Connection connection) {
        NetOptions options = connection.options();
        ProtocolSettings agreed = new Parameters(connection).mine();
        return new SyncPolicies(
                policy(agreed.after0Primaries().toString()),
                policy(agreed.after1Primary().toString()),
                policy(agreed.after2Primaries().toString()),
                options.alwaysAfterSplitBrain(),
                roleConflict(options.roleResyncConflict()));
    }

    private static SplitBrainPolicy policy(String word) {
        for (SplitBrainPolicy policy : SplitBrainPolicy.values()) {
            if (policy.option().equals(word)) {
                return policy;
            }
        }
        return SplitBrainPolicy.DISCONNECT;
    }

    private static RoleConflictPolicy roleConflict(String word) {
        for (RoleConflictPolicy policy : RoleConflictPolicy.values()) {
            if (policy.toString().equals(word)) {
                return policy;
            }
        }
        return RoleConflictPolicy.DISCONNECT;
    }
}
