package io.bsr.core;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.Disk;
import io.bsr.core.generation.GenerationIdentifiers;
import io.bsr.core.option.PeerDeviceOptions;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.PeerFlag;
import io.bsr.wire.StateWord;
import io.bsr.wire.packet.State;
import io.bsr.wire.packet.Uuids110;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One volume towards one peer: replication state, the peer's disk, the bitmap slot, resync. */
final class PeerDevice {
    private final Volume volume;
    private final Connection connection;
    private final Resource resource;
    private PeerDeviceOptions options = PeerDeviceOptions.DEFAULT;

    private ReplicationState replication = ReplicationState.OFF;
    private DiskState peerDisk = DiskState.UNKNOWN;
    private boolean pausedByUser;
    private boolean pausedByPeer;

    ReplicationState nextReplication = ReplicationState.OFF;
    DiskState nextPeerDisk = DiskState.UNKNOWN;
    boolean nextPausedByUser;
    boolean nextPausedByPeer;

    private final ResyncTarget resyncTarget;
    private final ResyncSource resyncSource;
    private final BitmapExchange bitmapExchange;
    private final VerifySource verifySource;
    private final VerifyTarget verifyTarget;
    private final PeerReads peerReads;
    private final RemoteReads remoteReads;
    private final OwnIdentifiers ownIdentifiers;
    private final BeforeResync beforeResync;
    private final ResyncEnd resyncEnd;
    private final WriteArbiter arbiter;

    /** What the peer last told on this connection. */
    @Nullable Uuids110 peerIdentifiers;

    /** What the peer last told on any, and whether its disk was UpToDate when its state was last known. */
    private @Nullable Uuids110 lastIdentifiers;

    private boolean peerWasUpToDate;

    ReplicationState peerReplication = ReplicationState.OFF;
    /** Sizes that the peer told: of its disk, of its volume, and its administrator's limit; in sectors, 0 for none. */
    long peerSectors;

    long peerCurrentSectors;
    long peerLimit;

    /** More room than the volume uses was seen, and asked for, on this connection. */
    boolean roomConsidered;

    /** Identifiers and state are sent, the peer's state has not come: nobody may write. */
    private boolean handshaking;

    /** What was sent in this handshake: the decision must rest on it. */
    @Nullable Uuids110 sentIdentifiers;

    boolean initialStateSent;

    /** The peer's first state of this handshake, until it is acted upon together with those of the other volumes. */
    @Nullable StateWord firstState;

    /**
     * Since both disks were attached, identifiers have been compared with this peer, and the result was carried out. To
     * have been connected is not enough to be in step ("RECONNECT"): a crash of the Primary before the attach would be
     * passed over, or taken for settled when the peer's disk comes while both are connected.
     */
    boolean comparedBefore;

    private @Nullable Session diskAttachedIn;

    boolean considerResync;

    /** Its data have become good by force; what generation they are of, it tells when that is on its disk. */
    boolean awaitsIdentifiers;

    /**
     * This node is no longer Ahead, but the peer has not been told that it may catch up: its disk is Outdated, and a write
     * without those before it would make it Inconsistent.
     */
    boolean stillBehind;

    /** Counts the beginnings of resyncs to this peer: what waited for an earlier one is not for the next. */
    int beginnings;

    /** This node had been Primary without the peer when its disk was attached. */
    boolean startedDegraded;

    /** This node's data may be thrown away at the next connect. */
    boolean discardMyData;

    /** The peer finished its resync before this node had begun it. */
    @Nullable DiskState finishAtStart;

    /** The source let this node begin before it had entered the state that waits for it. */
    @Nullable Long earlySyncUuid;

    /** A look at blocks that stayed marked is due. */
    boolean leftoverTimerRuns;

    /** The bitmap goes out when the peer has marked everything, too. */
    boolean sendBitmapWhenTargetIsReady;

    private int sequence;
    private long sectorsReceived;
    private long sectorsSent;

    PeerDevice(Volume volume, Connection connection, Resource resource) {
        this.volume = volume;
        this.connection = connection;
        this.resource = resource;
        resyncTarget = new ResyncTarget(this, resource);
        resyncSource = new ResyncSource(this, resource);
        bitmapExchange = new BitmapExchange(this, resource);
        verifySource = new VerifySource(this, resource);
        verifyTarget = new VerifyTarget(this, resource);
        peerReads = new PeerReads(this, resource);
        remoteReads = new RemoteReads(this, resource);
        ownIdentifiers = new OwnIdentifiers(this, resource);
        beforeResync = new BeforeResync(this);
        resyncEnd = new ResyncEnd(this, resource);
        arbiter = new WriteArbiter(this, resource);
    }

    Volume volume() {
        return volume;
    }

    Connection connection() {
        return connection;
    }

    PeerDeviceOptions options() {
        return options;
    }

    void options(Map<String, String> values) {
        options = PeerDeviceOptions.from(values);
        resyncTarget.optionsChanged();
    }

    ReplicationState replication() {
        return replication;
    }

    DiskState peerDisk() {
        return peerDisk;
    }

