package io.bsr.core;

import io.bsr.base.Minor;
import io.bsr.base.NodeId;
import io.bsr.base.VolumeNumber;
import io.bsr.base.error.Outcome;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.VolumePort;
import io.bsr.core.snapshot.ResourceSnapshot;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A replicated resource on this node. All methods are called on its event loop; maps hold option names and plain values
 * as {@link io.bsr.core.option} reads them.
 */
public final class Resource {
    public Resource(String name, NodeId self, Map<String, String> options, CorePorts ports) {
        throw new UnsupportedOperationException();
    }

    public String name() {
        throw new UnsupportedOperationException();
    }

    public NodeId nodeId() {
        throw new UnsupportedOperationException();
    }

    public Outcome setOptions(Map<String, String> options) {
        throw new UnsupportedOperationException();
    }

    public Outcome newVolume(VolumeNumber volume, Minor minor, Map<String, String> options) {
        throw new UnsupportedOperationException();
    }

    /** Removes a volume, which must be Diskless. */
    public Outcome deleteVolume(VolumeNumber volume) {
        throw new UnsupportedOperationException();
    }

    public Outcome newPeer(NodeId peer, Map<String, String> netOptions) {
        throw new UnsupportedOperationException();
    }

    public Outcome setNetOptions(NodeId peer, Map<String, String> netOptions) {
        throw new UnsupportedOperationException();
    }

    public Outcome setPeerDeviceOptions(NodeId peer, VolumeNumber volume, Map<String, String> options) {
        throw new UnsupportedOperationException();
    }

    public Outcome newPath(NodeId peer, Endpoint local, Endpoint remote) {
        throw new UnsupportedOperationException();
    }

    public Outcome deletePath(NodeId peer, Endpoint local, Endpoint remote) {
        throw new UnsupportedOperationException();
    }

    /** Removes a peer, whose connection must be StandAlone. */
    public Outcome deletePeer(NodeId peer) {
        throw new UnsupportedOperationException();
    }

    /** Reads the metadata, replays the activity log if needed, and makes the disk usable. */
    public void attach(VolumeNumber volume, AttachRequest request, Reply reply) {
        throw new UnsupportedOperationException();
    }

    public Outcome setDiskOptions(VolumeNumber volume, Map<String, String> options) {
        throw new UnsupportedOperationException();
    }

    public void detach(VolumeNumber volume, boolean force, Reply reply) {
        throw new UnsupportedOperationException();
    }

    /** Leaves StandAlone; the reply comes at once, the connection is made (and made again) in the background. */
    public void connect(NodeId peer, boolean discardMyData, boolean tentative, Reply reply) {
        throw new UnsupportedOperationException();
    }

    public void disconnect(NodeId peer, boolean force, Reply reply) {
        throw new UnsupportedOperationException();
    }

    public void primary(boolean force, Reply reply) {
        throw new UnsupportedOperationException();
    }

    public void secondary(Reply reply) {
        throw new UnsupportedOperationException();
    }

    /** Makes this node resync the whole volume from a peer ({@code null}: any that can be a source). */
    public void invalidate(VolumeNumber volume, @Nullable NodeId from, Reply reply) {
        throw new UnsupportedOperationException();
    }

    public void invalidateRemote(NodeId peer, VolumeNumber volume, Reply reply) {
        throw new UnsupportedOperationException();
    }

    public void outdate(VolumeNumber volume, Reply reply) {
        throw new UnsupportedOperationException();
    }

    public Outcome pauseSync(NodeId peer, VolumeNumber volume) {
        throw new UnsupportedOperationException();
    }

    public Outcome resumeSync(NodeId peer, VolumeNumber volume) {
        throw new UnsupportedOperationException();
    }

    /** Demotes, disconnects and detaches everything, then forgets volumes and peers. Refused while a volume is open. */
    public void down(Reply reply) {
        throw new UnsupportedOperationException();
    }

    /** The volume for frontends; {@code null} if there is no such volume. Stays the same object while it exists. */
    public @Nullable VolumePort port(VolumeNumber volume) {
        throw new UnsupportedOperationException();
    }

    public ResourceSnapshot snapshot() {
        throw new UnsupportedOperationException();
    }
}
