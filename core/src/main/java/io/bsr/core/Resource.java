package io.bsr.core;

import io.bsr.base.Minor;
import io.bsr.base.NodeId;
import io.bsr.base.Units;
import io.bsr.base.VolumeNumber;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Entropy;
import io.bsr.base.port.Network;
import io.bsr.base.port.Timers;
import io.bsr.base.port.VolumePort;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.AttachRequest;
import io.bsr.core.disk.Disk;
import io.bsr.core.option.PeerDeviceOptions;
import io.bsr.core.option.ResourceOptions;
import io.bsr.core.snapshot.ResourceSnapshot;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.Superblock;
import io.bsr.wire.PacketType;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A replicated resource on this node. All methods are called on its event loop; maps hold option names and plain values
 * as {@link io.bsr.core.option} reads them.
 */
public final class Resource {
    private static final long MILLI = 1_000_000L;
    private static final long HOUSEKEEPING_NANOS = 50 * MILLI;
    private static final long LEFTOVER_NANOS = 5_000 * MILLI;

    private final String name;
    private final NodeId self;
    private final CorePorts ports;
    private ResourceOptions options;
    private final TreeMap<Integer, Volume> volumes = new TreeMap<>();
    private final TreeMap<Integer, Connection> connections = new TreeMap<>();

    private Role role = Role.SECONDARY;
    Role nextRole = Role.SECONDARY;

    private final TransferLog transferLog = new TransferLog(this);
    private final StateActions actions = new StateActions(this);
    private final ClusterChange clusterChange = new ClusterChange(this);
    private final HeldAnswers heldAnswers;
    private final PeerReports peerReports = new PeerReports(this);
    private final Listeners listeners = new Listeners(this);
    private final Suspension suspension = new Suspension(this);
    private final Commands commands = new Commands(this);
    private int maxEpochSize = 16000;
    private boolean housekeeping;
    private long peerAckDue;

    /** A resource without volumes and peers, Secondary. */
    public Resource(String name, NodeId self, Map<String, String> options, CorePorts ports) {
        this.name = name;
        this.self = self;
        this.ports = ports;
        this.options = ResourceOptions.from(options);
        heldAnswers = new HeldAnswers(this);
    }

    public String name() {
        return name;
    }

    public NodeId nodeId() {
        return self;
    }

    // ------------------------------------------------------------------------------------------------ configuration

    public Outcome setOptions(Map<String, String> values) {
        options = ResourceOptions.from(values);
        return Outcome.OK;
    }

    public Outcome newVolume(VolumeNumber number, Minor minor, Map<String, String> values) {
        if (volumes.containsKey(number.value())) {
            return Outcome.of(ErrorCode.MINOR_OR_VOLUME_EXISTS, "volume " + number + " exists");
        }
        Volume volume = new Volume(this, number, minor, values);
        volumes.put(number.value(), volume);
        connections.values().forEach(c -> c.add(volume));
        changed();
        return Outcome.OK;
    }

    /** Removes a volume, which must be Diskless. */
    public Outcome deleteVolume(VolumeNumber number) {
        Volume volume = volumes.get(number.value());
        if (volume == null) {
            return Outcome.of(ErrorCode.MINOR_UNKNOWN, "there is no volume " + number);
        }
        if (volume.diskState() != DiskState.DISKLESS || !volume.users().isEmpty()) {
            return Outcome.of(ErrorCode.MINOR_CONFIGURED, "volume " + number + " is in use: detach it first");
        }
        volumes.remove(number.value());
        connections.values().forEach(c -> c.remove(volume));
        changed();
        return Outcome.OK;
    }

    public Outcome newPeer(NodeId peer, Map<String, String> netOptions) {
        if (peer.equals(self)) {
            return Outcome.of(ErrorCode.INVALID_PEER_NODE_ID, "node-id " + peer + " is this node");
        }
        if (connections.containsKey(peer.value())) {
            return Outcome.of(ErrorCode.NET_CONFIGURED, "peer " + peer + " is configured");
        }
        if (!connections.isEmpty()) {
            return Outcome.of(
                    ErrorCode.INVALID_REQUEST,
                    "this engine replicates between two nodes; a second peer is not possible yet");
        }
        Connection connection = new Connection(this, peer, netOptions);
        try {
            for (Volume volume : volumes.values()) {
                volume.allocateSlot(peer);
            }
        } catch (MetadataException e) {
            return Outcome.of(ErrorCode.INVALID_REQUEST, e.what() + ": " + e.why() + ". " + e.remedy());
        }
        volumes.values().forEach(connection::add);
        connections.put(peer.value(), connection);
        maxEpochSize = Math.min(connection.options().maxEpochSize(), TransferLog.CAPACITY / 2);
        changed();
        return Outcome.OK;
    }

