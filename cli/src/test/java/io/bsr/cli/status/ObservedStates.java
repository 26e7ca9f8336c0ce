package io.bsr.cli.status;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.control.status.ConnectionStatus;
import io.bsr.control.status.GenerationStatus;
import io.bsr.control.status.PeerDeviceStatus;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.VolumeStatus;
import java.util.List;
import java.util.Map;

/** States in which the real bsr 1.7.8.1 was seen, and what it printed then. Node n1, peer n2, 696 KiB. */
public final class ObservedStates {
    private static final String NONE = "0000000000000000";

    private ObservedStates() {}

    /** Both nodes just connected after create-md. */
    static ResourceStatus connected() {
        return resource(
                Role.SECONDARY,
                volume(DiskState.INCONSISTENT, "0000000000000004", 0),
                connection(
                        ConnectionState.CONNECTED,
                        Role.SECONDARY,
                        peer(ReplicationState.ESTABLISHED, DiskState.INCONSISTENT, 0, 0, NONE, 0x3)));
    }

    public static ResourceStatus connecting() {
        return resource(
                Role.SECONDARY,
                volume(DiskState.INCONSISTENT, "0000000000000004", 0),
                connection(
                        ConnectionState.CONNECTING,
                        Role.UNKNOWN,
                        peer(ReplicationState.OFF, DiskState.UNKNOWN, 0, 0, NONE, 0)));
    }

    /** As {@link #connecting}, after this node had been Primary without its peer. */
    public static ResourceStatus degraded() {
        return resource(
                Role.SECONDARY,
                volume(DiskState.INCONSISTENT, "0000000000000004", 0),
                connection(
                        ConnectionState.CONNECTING,
                        Role.UNKNOWN,
                        peer(ReplicationState.OFF, DiskState.UNKNOWN, 0, 0, NONE, 0, true)));
    }

    /** n2's view of the initial sync, 15.51 % of it done. */
    public static ResourceStatus syncTarget() {
        return resource(
                Role.SECONDARY,
                volume(DiskState.INCONSISTENT, "0000000000000004", 0),
                connection(
                        ConnectionState.CONNECTED,
                        Role.PRIMARY,
                        peer(ReplicationState.SYNC_TARGET, DiskState.UP_TO_DATE, 1392, 1176, NONE, 1)));
    }

    /** As {@link #syncTarget}, but the source is silent: of this the original says nothing. */
    public static ResourceStatus silentSource() {
        return resource(
                Role.SECONDARY,
                volume(DiskState.INCONSISTENT, "0000000000000004", 0),
                connection(
                        ConnectionState.CONNECTED,
                        Role.PRIMARY,
                        peer(
                                ReplicationState.SYNC_TARGET,
                                DiskState.UP_TO_DATE,
                                1392,
                                1176,
                                NONE,
                                1,
                                false,
                                "resync waits for the peer to answer 7 requests, since 5 s")));
    }

    /** n1 as Primary after the initial sync. */
    public static ResourceStatus primary() {
        return resource(
                Role.PRIMARY,
                volume(DiskState.UP_TO_DATE, "737D2051828CCDFD", 0x50013),
                connection(
                        ConnectionState.CONNECTED,
                        Role.SECONDARY,
                        peer(ReplicationState.ESTABLISHED, DiskState.UP_TO_DATE, 0, 0, NONE, 0x1)));
    }

    /** Given up for a reason that status has a word for; requests of users are held. */
    static ResourceStatus givenUp(ConnectionState state, String error) {
        return resource(
                Role.SECONDARY,
                volume(DiskState.UP_TO_DATE, "737D2051828CCDFD", 0, true, Map.of()),
                connection(state, Role.UNKNOWN, error, peer(ReplicationState.OFF, DiskState.UNKNOWN, 0, 0, NONE, 0)));
    }

    /** A volume that has no disk on purpose. */
    static ResourceStatus client() {
        ResourceStatus attached = connected();
        VolumeStatus volume = volume(DiskState.DISKLESS, NONE, 0, false, Map.of("diskless", "yes"));
        return resource(Role.SECONDARY, volume, attached.connections().getFirst());
    }

    static ResourceStatus resource(Role role, VolumeStatus volume, ConnectionStatus connection) {
        return new ResourceStatus(
                "r0",
                0,
                "n1",
                role,
                "no",
                "drain",
                0,
                "",
                List.of(volume),
                List.of(connection),
                Map.of("node-name", "n1"));
    }

    static VolumeStatus volume(DiskState disk, String current, int flags) {
        return volume(disk, current, flags, false, Map.of());
    }

    private static VolumeStatus volume(
            DiskState disk, String current, int flags, boolean blocked, Map<String, String> options) {
        String backing = disk == DiskState.DISKLESS ? "" : "/dev/vdb";
        return new VolumeStatus(
                0,
                0,
                disk,
                1392,
                0,
                0,
                0,
                0,
                0,
                0,
                false,
                0,
                0,
                0,
                List.of(),
                "",
                backing,
                backing,
                -3,
                0,
                "no",
                blocked,
                "",
                "",
                0,
                new GenerationStatus(current, List.of(), flags),
                options);
    }

    static ConnectionStatus connection(ConnectionState state, Role role, PeerDeviceStatus peer) {
        return connection(state, role, "", peer);
    }

    private static ConnectionStatus connection(ConnectionState state, Role role, String error, PeerDeviceStatus peer) {
        return new ConnectionStatus(
                1,
                "n2",
                state,
                role,
                false,
                118,
                "",
                error,
                List.of("ipv4:10.9.0.1:7788 ipv4:10.9.0.2:7788"),
                List.of(peer),
                Map.of(
                        "_name", "n2",
                        "peer-node-name", "n2",
                        "cram-hmac-alg", "sha1",
                        "shared-secret", "bsrsecret",
                        "protocol", "C"));
    }

    static PeerDeviceStatus peer(
            ReplicationState replication, DiskState disk, long total, long left, String bitmap, int flags) {
        return peer(replication, disk, total, left, bitmap, flags, false);
    }

    static PeerDeviceStatus peer(
            ReplicationState replication,
            DiskState disk,
            long total,
            long left,
            String bitmap,
            int flags,
            boolean degraded) {
        return peer(replication, disk, total, left, bitmap, flags, degraded, "");
    }

    private static PeerDeviceStatus peer(
            ReplicationState replication,
            DiskState disk,
            long total,
            long left,
            String bitmap,
            int flags,
            boolean degraded,
            String waitsFor) {
        return new PeerDeviceStatus(
                0,
                replication,
                disk,
                "no",
                0,
                0,
                left,
                0,
                0,
                total,
                left,
                total == 0 ? 0 : 72,
                total == 0 ? 0 : 96,
                waitsFor,
                degraded,
                bitmap,
                flags,
                Map.of());
    }
}
