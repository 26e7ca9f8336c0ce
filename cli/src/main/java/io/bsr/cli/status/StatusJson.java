package io.bsr.cli.status;

import io.bsr.control.event.Progress;
import io.bsr.control.status.ConnectionStatus;
import io.bsr.control.status.PeerDeviceStatus;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.VolumeStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** {@code status --json}, in the layout of the original; command-line reference, section 3.5. */
public final class StatusJson {
    private final StringBuilder out = new StringBuilder();

    private StatusJson() {}

    /** An array with an object for each resource; a valid document also without any. */
    public static String of(List<ResourceStatus> resources) {
        StatusJson json = new StatusJson();
        json.out.append("[\n");
        for (int i = 0; i < resources.size(); i++) {
            json.resource(resources.get(i));
            json.out.append(i + 1 < resources.size() ? ",\n" : "\n");
        }
        return json.out.append("]\n").toString();
    }

    /** Members of one object. */
    private static final class Members {
        private final List<String> lines = new ArrayList<>();

        Members text(String name, Object value) {
            lines.add("\"" + name + "\": " + quoted(value.toString()));
            return this;
        }

        Members plain(String name, Object value) {
            lines.add("\"" + name + "\": " + value);
            return this;
        }

        Members array(String name, String text) {
            lines.add("\"" + name + "\": " + text);
            return this;
        }

        String text(int depth) {
            String indent = "  ".repeat(depth);
            return "{\n" + indent + String.join(",\n" + indent, lines) + "\n" + "  ".repeat(depth - 1) + "}";
        }
    }

    /** A JSON string. */
    static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                default -> out.append(c < ' ' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
            }
        }
        return out.append('"').toString();
    }

    private static <T> String array(List<T> items, int depth, Function<T, String> text) {
        if (items.isEmpty()) {
            return "[ ]";
        }
        String indent = "  ".repeat(depth);
        return "[\n" + indent
                + String.join(",\n" + indent, items.stream().map(text).toList()) + " ]";
    }

    private void resource(ResourceStatus resource) {
        Members members = new Members()
                .text("name", resource.name())
                .plain("node-id", resource.nodeId())
                .text("role", resource.role())
                .plain("suspended", !resource.suspended().equals("no"))
                .text("write-ordering", resource.writeOrdering());
        if (!resource.failed().isEmpty()) {
            members.text("failed", resource.failed());
        }
        members.array("devices", array(resource.volumes(), 2, StatusJson::volume))
                .array("connections", array(StatusText.sorted(resource.connections()), 2, StatusJson::connection));
        out.append(members.text(1));
    }

    private static String volume(VolumeStatus volume) {
        Members members = new Members()
                .plain("volume", volume.number())
                .plain("minor", volume.minor())
                .text("disk-state", volume.disk())
                .text("client", Names.client(volume))
                .plain("size", Amount.kib(volume.size()))
                .plain("read", Amount.kib(volume.read()))
                .plain("written", Amount.kib(volume.written()))
                .plain("al-writes", volume.alWrites())
                .plain("bm-writes", volume.bmWrites())
                .plain("upper-pending", volume.upperPending())
                .plain("lower-pending", volume.lowerPending());
        if (!volume.device().isEmpty()) {
            members.text("device", volume.device());
        }
        waitsFor(members, volume.waitsFor());
        return members.text(3);
    }

    private static String connection(ConnectionStatus connection) {
        return new Members()
                .plain("peer-node-id", connection.peerNodeId())
                .text("name", connection.name())
                .text("connection-state", connection.state())
                .plain("congested", connection.congested())
                .text("peer-role", connection.peerRole())
                .array("peer_devices", array(connection.peerDevices(), 4, StatusJson::peerDevice))
                .text(3);
    }

    private static String peerDevice(PeerDeviceStatus peer) {
        Members members = new Members()
                .plain("volume", peer.volume())
                .text("replication-state", peer.replication())
                .text("peer-disk-state", peer.peerDisk())
                .text("peer-client", "no")
                .text("resync-suspended", peer.resyncSuspended())
                .plain("received", Amount.kib(peer.received()))
                .plain("sent", Amount.kib(peer.sent()))
                .plain("out-of-sync", Amount.kib(peer.outOfSync()))
                .plain("pending", peer.pending())
                .plain("unacked", peer.unacked());
        Progress progress = Progress.of(peer);
        if (progress.running()) {
            members.plain("resync-done", progress.done());
        }
        waitsFor(members, peer.waitsFor());
        return members.text(5);
    }

    /** Only where something is held: otherwise the output is that of the original. */
    private static void waitsFor(Members members, String reason) {
        if (!reason.isEmpty()) {
            members.text("waits-for", reason);
        }
    }
}
