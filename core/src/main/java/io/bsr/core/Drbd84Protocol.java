package io.bsr.core;

import io.bsr.base.NodeId;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.core.StateChange.PeerChange;
import io.bsr.core.generation.GenerationIdentifiers;
import io.bsr.core.generation.NewGeneration;
import io.bsr.core.generation.RuleSet;
import io.bsr.metadata.Superblock;
import io.bsr.wire.Agreement;
import io.bsr.wire.Feature;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolOffer;
import io.bsr.wire.UuidFlags;
import io.bsr.wire.Versions;
import io.bsr.wire.packet.ConnectionFeatures;
import io.bsr.wire.packet.SyncUuid;
import io.bsr.wire.packet.Uuids;
import io.bsr.wire.packet.Uuids110;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * DRBD 8.4: protocol 101, two nodes without ids (wire-protocol reference, section 18.1). It offers what DRBD 8.4 offers;
 * an agreement below 100, or one without discards, is refused: the peer is older than DRBD 8.4.
 */
final class Drbd84Protocol implements PeerProtocol {
    static final Drbd84Protocol INSTANCE = new Drbd84Protocol();

    /** The flags of P_UUIDS that DRBD 8.4 knows. */
    private static final long FLAGS = UuidFlags.DISCARD_MY_DATA
            | UuidFlags.CRASHED_PRIMARY
            | UuidFlags.INCONSISTENT
            | UuidFlags.SKIP_INITIAL_SYNC;

    private Drbd84Protocol() {}

    /**
     * DRBD 8.4 takes the first bytes behind a P_ZEROES for a digest if data have one. Where P_ZEROES is not agreed it writes
     * zeroes for a P_TRIM, which is what this node means by both.
     */
    @Override
    public ProtocolOffer offer(boolean signs) {
        ProtocolOffer all = ProtocolOffer.TO_DRBD;
        return signs ? new ProtocolOffer(all.oldest(), all.newest(), all.features() & ~Feature.WZEROES.bit()) : all;
    }

    @Override
    public boolean offersDependOnDigest() {
        return true;
    }

    @Override
    public @Nullable String insufficient(Agreement agreed) {
        if (!agreed.atLeast(Versions.HEADER_100)) {
            return "the peer speaks protocol " + agreed.version() + " and is older than DRBD 8.4";
        }
        return agreed.has(Feature.TRIM) ? null : "the peer knows no discards and is older than DRBD 8.4.4";
    }

    @Override
    public boolean namesNodes() {
        return false;
    }

    @Override
    public boolean matches(ConnectionFeatures features, Connection connection) {
        return true;
    }

    @Override
    public boolean agreesToConnect() {
        return false;
    }

    @Override
    public boolean tellsDiscardInParameters() {
        return true;
    }

    @Override
    public boolean agreesOnSizes() {
        return false;
    }

    @Override
    public boolean currentSizeBinds() {
        return false;
    }

    @Override
    public RuleSet rules() {
        return RuleSet.DRBD84;
    }

    @Override
    public void sendIdentifiers(PeerDevice p, Session session, @Nullable Uuids110 identifiers) {
        if (identifiers != null) {
            List<Long> history = identifiers.history();
            long bitmap = identifiers.bitmap(p.connection().peer().value());
            session.send(
                    p.volume().number(),
                    new Uuids(
                            identifiers.current(),
                            bitmap == Uuids110.DIFFERENT_DATA ? 0 : bitmap,
                            history.isEmpty() ? 0 : history.get(0),
                            history.size() < 2 ? 0 : history.get(1),
                            identifiers.dirtyBits(),
                            identifiers.flags() & FLAGS));
        }
    }

    /** What P_UUIDS says, in the form in which the identifiers of every peer are kept. */
    static Uuids110 received(Uuids uuids, int self) {
        List<Long> history = uuids.history0() == 0 ? List.of() : List.of(uuids.history0(), uuids.history1());
        return Uuids110.of(
                uuids.current(),
                uuids.dirtyBits(),
                (uuids.flags() & FLAGS) | UuidFlags.STABLE,
                0,
                1L << self,
                List.of(uuids.bitmap()),
                history);
    }

