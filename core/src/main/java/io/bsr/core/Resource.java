package io.bsr.core;

import io.bsr.base.Minor;
import io.bsr.base.NodeId;
import io.bsr.base.VolumeNumber;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.log.LogCategory;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Entropy;
import io.bsr.base.port.Network;
import io.bsr.base.port.Timers;
import io.bsr.base.port.VolumePort;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.AttachRequest;
import io.bsr.core.disk.Disk;
import io.bsr.core.option.DiskOptions;
import io.bsr.core.option.ResourceOptions;
import io.bsr.core.snapshot.ResourceSnapshot;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A replicated resource on this node. All methods are called on its event loop; maps hold option names and plain values
 * as {@link io.bsr.core.option} reads them.
 */
public final class Resource {
    private final String name;
    /** Option of a volume: said when it is made, and true until it gets a disk. */
    private static final String DISKLESS = "diskless";

    private final NodeId self;
    private final CorePorts ports;
    private ResourceOptions options;
    private final Topology topology = new Topology(this);

    private Role role = Role.SECONDARY;
    Role nextRole = Role.SECONDARY;

    private final TransferLog transferLog = new TransferLog(this);
    private final StateActions actions = new StateActions(this);
    private final ClusterChange clusterChange = new ClusterChange(this);
    private final SizeAgreement sizeAgreement = new SizeAgreement(this);
    private final Replication replication = new Replication(this);
    private final Leftovers leftovers = new Leftovers(this);
    private final HeldAnswers heldAnswers;
    private final PeerReports peerReports = new PeerReports(this);
    private final Listeners listeners = new Listeners(this);
    private final Suspension suspension = new Suspension(this);
    private final Commands commands = new Commands(this);

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
        return topology.newVolume(number, minor, values);
    }

    /** Removes a volume, which must be Diskless. */
    public Outcome deleteVolume(VolumeNumber number) {
        return topology.deleteVolume(number);
    }

    public Outcome newPeer(NodeId peer, Map<String, String> netOptions) {
        return topology.newPeer(peer, netOptions);
    }

    public Outcome setNetOptions(NodeId peer, Map<String, String> netOptions) {
        return topology.setNetOptions(peer, netOptions);
    }

    public Outcome setPeerDeviceOptions(NodeId peer, VolumeNumber volume, Map<String, String> values) {
        return topology.setPeerDeviceOptions(peer, volume, values);
    }

    public Outcome newPath(NodeId peer, Endpoint local, Endpoint remote) {
        return topology.newPath(peer, local, remote);
    }

    public Outcome deletePath(NodeId peer, Endpoint local, Endpoint remote) {
        return topology.deletePath(peer, local, remote);
    }

    /** Removes a peer, whose connection must be StandAlone. */
    public Outcome deletePeer(NodeId peer) {
        return topology.deletePeer(peer);
    }

    // ------------------------------------------------------------------------------------------------ commands

    /** Reads the metadata, replays the activity log if needed, and makes the disk usable. */
    public void attach(VolumeNumber volume, AttachRequest request, Reply reply) {
        commands.disks.attach(volume, request, reply);
    }

    /** What an error of the disk leads to changes at once, the rest with the next attach. */
    public Outcome setDiskOptions(VolumeNumber volume, Map<String, String> values) {
        Volume v = topology.volume(volume);
        if (v == null) {
            return Outcome.of(ErrorCode.MINOR_UNKNOWN, "there is no volume " + volume);
        }
        DiskOptions options = DiskOptions.from(values);
        Disk attached = v.disk();
        if (attached != null) {
            attached.options(options);
        }
        Map<String, String> kept = new HashMap<>(values);
        String diskless = v.options.get(DISKLESS);
        if (diskless != null) {
            kept.put(DISKLESS, diskless);
        }
        v.options = Map.copyOf(kept);
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

    /**
     * Compares a volume with that of a peer; the reply comes when that has begun.
     *
     * @param startSector first sector; negative: where the last verify was interrupted, else 0
     * @param stopSector the sector after the last one; negative: the end
     * @param autoSync resyncs at once what was found
     */
    public void verify(
            NodeId peer, VolumeNumber volume, long startSector, long stopSector, boolean autoSync, Reply reply) {
        commands.verifies.verify(peer, volume, startSector, stopSector, autoSync, reply);
    }

    public Outcome verifyStop(NodeId peer, VolumeNumber volume) {
        return commands.verifies.stop(peer, volume);
    }

    public void outdate(VolumeNumber volume, Reply reply) {
        commands.disks.outdate(volume, reply);
    }

    /** Changes the size of a volume on all connected nodes; the reply comes when the new size is valid here. */
    public void resize(VolumeNumber volume, ResizeRequest request, Reply reply) {
        Volume v = volume(volume);
        if (v == null) {
            reply.done(Outcome.of(ErrorCode.MINOR_UNKNOWN, "there is no volume " + volume));
        } else {
            sizeAgreement.resize(v, request, reply);
        }
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
        return topology.volume(volume);
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
        return topology.volumes();
    }

    @Nullable Volume volume(VolumeNumber number) {
        return topology.volume(number);
    }

    Collection<Connection> connections() {
        return topology.connections();
    }

    @Nullable Connection connection(NodeId peer) {
        return topology.connection(peer);
    }

    @Nullable PeerDevice peerDevice(NodeId peer, VolumeNumber volume) {
        Connection connection = topology.connection(peer);
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

    SizeAgreement sizeAgreement() {
        return sizeAgreement;
    }

    ClusterChange clusterChange() {
        return clusterChange;
    }

    Replication replication() {
        return replication;
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

    void detail(LogCategory category, String object, String text) {
        ports.events().detail(category, object, text);
    }

    /** Whether a change that this node could agree to is refused, as a test wants it. */
    boolean refusesChange() {
        return ports.refusesChange().getAsBoolean();
    }

    void log(Events.Level level, String object, String text) {
        ports.events().log(level, object, text);
    }

    void changed() {
        ports.events().changed();
    }

    void happened(Happening what) {
        ports.events().happened(what);
    }

    void ask(Happening.HandlerDue due, IntConsumer exitCode) {
        ports.events().ask(due, exitCode);
    }

    void adoptNextState() {
        role = nextRole;
        topology.volumes().forEach(Volume::adoptNextState);
        topology.connections().forEach(Connection::adoptNextState);
    }

    int maxEpochSize() {
        return topology.maxEpochSize();
    }

    /** The handshake of a volume is over: the last one lets the writes of all volumes go on. */
    void handshakeEnded(Volume volume) {
        if (handshaking()) {
            volume.holdEnded();
        } else {
            volumes().forEach(Volume::holdEnded);
        }
    }

    /** True while some peer and this node exchange identifiers: a write now would be in neither's account. */
    boolean handshaking() {
        for (Connection c : topology.connections()) {
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
        for (Volume v : topology.volumes()) {
            users += v.users().size();
        }
        return users;
    }

    /** True while some superblock in memory is not on disk. */
    boolean storing() {
        for (Volume v : topology.volumes()) {
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
        for (Volume v : topology.volumes()) {
            Disk disk = v.disk();
            if (disk != null && !disk.writer().failed()) {
                open[0]++;
                disk.writer().persist(durable -> oneDone.run());
            }
        }
        oneDone.run();
    }

    /** True if a peer may be Primary at the same time as this node. */
    boolean twoPrimaries() {
        return topology.twoPrimaries();
    }

    void twoPrimariesChanged() {
        topology.twoPrimariesChanged();
    }

    boolean peerIsPrimary() {
        for (Connection c : topology.connections()) {
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
        topology.forget();
    }

    /** Sends a dispatched write to the peers that mirror it, and marks its blocks for all others. */
    void replicate(WriteRequest write, Volume volume, @Nullable Disk disk) {
        replication.replicate(write, volume, disk);
    }

    /** Closes the epochs of all peers that are over. */
    void sendBarriers() {
        replication.sendBarriers();
    }

    Leftovers leftovers() {
        return leftovers;
    }

    /** See {@link Leftovers#consider}. */
    void considerLeftovers(PeerDevice p) {
        leftovers.consider(p);
    }
}
