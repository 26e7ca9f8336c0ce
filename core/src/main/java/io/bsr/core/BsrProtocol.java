package io.bsr.core;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.StateChange.PeerChange;
import io.bsr.core.generation.GenerationIdentifiers;
import io.bsr.core.generation.RuleSet;
import io.bsr.metadata.Superblock;
import io.bsr.wire.Agreement;
import io.bsr.wire.Feature;
import io.bsr.wire.PacketHeader;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolOffer;
import io.bsr.wire.StateWord;
import io.bsr.wire.Versions;
import io.bsr.wire.packet.BitmapExchangeState;
import io.bsr.wire.packet.ConnectionFeatures;
import io.bsr.wire.packet.CurrentUuid;
import io.bsr.wire.packet.State;
import io.bsr.wire.packet.Uuids110;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** bsr 1.7 and this engine: protocol 118 and nothing older (wire-protocol reference, section 18.2). */
final class BsrProtocol implements PeerProtocol {
    static final BsrProtocol INSTANCE = new BsrProtocol();

    private static final ProtocolOffer OFFER = new ProtocolOffer(Versions.BSR_17, Versions.BSR_17, Feature.ALL);

    private BsrProtocol() {}

    @Override
    public ProtocolOffer offer(boolean signs) {
        return OFFER;
    }

    @Override
    public boolean offersDependOnDigest() {
        return false;
    }

    @Override
    public @Nullable String insufficient(Agreement agreed) {
        return null;
    }

    @Override
    public boolean namesNodes() {
        return true;
    }

    @Override
    public boolean matches(ConnectionFeatures features, Connection connection) {
        return features.receiverNodeId() == connection.resource().nodeId().value()
                && features.senderNodeId() == connection.peer().value();
    }

    @Override
    public boolean agreesToConnect() {
        return true;
    }

    @Override
    public boolean tellsDiscardInParameters() {
        return false;
    }

    @Override
    public boolean agreesOnSizes() {
        return true;
    }

    @Override
    public boolean currentSizeBinds() {
        return true;
    }

    @Override
    public RuleSet rules() {
        return RuleSet.BSR;
    }

    @Override
    public void sendIdentifiers(PeerDevice p, Session session, @Nullable Uuids110 identifiers) {
        int volume = p.volume().number();
        session.send(volume, identifiers == null ? new CurrentUuid(p.volume().exposedUuid(), 0) : identifiers);
    }

    @Override
    public boolean marksOlderPrimary() {
        return false;
    }

    @Override
    public boolean tellsWholeHistory() {
        return true;
    }

    @Override
    public boolean roleIsInEveryState() {
        return false;
    }

    @Override
    public boolean leavingOutdates(boolean agreed) {
        return agreed;
    }

    @Override
    public void tellDemotion(Connection connection, Session session) {
        session.send(PacketHeader.CONNECTION, new State(StateWord.ZERO.withRole(Role.SECONDARY)));
    }

    @Override
    public boolean tells(PeerChange change) {
        return change.from() != change.to() || change.pauseChanged();
    }

    @Override
    public boolean stateBeforeBitmap() {
        return false;
    }

    @Override
    public boolean targetHasFinished(ReplicationState before, DiskState knownDisk, DiskState toldDisk) {
        // A target that lost its disk may have stored the end all the same: the source must not take that for told.
        boolean hasDisk = toldDisk.atLeast(DiskState.INCONSISTENT);
        return hasDisk && (before == ReplicationState.SYNC_TARGET || before == ReplicationState.PAUSED_SYNC_T);
    }

    @Override
    public boolean asksForComparison(ReplicationState theirs, DiskState reported) {
        return theirs == ReplicationState.STARTING_SYNC_S || theirs == ReplicationState.STARTING_SYNC_T;
    }

    @Override
    public boolean bothMustFindOut() {
        return false;
    }

    @Override
    public boolean primaryBeginsGenerationWithoutDisk() {
        return true;
    }

    @Override
    public boolean equalGenerationsAreUpToDate() {
        return false;
    }

    @Override
    public boolean knowsTwoPrimaries() {
        return false;
    }

    @Override
    public boolean mirrors(ReplicationState replication, DiskState peerDisk) {
        return switch (replication) {
            case OFF, AHEAD, BEHIND, WF_SYNC_UUID -> false;
            case STARTING_SYNC_S, WF_BITMAP_S -> true;
            case ESTABLISHED,
                    WF_BITMAP_T,
                    STARTING_SYNC_T,
                    SYNC_SOURCE,
                    SYNC_TARGET,
                    VERIFY_S,
                    VERIFY_T,
                    PAUSED_SYNC_S,
                    PAUSED_SYNC_T -> peerDisk == DiskState.UP_TO_DATE || peerDisk == DiskState.INCONSISTENT;
        };
    }

    @Override
    public boolean declaresOutOfSync(ReplicationState replication) {
        return replication == ReplicationState.AHEAD;
    }

    @Override
    public boolean countsWrites() {
        return true;
    }

    @Override
    public boolean clearsBitsWhenEstablished() {
        return true;
    }

    @Override
    public boolean discardsAsZeroes() {
        return false;
    }

    @Override
    public PacketType inSyncAck() {
        return PacketType.WRITE_ACK;
    }

    @Override
    public ReplicationState targetAfterBitmap() {
        return ReplicationState.SYNC_TARGET;
    }

    @Override
    public ReplicationState afterMarkingAll(ReplicationState starting) {
        return starting == ReplicationState.STARTING_SYNC_T
                ? ReplicationState.WF_BITMAP_T
                : ReplicationState.WF_BITMAP_S;
    }

    @Override
    public void letTargetBegin(PeerDevice p, Session session) {
        session.send(p.volume().number(), new BitmapExchangeState(BitmapExchangeState.COMPLETE));
        session.sendEndOfOutOfSync(p);
    }

    @Override
    public void letBehindBegin(PeerDevice p, Session session) {
        session.sendEndOfOutOfSync(p);
    }

    @Override
    public void resyncBeginsAsSource(PeerDevice p, Superblock superblock) {}

    @Override
    public void resyncEndedAsSource(PeerDevice p, Superblock superblock) {}

    @Override
    public void resyncEndedAsTarget(PeerDevice p, Superblock superblock, Uuids110 source) {
        if (!GenerationIdentifiers.same(source.current(), superblock.currentUuid)) {
            superblock.pushHistory(superblock.currentUuid);
        }
        List<Long> sourceHistory = source.history();
        for (int i = sourceHistory.size() - 1; i >= 0; i--) {
            superblock.pushHistory(sourceHistory.get(i));
        }
        superblock.currentUuid = source.current() & ~Superblock.UUID_PRIMARY;
        p.peerTold(source.withoutDirtyBits());
    }

    @Override
    public boolean resyncsDifferentGenerationsOnly() {
        return false;
    }

    @Override
    public boolean tellsIdentifiersAfterResync() {
        return true;
    }

    @Override
    public boolean interlocksReads() {
        return false;
    }

    @Override
    public boolean locksWhileVerifying() {
        return false;
    }

    @Override
    public boolean splitsResyncAcks() {
        return true;
    }
}
