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
        if (ports != null) throw new UnsupportedOperationException();
    }

    public String name() {
        return unbuilt();
    }

    public NodeId nodeId() {
        return unbuilt();
    }

    public Outcome setOptions(Map<String, String> options) {
        return unbuilt();
    }

    public Outcome newVolume(VolumeNumber volume, Minor minor, Map<String, String> options) {
        return unbuilt();
    }

    /** Removes a volume, which must be Diskless. */
    public Outcome deleteVolume(VolumeNumber volume) {
        return unbuilt();
    }

    public Outcome newPeer(NodeId peer, Map<String, String> netOptions) {
        return unbuilt();
    }

    public Outcome setNetOptions(NodeId peer, Map<String, String> netOptions) {
        return unbuilt();
    }

    public Outcome setPeerDeviceOptions(NodeId peer, VolumeNumber volume, Map<String, String> options) {
        return unbuilt();
    }

    public Outcome newPath(NodeId peer, Endpoint local, Endpoint remote) {
        return unbuilt();
    }

    public Outcome deletePath(NodeId peer, Endpoint local, Endpoint remote) {
        return unbuilt();
    }

    /** Removes a peer, whose connection must be StandAlone. */
    public Outcome deletePeer(NodeId peer) {
        return unbuilt();
    }

    /** Reads the metadata, replays the activity log if needed, and makes the disk usable. */
    public void attach(VolumeNumber volume, AttachRequest request, Reply reply) {
        unbuilt();
    }

    public Outcome setDiskOptions(VolumeNumber volume, Map<String, String> options) {
        return unbuilt();
    }

    public void detach(VolumeNumber volume, boolean force, Reply reply) {
        unbuilt();
    }

    /** Leaves StandAlone; the reply comes at once, the connection is made (and made again) in the background. */
    public void connect(NodeId peer, boolean discardMyData, boolean tentative, Reply reply) {
        unbuilt();
    }

    public void disconnect(NodeId peer, boolean force, Reply reply) {
        unbuilt();
    }

    public void primary(boolean force, Reply reply) {
        unbuilt();
    }

    public void secondary(Reply reply) {
        unbuilt();
    }

    /** Makes this node resync the whole volume from a peer ({@code null}: any that can be a source). */
    public void invalidate(VolumeNumber volume, @Nullable NodeId from, Reply reply) {
        unbuilt();
    }

    public void invalidateRemote(NodeId peer, VolumeNumber volume, Reply reply) {
        unbuilt();
    }

    public void outdate(VolumeNumber volume, Reply reply) {
        unbuilt();
    }

    public Outcome pauseSync(NodeId peer, VolumeNumber volume) {
        return unbuilt();
    }

    public Outcome resumeSync(NodeId peer, VolumeNumber volume) {
        return unbuilt();
    }

    /** Demotes, disconnects and detaches everything, then forgets volumes and peers. Refused while a volume is open. */
    public void down(Reply reply) {
        unbuilt();
    }

    /** The volume for frontends; {@code null} if there is no such volume. Stays the same object while it exists. */
    public @Nullable VolumePort port(VolumeNumber volume) {
        return unbuilt();
    }

    public ResourceSnapshot snapshot() {
        return unbuilt();
    }

    @SuppressWarnings({"TypeParameterUnusedInFormals", "ObjectToString"})
    private <T> T unbuilt() {
        throw new UnsupportedOperationException(String.valueOf(this));
    }
}