    @Override
    public boolean marksOlderPrimary() {
        return true;
    }

    @Override
    public boolean tellsWholeHistory() {
        return false;
    }

    @Override
    public boolean roleIsInEveryState() {
        return true;
    }

    @Override
    public boolean leavingOutdates(boolean agreed) {
        return !agreed;
    }

    @Override
    public void tellDemotion(Connection connection, Session session) {
        for (PeerDevice p : connection.peerDevices()) {
            if (p.initialStateSent) {
                p.sendState();
            }
        }
    }

    /**
     * The beginning of a resync is told by P_SYNC_UUID, and its end by the target alone; that of a verify by the requests,
     * and its end by the side that asked; a node that falls behind says nothing, for the other knows.
     * That a bitmap comes is told with it.
     */
    @Override
    public boolean tells(PeerChange change) {
        if (change.pauseChanged()) {
            return true;
        }
        boolean quiet =
                switch (change.to()) {
                    case STARTING_SYNC_S,
                            STARTING_SYNC_T,
                            WF_SYNC_UUID,
                            SYNC_SOURCE,
                            SYNC_TARGET,
                            PAUSED_SYNC_S,
                            PAUSED_SYNC_T,
                            VERIFY_S,
                            VERIFY_T,
                            WF_BITMAP_S,
                            BEHIND -> true;
                    case ESTABLISHED ->
                        change.from() == ReplicationState.VERIFY_T
                                || (StateRules.sourceSide(change.from()) && StateRules.syncing(change.from()));
                    case OFF, WF_BITMAP_T, AHEAD -> false;
                };
        return change.from() != change.to() && !quiet;
    }

    @Override
    public boolean stateBeforeBitmap() {
        return true;
    }

    @Override
    public boolean targetHasFinished(ReplicationState before, DiskState knownDisk, DiskState toldDisk) {
        boolean notGoodBefore = knownDisk == DiskState.INCONSISTENT
                || knownDisk == DiskState.OUTDATED
                || knownDisk == DiskState.CONSISTENT;
        return notGoodBefore && toldDisk == DiskState.UP_TO_DATE;
    }

    @Override
    public boolean asksForComparison(ReplicationState theirs, DiskState reported) {
        return reported == DiskState.NEGOTIATING
                || switch (theirs) {
                    case STARTING_SYNC_S, STARTING_SYNC_T, WF_BITMAP_S, WF_BITMAP_T -> true;
                    case OFF,
                            ESTABLISHED,
                            WF_SYNC_UUID,
                            SYNC_SOURCE,
                            SYNC_TARGET,
                            VERIFY_S,
                            VERIFY_T,
                            PAUSED_SYNC_S,
                            PAUSED_SYNC_T,
                            AHEAD,
                            BEHIND -> false;
                };
    }

    @Override
    public boolean bothMustFindOut() {
        return true;
    }

    @Override
    public boolean primaryBeginsGenerationWithoutDisk() {
        return false;
    }

    @Override
    public boolean equalGenerationsAreUpToDate() {
        return true;
    }

    @Override
    public boolean knowsTwoPrimaries() {
        return true;
    }

    @Override
    public boolean mirrors(ReplicationState replication, DiskState peerDisk) {
        boolean inconsistentToo =
                switch (replication) {
                    case OFF, STARTING_SYNC_S, STARTING_SYNC_T, ESTABLISHED, WF_BITMAP_S, AHEAD, BEHIND -> false;
                    case WF_BITMAP_T,
                            WF_SYNC_UUID,
                            SYNC_SOURCE,
                            SYNC_TARGET,
                            VERIFY_S,
                            VERIFY_T,
                            PAUSED_SYNC_S,
                            PAUSED_SYNC_T -> true;
                };
        boolean mayAtAll = replication != ReplicationState.OFF
                && replication != ReplicationState.WF_BITMAP_S
                && replication != ReplicationState.AHEAD;
        return mayAtAll
                && (peerDisk == DiskState.UP_TO_DATE
                        || (inconsistentToo
                                && peerDisk.atLeast(DiskState.INCONSISTENT)
                                && peerDisk != DiskState.UNKNOWN));
    }

