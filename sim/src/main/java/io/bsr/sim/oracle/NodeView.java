package io.bsr.sim.oracle;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.snapshot.ConnectionSnapshot;
import io.bsr.core.snapshot.PeerDeviceSnapshot;
import io.bsr.core.snapshot.ResourceSnapshot;
import io.bsr.core.snapshot.VolumeSnapshot;
import org.jspecify.annotations.Nullable;

/** What a node of a pair says about itself, reduced to what oracles ask for. */
public final class NodeView {
    private @Nullable ResourceSnapshot snapshot;
    private boolean connected;
    private boolean everConnected;
    private int session;

    /** The node has published a new snapshot. */
    public void update(ResourceSnapshot latest) {
        snapshot = latest;
        noteConnection();
    }

    /** The process is gone, and its state with it. */
    public void gone() {
        snapshot = null;
        noteConnection();
        everConnected = false;
    }

    private void noteConnection() {
        boolean now = connectionState() == ConnectionState.CONNECTED;
        if (now != connected) {
            connected = now;
            session++;
            everConnected |= now;
        }
    }

    /** {@code null} while there is no process. */
    public @Nullable ResourceSnapshot snapshot() {
        return snapshot;
    }

    /** Changes whenever the connection is made or lost. */
    public int session() {
        return session;
    }

    public boolean connected() {
        return connected;
    }

    /** True if the present process was connected at any time. */
    public boolean everConnected() {
        return everConnected;
    }

    public Role role() {
        ResourceSnapshot known = snapshot;
        return known == null ? Role.UNKNOWN : known.role();
    }

    /** True if requests of users are held by command. */
    public boolean suspended() {
        ResourceSnapshot known = snapshot;
        return known != null && known.suspended().contains("user");
    }

    public @Nullable ConnectionSnapshot connection() {
        ResourceSnapshot known = snapshot;
        return known == null || known.connections().isEmpty()
                ? null
                : known.connections().getFirst();
    }

    public ConnectionState connectionState() {
        ConnectionSnapshot connection = connection();
        return connection == null ? ConnectionState.STANDALONE : connection.state();
    }

    public @Nullable VolumeSnapshot volume(int number) {
        ResourceSnapshot known = snapshot;
        if (known != null) {
            for (VolumeSnapshot volume : known.volumes()) {
                if (volume.number() == number) {
                    return volume;
                }
            }
        }
        return null;
    }

    public @Nullable PeerDeviceSnapshot peerDevice(int number) {
        ConnectionSnapshot connection = connection();
        if (connection != null) {
            for (PeerDeviceSnapshot device : connection.peerDevices()) {
                if (device.volume() == number) {
                    return device;
                }
            }
        }
        return null;
    }

    public DiskState disk(int volume) {
        VolumeSnapshot known = volume(volume);
        return known == null ? DiskState.DISKLESS : known.disk();
    }

    public DiskState peerDisk(int volume) {
        PeerDeviceSnapshot known = peerDevice(volume);
        return known == null ? DiskState.UNKNOWN : known.peerDisk();
    }

    public ReplicationState replication(int volume) {
        PeerDeviceSnapshot known = peerDevice(volume);
        return known == null ? ReplicationState.OFF : known.replication();
    }

    /** True while the node has a disk that takes writes. */
    public boolean hasDisk(int volume) {
        return disk(volume).atLeast(DiskState.INCONSISTENT);
    }

    /** True if the node believes that its peer gets all writes and has all data. */
    public boolean peerCurrent(int volume) {
        ReplicationState replication = replication(volume);
        return connected
                && peerDisk(volume) == DiskState.UP_TO_DATE
                && replication.atLeast(ReplicationState.ESTABLISHED)
                && !replication.atLeast(ReplicationState.AHEAD);
    }

    /** True if the volume is replicating and nothing is to be done. */
    public boolean settled(int volume) {
        PeerDeviceSnapshot device = peerDevice(volume);
        return connected
                && device != null
                && device.replication() == ReplicationState.ESTABLISHED
                && device.peerDisk() == DiskState.UP_TO_DATE
                && disk(volume) == DiskState.UP_TO_DATE
                && device.outOfSync() == 0
                && device.pending() == 0
                && device.unacked() == 0;
    }
}
