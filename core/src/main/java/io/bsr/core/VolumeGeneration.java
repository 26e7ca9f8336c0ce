package io.bsr.core;

import io.bsr.base.NodeId;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.Disk;
import io.bsr.core.generation.GenerationIdentifiers;
import io.bsr.core.generation.NewGeneration;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;
import io.bsr.wire.UuidFlags;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The generation of a volume's data: when a new one is due, and its begin. */
final class VolumeGeneration {
    private final Volume volume;
    private final Resource resource;
    private boolean due;

    VolumeGeneration(Volume volume, Resource resource) {
        this.volume = volume;
        this.resource = resource;
    }

    /** Before the next write a new generation begins. */
    void due() {
        due = true;
    }

    boolean isDue() {
        return due;
    }

    void notDue() {
        due = false;
    }

    /** Begins a new generation if a peer that has a bitmap here is out of contact, or if {@code forced}. */
    void begin(boolean forced) {
        Disk attached = volume.disk();
        if (!next(forced) || attached == null) {
            return;
        }
        // A peer that followed a generation which a crash took from this disk would count as one that wrote alone.
        attached.writer().persist(durable -> {
            if (durable) {
                announce();
            }
        });
    }

    /** Begins a new generation in any case. It has yet to be stored, and no peer is told. */
    void force() {
        next(true);
    }

    private boolean next(boolean forced) {
        due = false;
        Disk attached = volume.disk();
        if (attached == null) {
            return false;
        }
        Superblock superblock = attached.superblock();
        List<NewGeneration.Other> others = new ArrayList<>();
        for (int node = 0; node < Superblock.PEERS; node++) {
            PeerEntry entry = superblock.peer(node);
            if (entry.hasSlot() || entry.has(PeerFlag.NODE_EXISTS)) {
                others.add(new NewGeneration.Other(
                        new NodeId(node), inContact(node), entry.has(PeerFlag.IN_PROGRESS_SYNC)));
            }
        }
        GenerationIdentifiers mine = Generations.of(superblock, resource.nodeId());
        Optional<GenerationIdentifiers> next = NewGeneration.begin(
                mine,
                others,
                resource.role() == Role.PRIMARY,
                forced,
                resource.entropy().nextLong());
        if (next.isEmpty()) {
            return false;
        }
        Generations.store(superblock, next.get(), resource.transferLog().dagtag());
        resource.log(Events.Level.INFO, volume.label(), "new generation " + Long.toHexString(superblock.currentUuid));
        return true;
    }

    private void announce() {
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(volume);
            if (p != null && c.connected() && p.replication().atLeast(ReplicationState.ESTABLISHED)) {
                p.sendIdentifiers(
                        UuidFlags.NEW_DATAGEN,
                        ~(resource.nodeId().mask() | c.peer().mask()));
            }
        }
    }

    private boolean inContact(int node) {
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(volume);
            if (c.peer().value() == node && p != null) {
                return NewGeneration.inContact(c.connected(), p.peerDisk(), p.replication(), false, false)
                        || (c.connected() && p.mirrors());
            }
        }
        return false;
    }
}
