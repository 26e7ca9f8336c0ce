package io.bsr.cli.status;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.control.event.Progress;
import io.bsr.control.status.ConnectionStatus;
import io.bsr.control.status.PeerDeviceStatus;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.VolumeStatus;
import java.util.ArrayList;
import java.util.List;

/** {@code status} as text; command-line reference, section 3.4. */
public final class StatusText {
    /** What is printed if there is no resource. */
    public static final String NOTHING = "# No currently configured BSR found.\n";

    private static final String SYNC_TARGET_PRIMARY = "sync-target-primary";

    /**
     * How much is shown, and how.
     *
     * @param human amounts with units instead of KiB
     * @param columns where lines are wrapped
     */
    public record Style(boolean verbose, boolean statistics, boolean human, boolean colour, int columns) {
        public static final Style PLAIN = new Style(false, false, false, false, 80);
    }

    private final Style style;
    private final StringBuilder out = new StringBuilder();

    private StatusText(Style style) {
        this.style = style;
    }

    /** All resources given, with an empty line behind each. */
    public static String of(List<ResourceStatus> resources, Style style) {
        StatusText text = new StatusText(style);
        resources.forEach(text::resource);
        return resources.isEmpty() ? NOTHING : text.out.toString();
    }

    /** Connections by name, those without one last. */
    static List<ConnectionStatus> sorted(List<ConnectionStatus> connections) {
        List<ConnectionStatus> sorted = new ArrayList<>(connections);
        sorted.sort(StatusText::compare);
        return sorted;
    }

    private static int compare(ConnectionStatus one, ConnectionStatus other) {
        int named = Boolean.compare(one.name().isEmpty(), other.name().isEmpty());
        int byName = named != 0 ? named : one.name().compareTo(other.name());
        return byName != 0 ? byName : Integer.compare(one.peerNodeId(), other.peerNodeId());
    }

    private WrappedLine line(int indent) {
        return new WrappedLine(out, indent, style.columns(), style.colour());
    }

    private void resource(ResourceStatus resource) {
        WrappedLine line = line(0).word(resource.name());
        if (style.verbose()) {
            line.field("node-id", resource.nodeId());
        }
        line.field("role", resource.role(), Colour.of(resource.role()), false);
        if (style.verbose() || !resource.suspended().equals("no")) {
            line.field("suspended", resource.suspended());
        }
        if (style.verbose() && style.statistics()) {
            line.next()
                    .field("write-ordering", resource.writeOrdering())
                    .field("req-pending", resource.requestsPending());
        }
        line.end();
        if (!resource.failed().isEmpty()) {
            line(2).word("failed:").word(resource.failed()).end();
        }
        boolean numbered = style.verbose()
                || resource.volumes().size() > 1
                || resource.volumes().stream().anyMatch(v -> v.number() != 0);
        resource.volumes().forEach(volume -> volume(volume, numbered));
        for (ConnectionStatus connection : sorted(resource.connections())) {
            connection(connection);
            connection.peerDevices().forEach(peer -> peerDevice(connection, peer, numbered));
        }
        out.append('\n');
    }

    private void volume(VolumeStatus volume, boolean numbered) {
        WrappedLine line = line(2);
        boolean intended = Names.wantsNoDisk(volume);
        if (numbered) {
            line.field("volume", volume.number());
        }
        if (style.verbose()) {
            line.field("minor", volume.minor());
        }
        line.field("disk", volume.disk(), Colour.of(volume.disk(), intended), false);
        if (style.verbose() && volume.disk() == DiskState.DISKLESS) {
            line.field("client", Names.client(volume));
        }
        if (volume.ioErrors() != 0) {
            line.field("io-error", volume.ioErrors(), Colour.BAD, false);
        }
        if (style.statistics()) {
            line.next();
            if (style.verbose()) {
                line.field("size", amount(volume.size()));
            }
            line.field("read", amount(volume.read())).field("written", amount(volume.written()));
            if (style.verbose()) {
                line.field("al-writes", volume.alWrites())
                        .field("bm-writes", volume.bmWrites())
                        .field("upper-pending", volume.upperPending())
                        .field("lower-pending", volume.lowerPending())
                        .field("al-suspended", volume.alSuspended() ? "yes" : "no")
                        .field("al-pending-changes", volume.alPendingChanges())
                        .field("al-used", volume.alUsed())
                        .field("accelbuf-used", 0);
            }
        }
        if (style.verbose() || volume.blocked()) {
            line.field("blocked", volume.blocked() ? "upper" : "no");
        }
        line.end();
    }

    private void connection(ConnectionStatus connection) {
        boolean connected = connection.state() == ConnectionState.CONNECTED;
        WrappedLine line = line(2);
        if (!connection.name().isEmpty()) {
            line.word(connection.name());
        }
        if (style.verbose() || connection.name().isEmpty()) {
            line.field("node-id", connection.peerNodeId());
        }
        if (style.verbose() || !connected) {
            line.field("connection", connection.state(), Colour.of(connection.state()), false);
            if (tellsError(connection)) {
                line.field("error", connection.error(), Colour.BAD, false);
            }
        }
        if (style.verbose() || connected) {
            line.field("role", connection.peerRole(), Colour.of(connection.peerRole()), true);
        }
        if (style.verbose() || connection.congested()) {
            line.field("congested", connection.congested() ? "yes" : "no");
        }
        line.end();
    }

    /** A Primary that would be overwritten is no obstacle any more once the node tries again. */
    private static boolean tellsError(ConnectionStatus connection) {
        boolean givenUp =
                connection.state() == ConnectionState.STANDALONE || connection.state() == ConnectionState.DISCONNECTING;
        return !connection.error().isEmpty() && (givenUp || !connection.error().equals(SYNC_TARGET_PRIMARY));
    }

    private void peerDevice(ConnectionStatus connection, PeerDeviceStatus peer, boolean numbered) {
        boolean detailed = style.verbose() || style.statistics();
        if (!detailed && connection.state() != ConnectionState.CONNECTED) {
            return;
        }
        WrappedLine line = line(4);
        if (numbered) {
            line.field("volume", peer.volume());
        }
        if (style.verbose() || peer.replication().compareTo(ReplicationState.ESTABLISHED) > 0) {
            line.field("replication", peer.replication(), Colour.of(peer.replication()), false);
        }
        if (detailed || peer.peerDisk() != DiskState.UNKNOWN) {
            line.field("peer-disk", peer.peerDisk(), Colour.of(peer.peerDisk(), false), true);
        }
        if (style.verbose() && peer.peerDisk() == DiskState.DISKLESS) {
            line.field("peer-client", "no");
        }
        Progress progress = Progress.of(peer);
        boolean resync = progress.running() && Names.resyncs(peer.replication());
        if (resync) {
            line.field("done", progress.done());
        }
        if (style.verbose() || !peer.resyncSuspended().equals("no")) {
            line.field("resync-suspended", peer.resyncSuspended());
        }
        if (style.statistics()) {
            line.next().field("received", amount(peer.received())).field("sent", amount(peer.sent()));
            if (style.verbose() || peer.outOfSync() != 0) {
                line.field("out-of-sync", amount(peer.outOfSync()));
            }
            if (style.verbose()) {
                line.field("pending", peer.pending()).field("unacked", peer.unacked());
            }
            if (resync) {
                line.field("speed", progress.kibPerSecond())
                        .field("want", progress.kibWanted())
                        .field("eta", progress.eta());
            }
        }
        line.end();
    }

    private String amount(long sectors) {
        return Amount.of(sectors, style.human());
    }
}
