package io.bsr.conformance;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.control.status.ConnectionStatus;
import io.bsr.control.status.PeerDeviceStatus;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.VolumeStatus;
import java.util.Optional;

/** The resource of a node with its one volume and its one peer. */
record State(
        ResourceStatus resource, VolumeStatus volume, ConnectionStatus connection, Optional<PeerDeviceStatus> peer) {
    private static final int SECTOR_BYTES = 512;

    static State of(ResourceStatus resource) {
        ConnectionStatus connection = resource.connections().getFirst();
        return new State(
                resource,
                resource.volumes().getFirst(),
                connection,
                connection.peerDevices().stream().findFirst());
    }

    boolean is(ConnectionState state) {
        return connection.state() == state;
    }

    boolean isConnected() {
        return is(ConnectionState.CONNECTED);
    }

    boolean isPrimary() {
        return resource.role() == Role.PRIMARY;
    }

    /** Both disks are UpToDate, connected, and nothing is left to resync. */
    boolean isInSync() {
        return isConnected()
                && volume.disk() == DiskState.UP_TO_DATE
                && peer.map(p -> p.peerDisk() == DiskState.UP_TO_DATE
                                && p.replication() == ReplicationState.ESTABLISHED
                                && p.outOfSync() == 0)
                        .orElse(false);
    }

    long volumeBytes() {
        return volume.size() * SECTOR_BYTES;
    }

    long outOfSyncBytes() {
        return peer.map(PeerDeviceStatus::outOfSync).orElse(0L) * SECTOR_BYTES;
    }

    long receivedBytes() {
        return peer.map(PeerDeviceStatus::received).orElse(0L) * SECTOR_BYTES;
    }

    long sentBytes() {
        return peer.map(PeerDeviceStatus::sent).orElse(0L) * SECTOR_BYTES;
    }
}