    boolean pausedByUser() {
        return pausedByUser;
    }

    boolean pausedByPeer() {
        return pausedByPeer;
    }

    /** What the peer told last, also in an earlier session. */
    @Nullable Uuids110 lastIdentifiers() {
        return lastIdentifiers;
    }

    void peerTold(Uuids110 identifiers) {
        awaitsIdentifiers = false;
        peerIdentifiers = identifiers;
        lastIdentifiers = identifiers;
    }

    void adoptNextState() {
        replication = nextReplication;
        peerDisk = nextPeerDisk;
        peerWasUpToDate = peerDisk == DiskState.UP_TO_DATE || (peerWasUpToDate && peerDisk == DiskState.UNKNOWN);
        pausedByUser = nextPausedByUser;
        pausedByPeer = nextPausedByPeer;
    }

    ResyncTarget resyncTarget() {
        return resyncTarget;
    }

    ResyncSource resyncSource() {
        return resyncSource;
    }

    BitmapExchange bitmapExchange() {
        return bitmapExchange;
    }

    VerifySource verifySource() {
        return verifySource;
    }

    PeerReads peerReads() {
        return peerReads;
    }

    RemoteReads remoteReads() {
        return remoteReads;
    }

    WriteArbiter arbiter() {
        return arbiter;
    }

    VerifyTarget verifyTarget() {
        return verifyTarget;
    }

    String label() {
        return volume.label() + " " + connection.peerLabel();
    }

    int nextSequence() {
        return ++sequence;
    }

    void countSent(long sectors) {
        sectorsSent += sectors;
    }

    void countReceived(long sectors) {
        sectorsReceived += sectors;
    }

    long sectorsSent() {
        return sectorsSent;
    }

    /** Writes sent to the peer of which it has not said that they are acknowledged and durable. */
    int pendingWrites() {
        int bit = 1 << connection.peer().value();
        int pending = 0;
        for (WriteRequest r = resource.transferLog().head(); r != null; r = r.newer) {
            if (r.volume == volume && ((r.awaitingAck | r.awaitingBarrier) & bit) != 0) {
                pending++;
            }
        }
        return pending;
    }

    long sectorsReceived() {
        return sectorsReceived;
    }

    // ------------------------------------------------------------------------------------------------ bitmap

    /** What the superblock remembers of the peer; {@code null} without a disk. */
    @Nullable PeerEntry entry() {
        Disk disk = volume.disk();
        return disk == null ? null : disk.superblock().peer(connection.peer().value());
    }

    /** The bitmap slot; there must be a disk. */
    int slot() {
        PeerEntry entry = entry();
        if (entry == null || !entry.hasSlot()) {
            throw new IllegalStateException(label() + " has no bitmap slot");
        }
        return entry.bitmapIndex;
    }

    private boolean hasSlot() {
        PeerEntry entry = entry();
        return entry != null && entry.hasSlot();
    }

    long outOfSyncBlocks() {
        Disk disk = volume.disk();
        return disk == null || !hasSlot() ? 0 : disk.bitmap().count(slot());
    }

    void setOutOfSync(long startSector, long endSector) {
        Disk disk = volume.disk();
        if (disk != null && hasSlot()) {
            disk.setOutOfSync(slot(), startSector, endSector);
        }
    }

    void setInSync(long startSector, long endSector) {
        Disk disk = volume.disk();
        if (disk != null && hasSlot()) {
            disk.setInSync(slot(), startSector, endSector, disk.superblock().effectiveSectors);
        }
    }

    /** True if a replicated write makes its blocks equal: not before both bitmaps are merged. */
    boolean clearsBitsForReplicatedWrites() {
        return switch (replication) {
            case SYNC_TARGET, PAUSED_SYNC_T -> resyncTarget.exchangeComplete();
            case SYNC_SOURCE, PAUSED_SYNC_S -> true;
            case ESTABLISHED, VERIFY_S, VERIFY_T -> connection.protocol().clearsBitsWhenEstablished();
            case OFF, STARTING_SYNC_S, STARTING_SYNC_T, WF_BITMAP_S, WF_BITMAP_T, WF_SYNC_UUID, AHEAD, BEHIND -> false;
        };
    }

    /** Both told the same generation, and neither knows a block that differs. */
    boolean sameData() {
        Disk disk = volume.disk();
        Uuids110 theirs = peerIdentifiers;
        return disk != null
                && theirs != null
                && GenerationIdentifiers.same(theirs.current(), disk.superblock().currentUuid)
                && theirs.dirtyBits() == 0
                && outOfSyncBlocks() == 0;
    }

    /** Both told the same generation. */
    boolean sameGeneration() {
        Disk disk = volume.disk();
        Uuids110 theirs = peerIdentifiers;
        return disk != null
                && theirs != null
                && GenerationIdentifiers.same(theirs.current(), disk.superblock().currentUuid);
    }