    public Outcome setNetOptions(NodeId peer, Map<String, String> netOptions) {
        Connection connection = connections.get(peer.value());
        if (connection == null) {
            return unknownPeer(peer);
        }
        connection.options(netOptions);
        maxEpochSize = Math.min(connection.options().maxEpochSize(), TransferLog.CAPACITY / 2);
        return Outcome.OK;
    }

    public Outcome setPeerDeviceOptions(NodeId peer, VolumeNumber volume, Map<String, String> values) {
        PeerDevice p = peerDevice(peer, volume);
        if (p == null) {
            return unknownPeer(peer);
        }
        // Made once before it is taken over: a wrong value must change nothing.
        PeerDeviceOptions.from(values);
        p.options(values);
        return Outcome.OK;
    }

    public Outcome newPath(NodeId peer, Endpoint local, Endpoint remote) {
        Connection connection = connections.get(peer.value());
        if (connection == null) {
            return unknownPeer(peer);
        }
        Connection.Path path = new Connection.Path(local, remote);
        if (connection.paths().contains(path)) {
            return Outcome.of(ErrorCode.ADDRESS_PAIR_USED, local + " " + remote);
        }
        connection.paths().add(path);
        changed();
        return Outcome.OK;
    }

    public Outcome deletePath(NodeId peer, Endpoint local, Endpoint remote) {
        Connection connection = connections.get(peer.value());
        if (connection == null) {
            return unknownPeer(peer);
        }
        if (connection.state() != ConnectionState.STANDALONE
                && connection.paths().size() == 1) {
            return Outcome.of(ErrorCode.NEED_STANDALONE, "the last path of a connection that is in use");
        }
        boolean removed = connection.paths().remove(new Connection.Path(local, remote));
        changed();
        return removed ? Outcome.OK : Outcome.of(ErrorCode.INVALID_REQUEST, "there is no such path");
    }

    /** Removes a peer, whose connection must be StandAlone. */
    public Outcome deletePeer(NodeId peer) {
        Connection connection = connections.get(peer.value());
        if (connection == null) {
            return unknownPeer(peer);
        }
        if (connection.state() != ConnectionState.STANDALONE) {
            return Outcome.of(ErrorCode.NEED_STANDALONE, "disconnect it first");
        }
        connections.remove(peer.value());
        changed();
        return Outcome.OK;
    }

    private static Outcome unknownPeer(NodeId peer) {
        return Outcome.of(ErrorCode.INVALID_REQUEST, "there is no peer with node-id " + peer);
    }

    // ------------------------------------------------------------------------------------------------ commands

    /** Reads the metadata, replays the activity log if needed, and makes the disk usable. */
    public void attach(VolumeNumber volume, AttachRequest request, Reply reply) {
        commands.disks.attach(volume, request, reply);
    }

    /** Takes effect with the next attach. */
    public Outcome setDiskOptions(VolumeNumber volume, Map<String, String> values) {
        Volume v = volumes.get(volume.value());
        if (v == null) {
            return Outcome.of(ErrorCode.MINOR_UNKNOWN, "there is no volume " + volume);
        }
        io.bsr.core.option.DiskOptions.from(values);
        v.options = Map.copyOf(values);
        return Outcome.OK;
    }

    public void detach(VolumeNumber volume, boolean force, Reply reply) {
        commands.disks.detach(volume, force, reply);
    }

    /** Leaves StandAlone; the reply comes at once, the connection is made (and made again) in the background. */
    public void connect(NodeId peer, boolean discardMyData, boolean tentative, Reply reply) {
        commands.connections.connect(peer, discardMyData, tentative, reply);
    }

    public void disconnect(NodeId peer, boolean force, Reply reply) {
        commands.connections.disconnect(peer, force, reply);
    }

    public void primary(boolean force, Reply reply) {
        primary(force, false, reply);
    }

