package io.bsr.control.event;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.control.event.StateEvent.ObjectKind;
import io.bsr.control.status.ConnectionStatus;
import io.bsr.control.status.PeerDeviceStatus;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.VolumeStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The objects of one resource, in the order in which {@code events2} lists them. */
final class ObservedResource {
    private static final Map<String, String> NONE = Map.of();
    private static final int SECTORS_PER_KIB = 2;

    private final ResourceStatus resource;
    private final List<ObservedObject> objects = new ArrayList<>();

    private ObservedResource(ResourceStatus resource) {
        this.resource = resource;
    }

    static List<ObservedObject> objects(ResourceStatus resource) {
        ObservedResource observed = new ObservedResource(resource);
        observed.resource();
        resource.connections().forEach(observed::connection);
        resource.volumes().forEach(observed::volume);
        resource.connections().forEach(observed::peerDevices);
        return observed.objects;
    }

    private void resource() {
        Map<String, String> key = map("name", resource.name());
        add(
                ObjectKind.RESOURCE,
                key,
                map("role", resource.role(), "suspended", resource.suspended()),
                map("write-ordering", resource.writeOrdering(), "req-pending", resource.requestsPending()));
        add(ObjectKind.NODE, key, node("node-name", resource.nodeName()), NONE);
    }

    private void connection(ConnectionStatus connection) {
        add(
                ObjectKind.CONNECTION,
                connectionKey(connection),
                connectionFields(connection),
                map("congested", word(connection.congested())));
        add(
                ObjectKind.PEER_NODE,
                map("name", resource.name(), "peer-node-id", connection.peerNodeId()),
                node("peer-node-name", connection.name()),
                NONE);
    }

    /** The error has a place only where the connection was given up. */
    private static Map<String, String> connectionFields(ConnectionStatus connection) {
        Map<String, String> fields = map("connection", connection.state());
        if (!connection.state().atLeast(ConnectionState.UNCONNECTED)) {
            fields.put("error", connection.error().isEmpty() ? "no-error" : connection.error());
        }
        fields.put("role", connection.peerRole().toString());
        return fields;
    }

    private void volume(VolumeStatus volume) {
        add(
                ObjectKind.DEVICE,
                map("name", resource.name(), "volume", volume.number(), "minor", volume.minor()),
                map("disk", volume.disk(), "client", client(volume)),
                map(
                        "size", kib(volume.size()),
                        "read", kib(volume.read()),
                        "written", kib(volume.written()),
                        "al-writes", volume.alWrites(),
                        "bm-writes", volume.bmWrites(),
                        "upper-pending", volume.upperPending(),
                        "lower-pending", volume.lowerPending(),
                        "al-suspended", word(volume.alSuspended()),
                        "al-pending-changes", volume.alPendingChanges(),
                        "al-used", volume.alUsed(),
                        "accelbuf-used", 0,
                        "blocked", volume.blocked() ? "upper" : "no"));
        for (ConnectionStatus connection : resource.connections()) {
            for (PeerDeviceStatus peer : connection.peerDevices()) {
                if (peer.volume() == volume.number()) {
                    generations(volume, connection, peer);
                }
            }
        }
        DeviceFlags flags = new DeviceFlags(volume.generation().deviceFlags());
        add(ObjectKind.GI_DEVICE_FLAG, map("name", resource.name(), "volume", volume.number()), flags.fields(), NONE);
    }

    private void generations(VolumeStatus volume, ConnectionStatus connection, PeerDeviceStatus peer) {
        Map<String, String> key = connectionKey(connection);
        key.put("volume", Integer.toString(volume.number()));
        List<String> history = volume.generation().history();
        add(
                ObjectKind.GI_UUID,
                key,
                map(
                        "current",
                        volume.generation().current(),
                        "bitmap",
                        peer.bitmapGeneration(),
                        "history1",
                        history.isEmpty() ? "0000000000000000" : history.get(0),
                        "history2",
                        history.size() < 2 ? "0000000000000000" : history.get(1)),
                NONE);
    }

    private void peerDevices(ConnectionStatus connection) {
        for (PeerDeviceStatus peer : connection.peerDevices()) {
            Map<String, String> key = connectionKey(connection);
            key.put("volume", Integer.toString(peer.volume()));
            Progress progress = Progress.of(peer);
            Map<String, String> statistics = map(
                    "received", kib(peer.received()),
                    "sent", kib(peer.sent()),
                    "out-of-sync", kib(peer.outOfSync()),
                    "pending", peer.pending(),
                    "unacked", peer.unacked());
            if (progress.running()) {
                statistics.put("speed", Long.toString(progress.kibPerSecond()));
                statistics.put("want", Long.toString(progress.kibWanted()));
                statistics.put("eta", progress.eta());
            }
            objects.add(new ObservedObject(
                    ObjectKind.PEER_DEVICE,
                    key,
                    map(
                            "replication", peer.replication(),
                            "peer-disk", peer.peerDisk(),
                            "peer-client", "no",
                            "resync-suspended", peer.resyncSuspended()),
                    statistics,
                    progress.running()
                            ? map("out-of-sync", kib(peer.outOfSync()), "eta", progress.eta(), "done", progress.done())
                            : NONE));
            add(ObjectKind.GI_PEER_DEVICE_FLAG, key, DeviceFlags.ofPeer(peer.peerFlags()), NONE);
        }
    }

    private void add(
            ObjectKind kind, Map<String, String> key, Map<String, String> fields, Map<String, String> statistics) {
        objects.add(new ObservedObject(kind, key, fields, statistics, NONE));
    }

    private Map<String, String> connectionKey(ConnectionStatus connection) {
        return map("name", resource.name(), "peer-node-id", connection.peerNodeId(), "conn-name", connection.name());
    }

    /** A name with a colon is an address: the node floats (command-line reference, section 3.6). */
    private static Map<String, String> node(String field, String name) {
        String type = name.isEmpty() ? "unknown" : name.contains(":") ? "floating" : "host";
        return map("type", type, field, name.isEmpty() ? "unknown" : name);
    }

    private static String client(VolumeStatus volume) {
        boolean wanted = volume.options().containsKey("diskless");
        return word(volume.disk() == DiskState.DISKLESS && wanted);
    }

    private static long kib(long sectors) {
        return sectors / SECTORS_PER_KIB;
    }

    private static String word(boolean flag) {
        return flag ? "yes" : "no";
    }

    /** Names and values in turn, in this order. */
    private static Map<String, String> map(Object... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1].toString());
        }
        return map;
    }
}