    @Override
    public boolean declaresOutOfSync(ReplicationState replication) {
        return replication == ReplicationState.WF_BITMAP_S || replication == ReplicationState.AHEAD;
    }

    @Override
    public boolean countsWrites() {
        return false;
    }

    @Override
    public boolean clearsBitsWhenEstablished() {
        return false;
    }

    @Override
    public boolean discardsAsZeroes() {
        return true;
    }

    @Override
    public PacketType inSyncAck() {
        return PacketType.RS_WRITE_ACK;
    }

    @Override
    public ReplicationState targetAfterBitmap() {
        return ReplicationState.WF_SYNC_UUID;
    }

    @Override
    public ReplicationState afterMarkingAll(ReplicationState starting) {
        return starting == ReplicationState.STARTING_SYNC_T
                ? ReplicationState.WF_SYNC_UUID
                : ReplicationState.SYNC_SOURCE;
    }

    @Override
    public void letTargetBegin(PeerDevice p, Session session) {
        Superblock superblock = p.volume().requireDisk().superblock();
        session.send(
                p.volume().number(),
                new SyncUuid(superblock.peer(p.connection().peer().value()).bitmapUuid));
    }

    @Override
    public void letBehindBegin(PeerDevice p, Session session) {
        letTargetBegin(p, session);
    }

    @Override
    public void resyncBeginsAsSource(PeerDevice p, Superblock superblock) {
        change(
                p,
                superblock,
                mine -> NewGeneration.resyncBegunAsSource(
                        mine,
                        p.connection().peer(),
                        p.connection().resource().entropy().nextLong()));
    }

    @Override
    public void resyncEndedAsSource(PeerDevice p, Superblock superblock) {
        change(
                p,
                superblock,
                mine -> NewGeneration.resyncEndedAsSource(mine, p.connection().peer()));
        peerHasTheSame(p, superblock);
        p.volume().persist();
    }

    @Override
    public void resyncEndedAsTarget(PeerDevice p, Superblock superblock, Uuids110 source) {
        change(
                p,
                superblock,
                mine -> NewGeneration.resyncEndedAsTarget(
                        mine, Generations.report(p.connection().peer(), source).identifiers()));
        peerHasTheSame(p, superblock);
    }

    /**
     * Nobody tells the identifiers that a resync has changed: both sides know them. What the peer told before is history, and
     * the target of a later resync would end with it.
     */
    private static void peerHasTheSame(PeerDevice p, Superblock superblock) {
        NodeId self = p.connection().resource().nodeId();
        p.peerTold(Uuids110.of(
                superblock.currentUuid & ~Superblock.UUID_PRIMARY,
                0,
                UuidFlags.STABLE,
                0,
                self.mask(),
                List.of(0L),
                Generations.history(superblock)));
    }

    /** P_SYNC_UUID: the source lets this node begin. */
    static void syncUuid(PeerDevice p, Superblock superblock, long uuid) {
        change(
                p,
                superblock,
                mine -> NewGeneration.resyncBegunAsTarget(mine, p.connection().peer(), uuid));
    }

    private interface Step {
        GenerationIdentifiers next(GenerationIdentifiers mine);
    }

    private static void change(PeerDevice p, Superblock superblock, Step step) {
        Resource resource = p.connection().resource();
        Generations.store(
                superblock,
                step.next(Generations.of(superblock, resource.nodeId())),
                resource.transferLog().dagtag());
    }

    @Override
    public boolean resyncsDifferentGenerationsOnly() {
        return true;
    }

    @Override
    public boolean tellsIdentifiersAfterResync() {
        return false;
    }

    @Override
    public boolean interlocksReads() {
        return true;
    }

    @Override
    public boolean locksWhileVerifying() {
        return true;
    }

    @Override
    public boolean splitsResyncAcks() {
        return false;
    }
}
