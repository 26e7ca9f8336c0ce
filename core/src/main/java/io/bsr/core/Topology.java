package io.bsr.core;

import io.bsr.base.Minor;
import io.bsr.base.NodeId;
import io.bsr.base.VolumeNumber;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.port.Endpoint;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.core.option.DigestOptions;
import io.bsr.core.option.NetOptions;
import io.bsr.core.option.NetRules;
import io.bsr.core.option.PeerDeviceOptions;
import io.bsr.core.option.VerifyPace;
import io.bsr.metadata.MetadataException;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a resource consists of: its volumes, its peers and the paths to them; and the rules for changing that. */
final class Topology {
    private final Resource resource;
    private final TreeMap<Integer, Volume> volumes = new TreeMap<>();
    private final TreeMap<Integer, Connection> connections = new TreeMap<>();
    private int maxEpochSize = 16000;
    private boolean twoPrimaries;

    Topology(Resource resource) {
        this.resource = resource;
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

    /** Writes per epoch that the peers take. */
    int maxEpochSize() {
        return maxEpochSize;
    }

    /** True if a peer may be Primary at the same time as this node; asked for every write. */
    boolean twoPrimaries() {
        return twoPrimaries;
    }

    void twoPrimariesChanged() {
        twoPrimaries = connections.values().stream().anyMatch(Connection::twoPrimaries);
    }

    void forget() {
        volumes.clear();
        connections.clear();
        resource.changed();
    }

    Outcome newVolume(VolumeNumber number, Minor minor, Map<String, String> values) {
        if (volumes.containsKey(number.value())) {
            return Outcome.of(ErrorCode.MINOR_OR_VOLUME_EXISTS, "volume " + number + " exists");
        }
        Volume volume = new Volume(resource, number, minor, values);
        volumes.put(number.value(), volume);
        connections.values().forEach(c -> c.add(volume));
        resource.changed();
        return Outcome.OK;
    }

    /** Removes a volume, which must be Diskless. */
    Outcome deleteVolume(VolumeNumber number) {
        Volume volume = volumes.get(number.value());
        if (volume == null) {
            return Outcome.of(ErrorCode.MINOR_UNKNOWN, "there is no volume " + number);
        }
        if (volume.diskState() != DiskState.DISKLESS || !volume.users().isEmpty()) {
            return Outcome.of(ErrorCode.MINOR_CONFIGURED, "volume " + number + " is in use: detach it first");
        }
        volumes.remove(number.value());
        connections.values().forEach(c -> c.remove(volume));
        resource.changed();
        return Outcome.OK;
    }

    Outcome newPeer(NodeId peer, Map<String, String> netOptions) {
        if (peer.equals(resource.nodeId())) {
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
        Outcome refusal = NetRules.refusal(netOptions);
        if (refusal != null) {
            return refusal;
        }
        Connection connection = new Connection(resource, peer, netOptions);
        try {
            for (Volume volume : volumes.values()) {
                volume.allocateSlot(peer);
            }
        } catch (MetadataException e) {
            return Outcome.of(ErrorCode.INVALID_REQUEST, e.what() + ": " + e.why() + ". " + e.remedy());
        }
        volumes.values().forEach(connection::add);
        connections.put(peer.value(), connection);
        twoPrimariesChanged();
        maxEpochSize = Math.min(connection.options().maxEpochSize(), TransferLog.CAPACITY / 2);
        resource.changed();
        return Outcome.OK;
    }

    Outcome setNetOptions(NodeId peer, Map<String, String> netOptions) {
        Connection connection = connections.get(peer.value());
        if (connection == null) {
            return unknownPeer(peer);
        }
        Outcome refusal = NetRules.refusal(netOptions);
        if (refusal != null) {
            return refusal;
        }
        DigestOptions digests = DigestOptions.from(netOptions);
        if (digests.verify() != connection.digests().verify() && connection.verifying()) {
            return Outcome.of(ErrorCode.VERIFY_RUNNING, "wait for its end, or stop it with verify-stop");
        }
        if (digests.csums() != connection.digests().csums() && connection.comparingChecksums()) {
            return Outcome.of(ErrorCode.CSUMS_RESYNC_RUNNING, "wait for its end");
        }
        if (connection.hasTwoPrimaries() && !Parameters.allowsTwoPrimaries(NetOptions.from(netOptions))) {
            return Outcome.of(
                    ErrorCode.NEED_TWO_PRIMARIES,
                    "both nodes are Primary: make one Secondary before allow-two-primaries is taken back");
        }
        connection.options(netOptions);
        twoPrimariesChanged();
        maxEpochSize = Math.min(connection.options().maxEpochSize(), TransferLog.CAPACITY / 2);
        return Outcome.OK;
    }

    Outcome setPeerDeviceOptions(NodeId peer, VolumeNumber volume, Map<String, String> values) {
        PeerDevice p = resource.peerDevice(peer, volume);
        if (p == null) {
            return unknownPeer(peer);
        }
        // Made once before it is taken over: a wrong value must change nothing.
        PeerDeviceOptions.from(values);
        VerifyPace.from(values);
        p.options(values);
        return Outcome.OK;
    }

    Outcome newPath(NodeId peer, Endpoint local, Endpoint remote) {
        Connection connection = connections.get(peer.value());
        if (connection == null) {
            return unknownPeer(peer);
        }
        Connection.Path path = new Connection.Path(local, remote);
        if (connection.paths().contains(path)) {
            return Outcome.of(ErrorCode.ADDRESS_PAIR_USED, local + " " + remote);
        }
        connection.paths().add(path);
        resource.changed();
        return Outcome.OK;
    }

    Outcome deletePath(NodeId peer, Endpoint local, Endpoint remote) {
        Connection connection = connections.get(peer.value());
        if (connection == null) {
            return unknownPeer(peer);
        }
        if (connection.state() != ConnectionState.STANDALONE
                && connection.paths().size() == 1) {
            return Outcome.of(ErrorCode.NEED_STANDALONE, "the last path of a connection that is in use");
        }
        boolean removed = connection.paths().remove(new Connection.Path(local, remote));
        resource.changed();
        return removed ? Outcome.OK : Outcome.of(ErrorCode.INVALID_REQUEST, "there is no such path");
    }

    /** Removes a peer, whose connection must be StandAlone. */
    Outcome deletePeer(NodeId peer) {
        Connection connection = connections.get(peer.value());
        if (connection == null) {
            return unknownPeer(peer);
        }
        if (connection.state() != ConnectionState.STANDALONE) {
            return Outcome.of(ErrorCode.NEED_STANDALONE, "disconnect it first");
        }
        connections.remove(peer.value());
        connection.fencing().reconsider(true);
        twoPrimariesChanged();
        resource.changed();
        return Outcome.OK;
    }

    private static Outcome unknownPeer(NodeId peer) {
        return Outcome.of(ErrorCode.INVALID_REQUEST, "there is no peer with node-id " + peer);
    }
}