    /**
     * Makes this node Primary.
     *
     * @param force declares the data here good, if no good data are within reach
     * @param fullSync with {@code force}: peers get all blocks, not only those that are marked
     */
    public void primary(boolean force, boolean fullSync, Reply reply) {
        commands.promotion.primary(force, fullSync, reply);
    }

    public void secondary(Reply reply) {
        commands.demotion.secondary(reply);
    }

    /** Makes this node resync the whole volume from a peer ({@code null}: any that can be a source). */
    public void invalidate(VolumeNumber volume, @Nullable NodeId from, Reply reply) {
        commands.resyncs.fullSync(volume, from, ReplicationState.STARTING_SYNC_T, reply);
    }

    public void invalidateRemote(NodeId peer, VolumeNumber volume, Reply reply) {
        commands.resyncs.fullSync(volume, peer, ReplicationState.STARTING_SYNC_S, reply);
    }

    /** Resyncs to the peer what is marked as different, and nothing else. */
    public Outcome resyncMarkedBlocks(NodeId peer, VolumeNumber volume) {
        return commands.resyncs.resyncMarkedBlocks(peer, volume);
    }

    public void outdate(VolumeNumber volume, Reply reply) {
        commands.disks.outdate(volume, reply);
    }

    public Outcome pauseSync(NodeId peer, VolumeNumber volume) {
        return commands.resyncs.pause(peer, volume, true);
    }

    public Outcome resumeSync(NodeId peer, VolumeNumber volume) {
        return commands.resyncs.pause(peer, volume, false);
    }

    /** Requests of users, of all volumes, wait until {@link #resumeIo}; what has begun ends. */
    public Outcome suspendIo(VolumeNumber volume) {
        return commands.io.suspend(volume);
    }

    public Outcome resumeIo(VolumeNumber volume) {
        return commands.io.resume(volume);
    }

    /**
     * Begins a new generation of a volume's data that no peer follows.
     *
     * @param clearBitmap the data of all nodes count as equal
     * @param rotateBitmap peers' bitmap identifiers are replaced by the present generation
     */
    public void newCurrentUuid(VolumeNumber volume, boolean clearBitmap, boolean rotateBitmap, Reply reply) {
        commands.newCurrentUuid.begin(volume, clearBitmap, rotateBitmap, reply);
    }

    /** Frees the bitmaps of a peer that is not connected, on all disks that are attached. */
    public void forgetPeer(NodeId peer, Reply reply) {
        commands.forgetPeer.forget(peer, reply);
    }

    /** Demotes, disconnects and detaches everything, then forgets volumes and peers. Refused while a volume is open. */
    public void down(Reply reply) {
        commands.down(reply);
    }

    /** The volume for frontends; {@code null} if there is no such volume. Stays the same object while it exists. */
    public @Nullable VolumePort port(VolumeNumber volume) {
        return volumes.get(volume.value());
    }

    public ResourceSnapshot snapshot() {
        return Snapshots.of(this);
    }

    // ------------------------------------------------------------------------------------------------ parts

    ResourceOptions options() {
        return options;
    }

    Role role() {
        return role;
    }

    Collection<Volume> volumes() {
        return volumes.values();
    }

    @Nullable Volume volume(VolumeNumber number) {
        return volumes.get(number.value());
    }

    Collection<Connection> connections() {
        return connections.values();
    }

    @Nullable Connection connection(NodeId peer) {
        return connections.get(peer.value());
    }

    @Nullable PeerDevice peerDevice(NodeId peer, VolumeNumber volume) {
        Connection connection = connections.get(peer.value());
        return connection == null ? null : connection.peerDevice(volume.value());
    }

    TransferLog transferLog() {
        return transferLog;
    }

    StateActions actions() {
        return actions;
    }

    Suspension suspension() {
        return suspension;
    }

    ClusterChange clusterChange() {
        return clusterChange;
    }

    HeldAnswers heldAnswers() {
        return heldAnswers;
    }

    PeerReports peerReports() {
        return peerReports;
    }

    Listeners listeners() {
        return listeners;
    }

    Timers timers() {
        return ports.timers();
    }

    Network network() {
        return ports.network();
    }

    Entropy entropy() {
        return ports.entropy();
    }

    BufferPool buffers() {
        return ports.buffers();
    }

    long now() {
        return ports.timers().now();
    }

    /** Calls {@code action} in a later turn of the loop. */
    void later(Runnable action) {
        ports.timers().schedule(0, action);
    }

