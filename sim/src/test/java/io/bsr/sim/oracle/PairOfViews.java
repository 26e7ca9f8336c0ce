package io.bsr.sim.oracle;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.snapshot.ConnectionSnapshot;
import io.bsr.core.snapshot.GenerationSnapshot;
import io.bsr.core.snapshot.PeerDeviceSnapshot;
import io.bsr.core.snapshot.ResourceSnapshot;
import io.bsr.core.snapshot.VolumeSnapshot;
import java.util.List;
import java.util.Map;

/** Two nodes with one volume that say what a test wants them to say. */
final class PairOfViews {
    final NodeView[] views = {new NodeView(), new NodeView()};

    void says(
            int node,
            Role role,
            DiskState disk,
            ConnectionState connection,
            ReplicationState replication,
            DiskState peerDisk) {
        PeerDeviceSnapshot device = new PeerDeviceSnapshot(
                0, replication, peerDisk, "no", 0, 0, 0, 0, 0, 0, 0, 0, 0, "", false, 0, 0, Map.of());
        ConnectionSnapshot peer = new ConnectionSnapshot(
                1 - node, "peer", connection, Role.UNKNOWN, false, 118, "", "", List.of(), List.of(device), Map.of());
        VolumeSnapshot volume = new VolumeSnapshot(
                0,
                1,
                disk,
                0,
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
                "",
                -3,
                0,
                "yes",
                false,
                "",
                "",
                0,
                GenerationSnapshot.NONE,
                Map.of());
        views[node].update(new ResourceSnapshot(
                "r0", node, "n" + node, role, "no", "flush", 0, List.of(volume), List.of(peer), Map.of()));
    }

    /** Node 0 is Primary, both are connected and UpToDate. */
    void connected() {
        says(
                0,
                Role.PRIMARY,
                DiskState.UP_TO_DATE,
                ConnectionState.CONNECTED,
                ReplicationState.ESTABLISHED,
                DiskState.UP_TO_DATE);
        says(
                1,
                Role.SECONDARY,
                DiskState.UP_TO_DATE,
                ConnectionState.CONNECTED,
                ReplicationState.ESTABLISHED,
                DiskState.UP_TO_DATE);
    }

    void alone(int node, Role role) {
        says(node, role, DiskState.UP_TO_DATE, ConnectionState.CONNECTING, ReplicationState.OFF, DiskState.UNKNOWN);
    }
}
