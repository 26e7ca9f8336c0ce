package io.bsr.core;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.core.StateChange.PeerChange;
import io.bsr.core.generation.RuleSet;
import io.bsr.core.option.PeerFamily;
import io.bsr.metadata.Superblock;
import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolOffer;
import io.bsr.wire.packet.ConnectionFeatures;
import io.bsr.wire.packet.Uuids110;
import org.jspecify.annotations.Nullable;

/**
 * What depends on the product at the other end (wire-protocol reference, section 18): everything that bsr 1.7 and DRBD
 * 8.4 do differently on the wire is asked here, nothing of it is decided elsewhere. Stateless; a session keeps the one it
 * was made with.
 */
sealed interface PeerProtocol permits BsrProtocol, Drbd84Protocol {
    static PeerProtocol of(PeerFamily family) {
        return switch (family) {
            case BSR -> BsrProtocol.INSTANCE;
            case DRBD84 -> Drbd84Protocol.INSTANCE;
        };
    }

    // ------------------------------------------------------------------------------------------------ handshake

    /**
     * What this node offers.
     *
     * @param signs data are sent with a digest (data-integrity-alg)
     */
    ProtocolOffer offer(boolean signs);

    /** True if data can be sent with another digest, or with one at all, only when the connection has been made anew. */
    boolean offersDependOnDigest();

    /** Why what was agreed does not suffice, for people; {@code null} if it does. */
    @Nullable String insufficient(Agreement agreed);

    /** True if the features name both nodes, and are exchanged on the control stream too. */
    boolean namesNodes();

    /** Whether the features come from, and are meant for, the configured nodes. */
    boolean matches(ConnectionFeatures features, Connection connection);

    /** True if a cluster-wide change ends the handshake; else the nodes are connected when both told their parameters. */
    boolean agreesToConnect();

    /** True if P_PROTOCOL says that this node's data are to be discarded. */
    boolean tellsDiscardInParameters();

    /** True if a new size is agreed upon in two phases (P_TWOPC_PREP_RSZ). */
    boolean agreesOnSizes();

    /** True if a size in P_SIZES binds a node whose disk has no data yet: the other has been used with that size. */
    boolean currentSizeBinds();

    // ------------------------------------------------------------------------------------------------ states

    RuleSet rules();

    /** Sends the identifiers of this node's disk; {@code null} without one. */
    void sendIdentifiers(PeerDevice p, Session session, @Nullable Uuids110 identifiers);

    /** True if bit 0 of the bitmap identifier says who was Primary when the nodes parted; else also who became it later. */
    boolean marksOlderPrimary();

    /** True if all former generations are told; else two of them, and it matters which. */
    boolean tellsWholeHistory();

    /** True if the peer tells its role, and a change of it, in every P_STATE. */
    boolean roleIsInEveryState();

    /**
     * True if a Secondary that leaves a Primary by command is Outdated.
     *
     * @param agreed the Primary had no objection; a DRBD 8.4 with a fencing policy wants to see the one that leaves outdated
     */
    boolean leavingOutdates(boolean agreed);

    /** Tells the peer that this node is Secondary now. */
    void tellDemotion(Connection connection, Session session);

    /** True if the peer is told of this change by P_STATE. */
    boolean tells(PeerChange change);

    /** True if the peer takes a bitmap only after it has been told that this node sends it. */
    boolean stateBeforeBitmap();

    /** True if a P_STATE of a target, Established again, means that its resync has ended. */
    boolean targetHasFinished(ReplicationState before, DiskState knownDisk, DiskState toldDisk);

    /** True if the peer's P_STATE, while both are Established, asks for a comparison of generations. */
    boolean asksForComparison(ReplicationState theirs, DiskState reported);

    /**
     * True if the peer takes a connection that ends before it has compared the generations itself for a failure of the
     * network, and would not come to rest: it must be given the time to find out the same.
     */
    boolean bothMustFindOut();

    /**
     * True if a Primary that loses its disk begins the generation in which its peer goes on, and tells it by P_CURRENT_UUID;
     * else the peer begins one when it hears of the loss.
     */
    boolean primaryBeginsGenerationWithoutDisk();

    /** True if in Established a peer's disk that is Consistent or Outdated counts as UpToDate, as generations are equal. */
    boolean equalGenerationsAreUpToDate();

    /** True if both nodes may be Primary at once, and say in P_PROTOCOL whether they may (allow-two-primaries). */
    boolean knowsTwoPrimaries();

    // ------------------------------------------------------------------------------------------------ writes

    /** True if writes of users are sent to this peer in this state (wire-protocol reference, section 10.1). */
    boolean mirrors(ReplicationState replication, DiskState peerDisk);

    /** True if a write that is not sent is declared different (P_OUT_OF_SYNC) in this state. */
    boolean declaresOutOfSync(ReplicationState replication);

    /** True if writes are counted for third nodes: P_DAGTAG and P_PEER_ACK. */
    boolean countsWrites();

    /** True if, in Established, a replicated write takes its blocks out of the bitmaps. */
    boolean clearsBitsWhenEstablished();

    /** True if discards are sent as zeroes that may unmap. */
    boolean discardsAsZeroes();

    /** The acknowledgement of a write that took its blocks out of the bitmaps. */
    PacketType inSyncAck();

    // ------------------------------------------------------------------------------------------------ resync

    /** The state after a target has sent its merged bitmap. */
    ReplicationState targetAfterBitmap();

    /** What follows after all blocks were marked because an administrator asked for a full resync. */
    ReplicationState afterMarkingAll(ReplicationState starting);

    /** Lets the target begin; it is on disk that a resync is in progress. */
    void letTargetBegin(PeerDevice p, Session session);

    /** Lets a target begin that has been Behind: it has been told every block that it lacks. */
    void letBehindBegin(PeerDevice p, Session session);

    /** Changes the identifiers of a source when a resync begins. */
    void resyncBeginsAsSource(PeerDevice p, Superblock superblock);

    /** Changes the identifiers of a source, and what is known of its target's, when the target is done. */
    void resyncEndedAsSource(PeerDevice p, Superblock superblock);

    /** Changes the identifiers of a target that has everything, and what is known of its source's. */
    void resyncEndedAsTarget(PeerDevice p, Superblock superblock, Uuids110 source);

    /**
     * True if blocks that are marked different are resynchronised at a connect only if the generations differ. Then a
     * Primary that loses the peer and knows such blocks begins a new generation at once, and not with its next write.
     */
    boolean resyncsDifferentGenerationsOnly();

    /** True if a target tells its identifiers at the end of a resync. */
    boolean tellsIdentifiersAfterResync();

    /**
     * True if the target does not notice replicated writes that pass between its request and the answer, so that the
     * source must keep them out of the range while it reads (activity-log reference, section 5.4). Else it may answer
     * P_RS_CANCEL, and the target asks again.
     */
    boolean interlocksReads();

    /**
     * True if the peer keeps users' writes away from a block from the moment it reads it for a verify until P_OV_RESULT, of
     * which it expects exactly one for each request. This node does the same then: every block is looked at once, and what
     * differs under the lock of both differs. Else a second look decides.
     */
    boolean locksWhileVerifying();

    /** True if parts of a resync answer are acknowledged one by one, with a sequence number. */
    boolean splitsResyncAcks();
}
