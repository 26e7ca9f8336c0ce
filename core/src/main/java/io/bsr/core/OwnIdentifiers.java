package io.bsr.core;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.Disk;
import io.bsr.core.generation.GenerationIdentifiers;
import io.bsr.core.generation.ToldHistory;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;
import io.bsr.wire.UuidFlags;
import io.bsr.wire.packet.Uuids110;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What this node tells a peer of the generation of its data (wire-protocol reference, sections 7.4 and 8.2). */
final class OwnIdentifiers {
    private final PeerDevice peerDevice;
    private final Resource resource;

    OwnIdentifiers(PeerDevice peerDevice, Resource resource) {
        this.peerDevice = peerDevice;
        this.resource = resource;
    }

    /** Sends this node's identifiers with additional {@link UuidFlags}. */
    void send(long extraFlags, long weakNodes) {
        Session session = peerDevice.connection().session();
        if (session == null) {
            return;
        }
        Uuids110 packet = identifiers(extraFlags, weakNodes);
        session.protocol.sendIdentifiers(peerDevice, session, packet);
        if (packet != null) {
            peerDevice.sentIdentifiers = packet;
        }
    }

    private @Nullable Uuids110 identifiers(long extraFlags, long weakNodes) {
        Disk disk = peerDevice.volume().disk();
        PeerEntry entry = peerDevice.entry();
        if (disk == null || entry == null || peerDevice.volume().diskState().compareTo(DiskState.NEGOTIATING) < 0) {
            return null;
        }
        Superblock superblock = disk.superblock();
        long mask = 0;
        List<Long> bitmaps = new ArrayList<>();
        for (int node = 0; node < Superblock.PEERS; node++) {
            if (superblock.peer(node).hasSlot()) {
                mask |= 1L << node;
                long uuid = superblock.peer(node).bitmapUuid;
                boolean differs = node == peerDevice.connection().peer().value()
                        && peerDevice.peerIdentifiers != null
                        && !GenerationIdentifiers.same(peerDevice.peerIdentifiers.current(), superblock.currentUuid);
                bitmaps.add(uuid == 0 && differs ? Uuids110.DIFFERENT_DATA : uuid);
            }
        }
        boolean stable = stable();
        return Uuids110.of(
                superblock.currentUuid,
                peerDevice.outOfSyncBlocks(),
                flags(entry, stable) | extraFlags,
                stable ? weakNodes : authoritativeNodes(),
                mask,
                bitmaps,
                told(superblock));
    }

    private List<Long> told(Superblock superblock) {
        Session session = peerDevice.connection().session();
        Uuids110 theirs = peerDevice.lastIdentifiers();
        return session == null || theirs == null || session.protocol.tellsWholeHistory()
                ? Generations.history(superblock)
                : ToldHistory.inOrder(
                        Generations.of(superblock, resource.nodeId()),
                        Generations.report(peerDevice.connection().peer(), theirs)
                                .identifiers());
    }

    private long flags(PeerEntry entry, boolean stable) {
        long flags = 0;
        if (peerDevice.discardMyData) {
            flags |= UuidFlags.DISCARD_MY_DATA;
        }
        // What a crashed Primary had alone does not count any more if its data are known to be old: the peer must be
        // source.
        if (peerDevice.volume().crashedPrimary()
                && peerDevice.volume().diskState() != DiskState.OUTDATED
                && entry.has(PeerFlag.CRASHED_PRIMARY_WORK_PENDING)
                && peerDevice.replication() != ReplicationState.SYNC_SOURCE) {
            flags |= UuidFlags.CRASHED_PRIMARY;
        }
        if (peerDevice.volume().diskState() == DiskState.INCONSISTENT) {
            flags |= UuidFlags.INCONSISTENT;
        }
        if (stable) {
            flags |= UuidFlags.STABLE;
        }
        if (peerDevice.comparedBefore) {
            flags |= UuidFlags.RECONNECT;
        }
        if (entry.has(PeerFlag.IN_PROGRESS_SYNC)) {
            flags |= UuidFlags.IN_PROGRESS_SYNC;
        }
        if (entry.has(PeerFlag.INIT_SYNCT_BEGIN)) {
            flags |= UuidFlags.INIT_SYNCT_BEGIN;
        }
        if (entry.has(PeerFlag.PRIMARY_IO_ERROR)) {
            flags |= UuidFlags.PRIMARY_IO_ERROR;
        }
        return flags;
    }

    /** Whether this node's data can be relied on now (wire-protocol reference, section 8.9). */
    private boolean stable() {
        if (resource.role() == Role.PRIMARY) {
            return true;
        }
        for (Connection c : resource.connections()) {
            PeerDevice other = c.peerDevice(peerDevice.volume());
            if (c.peerRole() == Role.PRIMARY || (other != null && unstable(other.replication()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean unstable(ReplicationState state) {
        return state == ReplicationState.BEHIND
                || state == ReplicationState.WF_BITMAP_T
                || state == ReplicationState.SYNC_TARGET
                || state == ReplicationState.PAUSED_SYNC_T;
    }

    /** On whose data an unstable node relies: the Primary neighbours, or the node it is syncing from. */
    private long authoritativeNodes() {
        long mask = 0;
        for (Connection c : resource.connections()) {
            PeerDevice other = c.peerDevice(peerDevice.volume());
            if (c.peerRole() == Role.PRIMARY || (other != null && unstable(other.replication()))) {
                mask |= c.peer().mask();
            }
        }
        return mask;
    }
}
