package io.bsr.sim.states;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.snapshot.ConnectionSnapshot;
import io.bsr.core.snapshot.PeerDeviceSnapshot;
import io.bsr.core.snapshot.ResourceSnapshot;
import io.bsr.core.snapshot.VolumeSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * What a node with one volume and one peer says.
 *
 * @param up the process runs and is configured
 * @param paused who pauses a resync
 * @param marked blocks are marked as different from the peer's
 * @param suspended why I/O is
 */
record NodeState(
        boolean up,
        Role role,
        DiskState disk,
        ConnectionState connection,
        Role peerRole,
        ReplicationState replication,
        DiskState peerDisk,
        String paused,
        boolean marked,
        String suspended) {
    static final NodeState ABSENT = new NodeState(
            false,
            Role.UNKNOWN,
            DiskState.DISKLESS,
            ConnectionState.STANDALONE,
            Role.UNKNOWN,
            ReplicationState.OFF,
            DiskState.UNKNOWN,
            "no",
            false,
            "no");

    static NodeState of(@Nullable ResourceSnapshot snapshot) {
        if (snapshot == null
                || snapshot.volumes().isEmpty()
                || snapshot.connections().isEmpty()) {
            return ABSENT;
        }
        VolumeSnapshot volume = snapshot.volumes().getFirst();
        ConnectionSnapshot connection = snapshot.connections().getFirst();
        if (connection.peerDevices().isEmpty()) {
            return ABSENT;
        }
        PeerDeviceSnapshot device = connection.peerDevices().getFirst();
        return new NodeState(
                true,
                snapshot.role(),
                volume.disk(),
                connection.state(),
                connection.peerRole(),
                device.replication(),
                device.peerDisk(),
                device.resyncSuspended(),
                device.outOfSync() > 0,
                snapshot.suspended());
    }

    boolean connected() {
        return connection == ConnectionState.CONNECTED;
    }

    /** Wants to be connected, and is not. */
    boolean trying() {
        return up && connection != ConnectionState.STANDALONE && !connected();
    }

    /** The states between two attempts to connect follow each other for ever, so they count as one. */
    NodeState settled() {
        return !trying() || connection == ConnectionState.DISCONNECTING
                ? this
                : new NodeState(
                        up,
                        role,
                        disk,
                        ConnectionState.CONNECTING,
                        peerRole,
                        replication,
                        peerDisk,
                        paused,
                        marked,
                        suspended);
    }

    @Override
    public String toString() {
        return !up
                ? "down"
                : role + "/" + disk + " " + connection + " " + peerRole + "/" + peerDisk + " " + replication
                        + (paused.equals("no") ? "" : " paused by " + paused) + (marked ? " marked" : "")
                        + (suspended.equals("no") ? "" : " suspended: " + suspended);
    }
}
