package io.bsr.core;

import io.bsr.base.NodeId;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Stream;
import io.bsr.base.port.StreamHandler;
import io.bsr.base.port.Timers;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.option.CongestionOptions;
import io.bsr.core.option.DigestOptions;
import io.bsr.core.option.NetOptions;
import io.bsr.core.option.Protocol;
import io.bsr.core.snapshot.ConnectionSnapshot;
import io.bsr.core.snapshot.PeerDeviceSnapshot;
import io.bsr.wire.digest.DigestAlgorithm;
import io.bsr.wire.digest.PayloadDigest;
import io.bsr.wire.packet.ProtocolSettings;
import io.bsr.wire.packet.ProtocolUpdate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connection to one peer: its life from StandAlone through Connecting to Connected and back, and what is sent on it.
 * Legal moves are in {@link StateRules#successors}.
 */
final class Connection {
    private static final long RETRY_NANOS = 1_000_000_000L;

    /** How long a peer may take to measure its disk again and to move its metadata. */
    private static final long ROOM_NANOS = 3_000_000_000L;

    private static final long TENTH = 100_000_000L;
    private static final long QUIET_POLL_NANOS = 10_000_000L;

    /** A pair of addresses. */
    record Path(Endpoint local, Endpoint remote) {}

    private final Resource resource;
    private final NodeId peer;
    private NetOptions options;
    private DigestOptions digests;
    private CongestionOptions congestionOptions;
    private final Congestion congestion;
    private final Fencing fencing;
    private final List<Path> paths = new ArrayList<>();
    private final TreeMap<Integer, PeerDevice> peerDevices = new TreeMap<>();

    private ConnectionState state = ConnectionState.STANDALONE;
    private Role peerRole = Role.UNKNOWN;
    ConnectionState nextState = ConnectionState.STANDALONE;
    Role nextPeerRole = Role.UNKNOWN;

    private final Connector connector;
    private final WriteSender writes = new WriteSender(this);
    private @Nullable Session session;
    private @Nullable Handshake handshake;
    private @Nullable KeepAlive keepAlive;
    private String lastReason = "";
    private ConnectionError error = ConnectionError.NONE;

    /** The peer said that it would close: the end of the streams is no failure. */
    private boolean expectsDisconnect;

    /** The connection will be given up for this, however it ends; empty if it will not. */
    private String givesUpBecause = "";

    boolean tentative;

    /** What the peer changed while connected (P_PROTOCOL_UPDATE), as seen here; counts until the own options change. */
    private @Nullable ProtocolSettings adopted;

    Connection(Resource resource, NodeId peer, Map<String, String> values) {
        this.resource = resource;
        this.peer = peer;
        options = NetOptions.from(values);
        digests = DigestOptions.from(values);
        congestionOptions = CongestionOptions.from(values);
        congestion = new Congestion(this, resource);
        fencing = new Fencing(this, resource);
        connector = new Connector(this, resource);
    }

    Resource resource() {
        return resource;
    }

    NodeId peer() {
        return peer;
    }

    PeerProtocol protocol() {
        return PeerProtocol.of(options.peerFamily());
    }

    Fencing fencing() {
        return fencing;
    }

    NetOptions options() {
        return options;
    }

    /** When a write is complete for its user. */
    Protocol writeProtocol() {
        ProtocolSettings followed = adopted;
        return followed == null
                ? options.protocol()
                : Protocol.ofNumber(followed.protocol().number());
    }

    @Nullable ProtocolSettings adopted() {
        return adopted;
    }

    /** True if both nodes may be Primary at once. */
    boolean twoPrimaries() {
        ProtocolSettings followed = adopted;
        return followed == null
                ? Parameters.allowsTwoPrimaries(options)
                : followed.twoPrimaries() && protocol().knowsTwoPrimaries();
    }

    /** True if both nodes are Primary. */
    boolean hasTwoPrimaries() {
        return resource.role() == Role.PRIMARY && peerRole == Role.PRIMARY;
    }

    /** P_PROTOCOL_UPDATE: the peer was configured anew, and this node follows, also when it connects again. */
    void adopt(ProtocolSettings theirs) {
        adopted = null;
        String different = new Parameters(this).differences(theirs);
        adopted = Parameters.asHere(theirs);
        resource.twoPrimariesChanged();
        if (!different.isEmpty()) {
            resource.log(
                    Events.Level.WARN,
                    label(),
                    "the peer's configuration has changed, and is followed: " + different
                            + " Configure both nodes alike");
        }
    }

    void options(Map<String, String> values) {
        Parameters parameters = new Parameters(this);
        ProtocolSettings configured = parameters.configured();
        DigestOptions before = digests;
        congestionOptions = CongestionOptions.from(values);
        digests = DigestOptions.from(values);
        options = NetOptions.from(values);
        fencing.reconsider(false);
        boolean settingsChanged = !parameters.configured().equals(configured);
        if (settingsChanged) {
            adopted = null;
        }
        Session on = session;
        if (on == null || !connected()) {
            return;
        }
        boolean integrityChanged = digests.integrity() != before.integrity();
        if (settingsChanged) {
            on.send(new ProtocolUpdate(parameters.configured()));
            on.outgoingDigest = integrityChanged ? digest(digests.integrity()) : on.outgoingDigest;
        }
        if (integrityChanged && on.protocol.offersDependOnDigest()) {
            failAndRetry("data-integrity-alg has changed: features are agreed upon anew");
            return;
        }
        if (!digests.equals(before)) {
            peerDevices.values().forEach(p -> InitialExchange.sendParameters(p, on));
        }
    }

    /** The digests in use: as configured, or as the peer said last. */
    DigestOptions digests() {
        return digests;
    }

    void digests(DigestOptions changed) {
        digests = changed;
    }

    CongestionOptions congestionOptions() {
        return congestionOptions;
    }

    Congestion congestion() {
        return congestion;
    }

    static @Nullable PayloadDigest digest(@Nullable DigestAlgorithm algorithm) {
        return algorithm == null ? null : new PayloadDigest(algorithm);
    }

    List<Path> paths() {
        return paths;
    }

    Collection<PeerDevice> peerDevices() {
        return peerDevices.values();
    }

    @Nullable PeerDevice peerDevice(Volume volume) {
        return peerDevices.get(volume.number());
    }

    @Nullable PeerDevice peerDevice(int volume) {
        return peerDevices.get(volume);
    }

    void add(Volume volume) {
        peerDevices.put(volume.number(), new PeerDevice(volume, this, resource));
    }

    void remove(Volume volume) {
        peerDevices.remove(volume.number());
    }

    ConnectionState state() {
        return state;
    }

    Role peerRole() {
        return peerRole;
    }

    void adoptNextState() {
        state = nextState;
        peerRole = nextPeerRole;
        peerDevices.values().forEach(PeerDevice::adoptNextState);
    }

    Connector connector() {
        return connector;
    }

    WriteSender writes() {
        return writes;
    }

    @Nullable Session session() {
        return session;
    }

    boolean connected() {
        return state == ConnectionState.CONNECTED && session != null;
    }

    String peerLabel() {
        return options.peerName().isEmpty() ? "node-" + peer : options.peerName();
    }

    String label() {
        return resource.name() + " " + peerLabel();
    }

    // ------------------------------------------------------------------------------------------------ life cycle

    /** Leaves StandAlone. */
    void start() {
        lastReason = "";
        StateChange.imposed(resource, "connect")
                .connection(this, ConnectionState.UNCONNECTED)
                .commit();
        StateChange.imposed(resource, "connect")
                .connection(this, ConnectionState.CONNECTING)
                .commit();
        startConnector(0);
    }

    boolean accept(Stream stream) {
        if (state != ConnectionState.CONNECTING || session != null) {
            return false;
        }
        connector.acceptFromListener(stream);
        return true;
    }

    /** The connector has a pair of live streams. */
    void streamsReady(
            Stream data,
            Stream control,
            boolean resolvesConflicts,
            Consumer<StreamHandler> dataTo,
            Consumer<StreamHandler> controlTo) {
        Session created = new Session(this, data, control, resolvesConflicts);
        session = created;
        expectsDisconnect = false;
        givesUpBecause = "";
        Handshake shake = new Handshake(created, resource);
        handshake = shake;
        DataReceiver dataReceiver = new DataReceiver(created, resource, shake);
        created.onEnd = dataReceiver::ended;
        ControlReceiver controlReceiver = new ControlReceiver(created, resource, shake);
        KeepAlive alive = new KeepAlive(created, resource);
        keepAlive = alive;
        dataTo.accept(dataReceiver);
        controlTo.accept(controlReceiver);
        // What came while the pair was tested is offered again; the control stream has to wait for the features.
        control.pauseReading();
        data.pauseReading();
        data.resumeReading();
        shake.start(dataReceiver, controlReceiver, alive);
    }

    /** The cluster agreed that this connection exists. */
    void connected(Role roleOfPeer) {
        Handshake shake = Objects.requireNonNull(handshake);
        error = ConnectionError.NONE;
        shake.ended();
        handshake = null;
        for (PeerDevice p : peerDevices.values()) {
            p.handshakeBegins();
        }
        StateChange.imposed(resource, "connected")
                .connection(this, ConnectionState.CONNECTED)
                .peerRole(this, roleOfPeer)
                .commit();
        Objects.requireNonNull(keepAlive).connected();
        exchangeWhenStored(Objects.requireNonNull(session));
        Session begun = session;
        resource.timers().schedule(2L * options.timeout() * TENTH, () -> {
            if (connected() && session == begun) {
                giveUpSilentVolumes();
            }
        });
    }

    /**
     * The peer is told only what is on this node's disks: a generation that a crash can still take back must not spread.
     * The same agreement that led here waits for the disks, so this is short, or a disk stands still.
     */
    private void exchangeWhenStored(Session on) {
        if (fencing.frozen()) {
            resource.volumes().forEach(v -> v.generation().peerIsBack());
        }
        if (!resource.storing()) {
            InitialExchange.send(this);
            return;
        }
        on.waitsForDisks = true;
        on.data.pauseReading();
        Timers.Timer deadline = resource.timers().schedule(options.timeout() * TENTH, () -> {
            if (on.alive) {
                failAndRetry("the own metadata did not become durable in time");
            }
        });
        resource.whenStored(() -> {
            deadline.cancel();
            if (on.alive) {
                on.waitsForDisks = false;
                InitialExchange.send(this);
                on.data.resumeReading();
            }
        });
    }

    /**
     * A volume of which the peer has said nothing by now is not configured there. No packet says so, and nobody may wait
     * for it any longer: neither its users, nor a change of the role.
     */
    private void giveUpSilentVolumes() {
        for (PeerDevice p : peerDevices.values()) {
            if (p.handshaking() && p.peerIdentifiers == null) {
                resource.log(
                        Events.Level.WARN,
                        p.label(),
                        "the peer says nothing of this volume: it is not replicated. Give both nodes the same volumes");
                p.handshakeEnded();
            }
        }
        resource.peerReports().firstStates(this, true);
    }

    /** Something failed that may work again: disconnect, clean up, connect anew. */
    void fail(ConnectionState failure, String reason) {
        end(failure, reason, 0);
    }

    /** The handshake found something that may change soon. */
    void failAndRetry(String reason) {
        end(ConnectionState.NETWORK_FAILURE, reason, RETRY_NANOS);
    }

    /** The data stream or the control stream ended. */
    void streamEnded(String reason) {
        end(expectsDisconnect ? ConnectionState.TEAR_DOWN : ConnectionState.BROKEN_PIPE, reason, 0);
    }

    void flushFailed() {
        fail(ConnectionState.NETWORK_FAILURE, "writes of the peer could not be made durable");
    }

    private void end(ConnectionState failure, String reason, long delayNanos) {
        if (state != ConnectionState.CONNECTED && state != ConnectionState.CONNECTING) {
            return;
        }
        if (!givesUpBecause.isEmpty()) {
            giveUp(givesUpBecause);
            return;
        }
        lastReason = reason;
        StateChange.imposed(resource, reason).connection(this, failure).commit();
        cleanUp();
        if (state != failure) {
            // A command that had waited for the peer went on meanwhile, and has decided what becomes of the connection.
            return;
        }
        StateChange.imposed(resource, "cleaned up")
                .connection(this, ConnectionState.UNCONNECTED)
                .commit();
        StateChange.imposed(resource, "trying again")
                .connection(this, ConnectionState.CONNECTING)
                .commit();
        startConnector(delayNanos);
    }

    /** Not before everything received on the last session is on disk: a new one must not overtake it. */
    private void startConnector(long delayNanos) {
        for (PeerDevice p : peerDevices.values()) {
            if (!p.volume().peerWrites().quiet()) {
                resource.timers().schedule(QUIET_POLL_NANOS, () -> {
                    if (state == ConnectionState.CONNECTING && session == null && !connector.active()) {
                        startConnector(delayNanos);
                    }
                });
                return;
            }
        }
        connector.start(delayNanos);
    }

    /** Ends in StandAlone: only the administrator can change what is wrong. */
    void giveUp(String reason) {
        if (state == ConnectionState.STANDALONE) {
            return;
        }
        lastReason = reason;
        resource.log(Events.Level.ERROR, label(), "gave up: " + reason);
        standAlone(reason);
    }

    /** The same, with the word that status has for it. */
    void giveUp(String reason, ConnectionError word) {
        error = word;
        giveUp(reason);
    }

    /** The same as {@link #giveUpTogether(String)}, with the word that status has for it. */
    void giveUpTogether(String reason, ConnectionError word) {
        error = word;
        giveUpTogether(reason);
    }

    /** What both nodes find out by themselves: the peer gets the time for it where it needs that. */
    void giveUpTogether(String reason) {
        Session ending = session;
        if (ending == null || !ending.protocol.bothMustFindOut()) {
            giveUp(reason);
            return;
        }
        givesUpBecause = reason;
        ending.data.pauseReading();
        resource.timers().schedule(RETRY_NANOS, () -> {
            if (session == ending) {
                giveUp(reason);
            }
        });
    }

    /**
     * The peer's disk is too small for the volume, as far as the peer knew. It was told the size in the same exchange, and
     * measures its disk again: if that has grown, it makes the connection anew. Until then nothing else is taken from it.
     */
    void letPeerMakeRoom(PeerDevice p, String reason) {
        Session waiting = session;
        if (waiting == null || !p.handshaking() || !waiting.protocol.agreesOnSizes()) {
            giveUpTogether(reason);
            return;
        }
        resource.log(Events.Level.WARN, p.label(), reason + "; it has a moment to find out whether its disk has grown");
        waiting.waitsForRoom = true;
        waiting.data.pauseReading();
        resource.timers().schedule(ROOM_NANOS, () -> {
            if (session == waiting) {
                giveUp(reason);
            }
        });
    }

    private void standAlone(String reason) {
        givesUpBecause = "";
        connector.stop();
        StateChange.imposed(resource, reason)
                .connection(this, ConnectionState.DISCONNECTING)
                .commit();
        Session ended = session;
        if (ended != null) {
            // What was agreed must still reach the peer.
            ended.closeAfterSending(RETRY_NANOS);
        }
        cleanUp();
        StateChange.imposed(resource, reason)
                .connection(this, ConnectionState.STANDALONE)
                .commit();
    }

    /** The administrator wants no connection. */
    void disconnectedByCommand() {
        lastReason = "";
        error = ConnectionError.NONE;
        standAlone("disconnect");
    }

    /** The peer will close the streams, and that is no failure. */
    void expectDisconnect() {
        expectsDisconnect = true;
        Session ending = session;
        resource.timers().schedule((long) options.pingTimeout() * TENTH, () -> {
            if (session == ending && expectsDisconnect) {
                fail(ConnectionState.TEAR_DOWN, "the peer disconnected");
            }
        });
    }

    /** The peer told, by a committed change, that it disconnects. */
    void peerDisconnects() {
        expectsDisconnect = true;
        fencing.partInGoodOrder();
        fail(ConnectionState.TEAR_DOWN, "the peer disconnected");
    }

    private void cleanUp() {
        connector.stop();
        Session ended = session;
        session = null;
        Handshake shake = handshake;
        handshake = null;
        if (shake != null) {
            shake.ended();
        }
        if (keepAlive != null) {
            keepAlive.stop();
            keepAlive = null;
        }
        if (ended != null) {
            ended.close();
        }
        resource.clusterChange().connectionLost(this);
        peerDevices.values().forEach(PeerDevice::disconnected);
        congestion.reset();
        resource.heldAnswers().peerLost(this);
    }

    /** Calls {@code then} when the peer has answered a ping sent now: it has seen everything sent before. */
    void pingThen(Runnable then) {
        if (keepAlive != null) {
            keepAlive.pingThen(then);
        }
    }

    void pingAnswered() {
        if (keepAlive != null) {
            keepAlive.answered();
        }
    }

    // ------------------------------------------------------------------------------------------------ for people

    /** Why the connection is not Connected, or what holds it. */
    String reason() {
        return switch (state) {
            case CONNECTED -> {
                Session on = session;
                yield on == null ? "" : Waiting.of(resource, on);
            }
            case CONNECTING -> {
                Handshake shake = handshake;
                String waits = shake != null
                        ? shake.waitsFor()
                        : connector.active() ? connector.waitsFor() : "writes of the last connection to reach the disk";
                yield lastReason.isEmpty() ? "waits for " + waits : lastReason + "; waits for " + waits;
            }
            case STANDALONE,
                    DISCONNECTING,
                    UNCONNECTED,
                    TIMEOUT,
                    BROKEN_PIPE,
                    NETWORK_FAILURE,
                    PROTOCOL_ERROR,
                    TEAR_DOWN -> lastReason;
        };
    }

    ConnectionSnapshot snapshot() {
        Session on = session;
        List<PeerDeviceSnapshot> devices = new ArrayList<>();
        for (PeerDevice p : peerDevices.values()) {
            devices.add(Snapshots.of(p));
        }
        return new ConnectionSnapshot(
                peer.value(),
                options.peerName(),
                state,
                peerRole,
                on != null && on.data.unsentBytes() > 1 << 20,
                on == null ? 0 : on.agreed.version(),
                reason(),
                error.toString(),
                paths.stream().map(p -> p.local() + " " + p.remote()).toList(),
                devices,
                options.given());
    }

    /** True if a volume resyncs or exchanges bitmaps now. */
    boolean busy() {
        for (PeerDevice p : peerDevices.values()) {
            if (p.replication().compareTo(ReplicationState.ESTABLISHED) > 0) {
                return true;
            }
        }
        return false;
    }

    /** True if a volume is being verified now. */
    boolean verifying() {
        for (PeerDevice p : peerDevices.values()) {
            if (p.replication() == ReplicationState.VERIFY_S || p.replication() == ReplicationState.VERIFY_T) {
                return true;
            }
        }
        return false;
    }

    /** Whether a resync runs whose requests may carry checksums. */
    boolean comparingChecksums() {
        return digests().csums() != null
                && peerDevices.values().stream()
                        .anyMatch(p -> p.replication() == ReplicationState.SYNC_SOURCE
                                || p.replication() == ReplicationState.SYNC_TARGET);
    }

    /** True if some volume has an UpToDate disk there. */
    boolean peerUpToDate(Volume volume) {
        PeerDevice p = peerDevice(volume);
        return p != null && p.peerDisk() == DiskState.UP_TO_DATE;
    }

    Timers timers() {
        return resource.timers();
    }
}