    /**
     * True if, when last heard of, the peer had good data of a generation that began after that of the disk here: its bitmap
     * or history say so.
     */
    boolean peerKnownToHaveNewerData() {
        Disk disk = volume.disk();
        Uuids110 theirs = lastIdentifiers;
        if (disk == null || theirs == null || !peerWasUpToDate) {
            return false;
        }
        long mine = disk.superblock().currentUuid;
        boolean knowsMine =
                GenerationIdentifiers.same(theirs.bitmap(resource.nodeId().value()), mine)
                        || theirs.history().stream().anyMatch(uuid -> GenerationIdentifiers.same(uuid, mine));
        return !GenerationIdentifiers.same(theirs.current(), mine) && knowsMine;
    }

    /** True if writes of users are sent to this peer (wire-protocol reference, section 10.1). */
    boolean mirrors() {
        if (connection.state() != ConnectionState.CONNECTED || handshaking) {
            return false;
        }
        return !catchesUp() && connection.protocol().mirrors(replication, peerDisk);
    }

    private boolean catchesUp() {
        return stillBehind && replication == ReplicationState.SYNC_SOURCE;
    }

    /** True if the peer is Primary and has no disk: what it writes is stored here only. */
    boolean peerLacksDisk() {
        return connection.state() == ConnectionState.CONNECTED
                && replication.atLeast(ReplicationState.ESTABLISHED)
                && connection.peerRole() == Role.PRIMARY
                && peerDisk.compareTo(DiskState.INCONSISTENT) < 0;
    }

    /** True if writes of users are not sent to this peer, but declared different. */
    boolean declaresOutOfSync() {
        return connection.state() == ConnectionState.CONNECTED
                && !handshaking
                && (catchesUp() || connection.protocol().declaresOutOfSync(replication));
    }

    // ------------------------------------------------------------------------------------------------ handshake

    /** The disk here was attached while this session was connected, and another one follows; {@code null} for none. */
    void diskAttachedIn(@Nullable Session session) {
        diskAttachedIn = session;
    }

    /**
     * True if what the peer sends in this session must not reach the disk: it was attached meanwhile, without what the
     * session brought before, and a later write over an earlier state is no state of the peer's data.
     */
    private boolean lacksBeginningOf(Session session) {
        return session == diskAttachedIn;
    }

    /** The disk that gets what the peer sends in this session; {@code null} if it is refused. */
    @Nullable Disk diskFor(Session session) {
        return lacksBeginningOf(session) ? null : volume.usableDisk();
    }

    /** The last that this node knew of the peer's disk, maybe before it was restarted: nobody is promoted on it. */
    boolean lastOutdated() {
        PeerEntry known = entry();
        return known != null && known.has(PeerFlag.OUTDATED);
    }

    boolean handshaking() {
        return handshaking;
    }

    void handshakeBegins() {
        handshaking = true;
    }

    void handshakeEnded() {
        if (handshaking) {
            handshaking = false;
            connection.resource().handshakeEnded(volume);
        }
    }

    /** Sends this node's identifiers with additional {@link io.bsr.wire.UuidFlags}. */
    void sendIdentifiers(long extraFlags, long weakNodes) {
        ownIdentifiers.send(extraFlags, weakNodes);
    }

    BeforeResync beforeResync() {
        return beforeResync;
    }

    ResyncEnd resyncEnd() {
        return resyncEnd;
    }

    void sendState() {
        Session session = connection.session();
        if (session != null) {
            session.send(volume.number(), new State(word()));
        }
    }

    private StateWord word() {
        StateWord word = StateWord.ZERO
                .withRole(resource.role())
                .withPeer(connection.peerRole())
                .withDisk(toldDisk())
                .withPdsk(peerDisk)
                .withUserIsp(pausedByUser)
                .withPeerIsp(pausedByPeer)
                .withSusp(resource.suspension().byUser())
                .withSuspFen(resource.suspension().byFencing());
        return replication == ReplicationState.OFF ? word.withConn(connection.state()) : word.withConn(replication);
    }

    /**
     * The state of the disk here as this peer is told it. A disk that was attached in this session is good for nothing to
     * the peer before generations are compared, whatever its metadata say: told that it is UpToDate, the peer would take
     * its writes for mirrored.
     */
    private DiskState toldDisk() {
        Session session = connection.session();
        return session != null && lacksBeginningOf(session) ? DiskState.ATTACHING : volume.diskState();
    }

    // ------------------------------------------------------------------------------------------------ end

    /** The connection is gone. */
    void disconnected() {
        resyncTarget.disconnected();
        resyncSource.disconnected();
        verifySource.disconnected();
        verifyTarget.disconnected();
        remoteReads.disconnected();
        arbiter.disconnected();
        bitmapExchange.stop();
        peerIdentifiers = null;
        sentIdentifiers = null;
        peerReplication = ReplicationState.OFF;
        finishAtStart = null;
        roomConsidered = false;
        initialStateSent = false;
        firstState = null;
        considerResync = false;
        awaitsIdentifiers = false;
        sendBitmapWhenTargetIsReady = false;
        earlySyncUuid = null;
        handshakeEnded();
        sequence = 0;
    }
}