    void log(Events.Level level, String object, String text) {
        ports.events().log(level, object, text);
    }

    void changed() {
        ports.events().changed();
    }

    void adoptNextState() {
        role = nextRole;
        volumes.values().forEach(Volume::adoptNextState);
        connections.values().forEach(Connection::adoptNextState);
    }

    int maxEpochSize() {
        return maxEpochSize;
    }

    /** True while some peer and this node exchange identifiers: a write now would be in neither's account. */
    boolean handshaking() {
        for (Connection c : connections.values()) {
            for (PeerDevice p : c.peerDevices()) {
                if (p.handshaking()) {
                    return true;
                }
            }
        }
        return false;
    }

    int openUsers() {
        int users = 0;
        for (Volume v : volumes.values()) {
            users += v.users().size();
        }
        return users;
    }

    /** True while some superblock in memory is not on disk. */
    boolean storing() {
        for (Volume v : volumes.values()) {
            Disk disk = v.disk();
            if (disk != null && disk.writer().persistPending()) {
                return true;
            }
        }
        return false;
    }

    /** Calls {@code then} when all superblocks are on disk as they are now, or cannot be written any more. */
    void whenStored(Runnable then) {
        int[] open = {1};
        Runnable oneDone = () -> {
            if (--open[0] == 0) {
                then.run();
            }
        };
        for (Volume v : volumes.values()) {
            Disk disk = v.disk();
            if (disk != null && !disk.writer().failed()) {
                open[0]++;
                disk.writer().persist(durable -> oneDone.run());
            }
        }
        oneDone.run();
    }

    boolean upToDateElsewhere(Volume volume) {
        for (Connection c : connections.values()) {
            if (c.peerUpToDate(volume)) {
                return true;
            }
        }
        return false;
    }

    boolean peerIsPrimary() {
        for (Connection c : connections.values()) {
            if (c.peerRole() == Role.PRIMARY) {
                return true;
            }
        }
        return false;
    }

    /** Becomes Secondary without asking anybody; false if that is not possible. */
    boolean demoteNow(String reason) {
        return StateChange.asked(this, reason).role(Role.SECONDARY).commit().success();
    }

    void forget() {
        volumes.clear();
        connections.clear();
        changed();
    }

    // ------------------------------------------------------------------------------------------------ writes

    /** Sends a dispatched write to the peers that mirror it, and marks its blocks for all others. */
    void replicate(WriteRequest write, Volume volume, Disk disk) {
        int sent = 0;
        for (Connection c : connections.values()) {
            PeerDevice p = c.peerDevice(volume);
            Session session = c.session();
            if (p != null && session != null && p.mirrors()) {
                int bit = 1 << c.peer().value();
                sent |= bit;
                write.awaitingBarrier |= bit;
                if (c.acknowledges()) {
                    write.awaitingAck |= bit;
                }
                c.sendWrite(session, p, write);
                p.resyncSource().usersWrote((long) write.sectors() << Units.SECTOR_SHIFT);
            }
        }
        write.sentTo = sent;
        Superblock superblock = disk.superblock();
        for (int node = 0; node < Superblock.PEERS; node++) {
            int slot = superblock.peer(node).bitmapIndex;
            if (slot >= 0 && (sent >>> node & 1) == 0) {
                disk.setOutOfSync(slot, write.startSector, write.endSector);
            }
        }
        armHousekeeping();
    }

    /** A peer acknowledged (or refused) a write. */
    void acknowledged(Connection connection, PeerDevice p, WriteRequest write, PacketType type) {
        int bit = 1 << connection.peer().value();
        boolean expected = (write.awaitingAck & bit) != 0;
        if (type == PacketType.NEG_ACK) {
            write.refusedBy |= bit;
            p.setOutOfSync(write.startSector, write.endSector);
            considerLeftovers(p);
        } else if (type == PacketType.WRITE_ACK
                && write.localError == 0
                && (write.inSyncWhenAcked & bit) != 0
                && p.clearsBitsForReplicatedWrites()) {
            p.setInSync(write.startSector, write.endSector);
        }
        if (expected && type == PacketType.NEG_ACK) {
            heldAnswers.refused(p, write);
        } else if (expected) {
            write.awaitingAck &= ~bit;
            p.volume().requests().answerIfDone(write);
        }
    }

