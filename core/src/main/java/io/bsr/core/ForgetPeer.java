package io.bsr.core;

import io.bsr.base.NodeId;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.Disk;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;
import java.util.ArrayList;
import java.util.List;

/**
 * Frees the bitmap slots of a peer that will not come back (metadata reference, section 3.4).
 *
 * <p>If it does come back, it must not be taken for equal: while it had no slot nobody kept account of what it lacks. So
 * its entry keeps, unlike bsr's, that the node exists. Then a Primary begins a new generation before its next write and
 * notes from which on the peer lacks data; and {@link Disk#allocateSlot} marks everything if there is anything to fear.
 */
final class ForgetPeer {
    private final Resource resource;

    ForgetPeer(Resource resource) {
        this.resource = resource;
    }

    void forget(NodeId peer, Reply reply) {
        if (peer.equals(resource.nodeId())) {
            reply.refuse(ErrorCode.INVALID_PEER_NODE_ID, "node-id " + peer + " is this node");
            return;
        }
        Connection connection = resource.connection(peer);
        if (connection != null && connection.state() != ConnectionState.STANDALONE) {
            reply.refuse(ErrorCode.NET_CONFIGURED, "the connection is " + connection.state() + "; disconnect it first");
            return;
        }
        List<Disk> disks = new ArrayList<>();
        for (Volume volume : resource.volumes()) {
            Disk disk = volume.disk();
            if (volume.diskState() == DiskState.ATTACHING || volume.diskState() == DiskState.DETACHING) {
                reply.refuse(
                        ErrorCode.IN_TRANSIENT_STATE, "the disk of " + volume.label() + " is " + volume.diskState());
                return;
            }
            if (disk != null && disk.superblock().peer(peer.value()).hasSlot()) {
                disks.add(disk);
            }
        }
        if (disks.isEmpty()) {
            reply.refuse(ErrorCode.INVALID_PEER_NODE_ID, "no attached disk has a bitmap for node-id " + peer);
            return;
        }
        int[] open = {disks.size()};
        boolean[] durable = {true};
        for (Disk disk : disks) {
            disk.freeSlot(peer.value());
        }
        for (Volume volume : resource.volumes()) {
            Disk disk = volume.disk();
            if (disk != null && disks.contains(disk) && resource.role() == Role.PRIMARY) {
                volume.generation().due();
            }
        }
        resource.log(Events.Level.INFO, resource.name(), "node " + peer + " is forgotten");
        resource.changed();
        for (Disk disk : disks) {
            disk.writer().persist(written -> {
                durable[0] &= written;
                if (--open[0] == 0) {
                    reply.done(
                            durable[0]
                                    ? Outcome.OK
                                    : Outcome.of(ErrorCode.META_IO_ERROR, "a superblock could not be written"));
                }
            });
        }
    }

    /** True if some node that the disk knows does not get the writes of this node, or may lack some. */
    static boolean somebodyLacksWrites(Resource resource, Volume volume) {
        Disk disk = volume.disk();
        if (disk == null) {
            return false;
        }
        for (int node = 0; node < Superblock.PEERS; node++) {
            Connection c = resource.connection(new NodeId(node));
            boolean known = disk.superblock().peer(node).hasSlot()
                    || disk.superblock().peer(node).has(PeerFlag.NODE_EXISTS);
            if (known && (c == null || !c.peerUpToDate(volume))) {
                return true;
            }
        }
        return false;
    }
}