    /** A P_BARRIER_ACK came. */
    void epochClosedByPeer(Connection connection, int epoch) {
        transferLog.barrierAcked(connection.peer().value(), epoch);
        for (Volume v : volumes.values()) {
            v.requests().barrierAcked();
        }
    }

    /** True if every peer that a flush counts has made the epochs up to {@code epoch} durable. */
    boolean epochClosedByPeers(int epoch) {
        for (Connection c : connections.values()) {
            Session session = c.session();
            if (c.connected() && session != null && c.acknowledges() && !session.sentEpochs.closedUpTo(epoch)) {
                return false;
            }
        }
        return true;
    }

    /** Closes the epochs of all peers that are over. */
    void sendBarriers() {
        for (Connection c : connections.values()) {
            c.sendDueBarrier(transferLog.epoch());
        }
    }

    void epochClosed() {
        armHousekeeping();
    }

    /** A write needs no peer any more: remember how far that is true, in the order of the writes. */
    void writeIsSafe(WriteRequest write) {
        for (Connection c : connections.values()) {
            Session session = c.session();
            int bit = 1 << c.peer().value();
            if (session != null && (write.sentTo & bit) != 0 && write.dagtag > session.safeDagtag) {
                long mask = c.peer().mask() & ~(long) write.refusedBy;
                if (session.safeDagtag != session.toldDagtag && mask != session.safeMask) {
                    c.sendPeerAck();
                }
                session.safeDagtag = write.dagtag;
                session.safeMask = mask;
            }
        }
    }

    void transferLogShrank() {
        for (Volume v : volumes.values()) {
            v.requests().transferLogShrank();
        }
    }

    private void armHousekeeping() {
        if (!housekeeping) {
            housekeeping = true;
            timers().schedule(HOUSEKEEPING_NANOS, this::housekeep);
        }
    }

    /** Closes epochs that no later write closes, and tells peers what is safe. */
    private void housekeep() {
        housekeeping = false;
        sendBarriers();
        boolean ackDue = now() - peerAckDue >= options.peerAckDelay() * MILLI;
        boolean untold = false;
        for (Connection c : connections.values()) {
            if (ackDue) {
                c.sendPeerAck();
            }
            Session session = c.session();
            untold |= session != null && session.safeDagtag != session.toldDagtag;
        }
        if (ackDue) {
            peerAckDue = now();
        }
        if (transferLog.count() > 0 || untold) {
            armHousekeeping();
        }
    }

    /** When the oldest write was dispatched that still needs this peer; 0 if there is none. */
    long oldestUnanswered(Connection connection) {
        int bit = 1 << connection.peer().value();
        for (WriteRequest r = transferLog.head(); r != null; r = r.newer) {
            if (((r.awaitingAck | r.awaitingBarrier) & bit) != 0) {
                return r.dispatchedAt;
            }
        }
        return 0;
    }

    // ------------------------------------------------------------------------------------------------ losses

    /**
     * Blocks are marked although nothing resyncs them (a write was refused, or failed here): some time later, when it is
     * certain whose data count, the connection is made anew, which resyncs them.
     */
    void considerLeftovers(PeerDevice p) {
        if (p.leftoverTimerRuns) {
            return;
        }
        p.leftoverTimerRuns = true;
        timers().schedule(LEFTOVER_NANOS, () -> {
            p.leftoverTimerRuns = false;
            if (p.outOfSyncBlocks() == 0 || p.replication() != ReplicationState.ESTABLISHED) {
                return;
            }
            boolean goodHere = p.volume().diskState() == DiskState.UP_TO_DATE;
            boolean goodThere = p.peerDisk() == DiskState.UP_TO_DATE;
            boolean sourceHere = role == Role.PRIMARY && goodHere;
            boolean sourceThere = p.connection().peerRole() == Role.PRIMARY && goodThere;
            boolean bothHaveDisks =
                    p.volume().usableDisk() != null && p.peerDisk().atLeast(DiskState.INCONSISTENT);
            if (bothHaveDisks && (sourceHere || sourceThere || goodHere != goodThere)) {
                p.connection()
                        .fail(
                                ConnectionState.NETWORK_FAILURE,
                                p.outOfSyncBlocks() + " blocks are left out of sync; connecting anew to resync them");
            } else {
                considerLeftovers(p);
            }
        });
    }
}
