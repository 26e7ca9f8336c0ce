package io.bsr.core;

import io.bsr.base.NodeId;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.Disk;
import io.bsr.core.generation.GenerationIdentifiers;
import io.bsr.core.generation.NewGeneration;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;
import io.bsr.wire.UuidFlags;
import io.bsr.wire.packet.CurrentUuid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The generation of a volume's data: when a new one is due, and its begin. */
final class VolumeGeneration {
    private final Volume volume;
    private final Resource resource;
    private boolean due;

    /** While there is no good disk here: what users see, and what it was before, until a peer has confirmed it. */
    private long exposed;

    private long unconfirmed;
    private boolean goneOn;

    /** A Primary without disk has used the data here; it may still be there, and come back. */
    private boolean served;

    VolumeGeneration(Volume volume, Resource resource) {
        this.volume = volume;
        this.resource = resource;
    }

    /** Before the next write a new generation begins. */
    void due() {
        due = true;
    }

    boolean isDue() {
        return due || (volume.usableDisk() == null && !goneOn);
    }

    long exposed() {
        return exposed;
    }

    /** True if users have written what no disk here got, since the good one was lost. */
    boolean wentOnWithoutDisk() {
        return goneOn;
    }

    /** The disk of this Primary is gone, or not good any more; it had the data that users have seen. */
    void goodDiskLost(long current) {
        due = false;
        goneOn = false;
        exposed = current;
        unconfirmed = 0;
    }

    /** This disk is the only one of a connected Primary. */
    void serves() {
        served = true;
    }

    /** True if users of a Primary without disk, which is out of contact, may go on with the data here later. */
    boolean usersElsewhere() {
        for (Connection c : resource.connections()) {
            if (c.connected()) {
                return false;
            }
        }
        return served || volume.crashedPrimary();
    }

    /** There is a good disk, which users see from now on. */
    void goodDiskGained() {
        exposed = 0;
        unconfirmed = 0;
        goneOn = false;
    }

    /**
     * Before the first write that a disk here does not get: the peers that store it begin a generation, so that this disk is
     * known to be behind when it comes back. They store that before the write. DRBD 8.4 begins one by itself when it hears of
     * the loss.
     */
    private void goOnWithoutDisk() {
        due = false;
        if (resource.role() != Role.PRIMARY || !volume.dataAccessible()) {
            return;
        }
        goneOn = true;
        long next = NewGeneration.usable(resource.entropy().nextLong()) | Superblock.UUID_PRIMARY;
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(volume);
            Session session = c.session();
            if (p != null
                    && session != null
                    && p.peerDisk() == DiskState.UP_TO_DATE
                    && c.protocol().primaryBeginsGenerationWithoutDisk()) {
                if (unconfirmed == 0) {
                    unconfirmed = exposed;
                }
                exposed = next;
                session.send(volume.number(), new CurrentUuid(next, 0));
            }
        }
        resource.log(
                Events.Level.WARN,
                volume.label(),
                "goes on with the disk of the peer alone, generation " + Long.toHexString(exposed));
    }

    /** While there is no disk here, an UpToDate peer tells its generation. */
    void peerHas(long current) {
        if (exposes(current)) {
            unconfirmed = 0;
        }
    }

    /** DRBD 8.4 has begun a generation because this Primary has no disk. */
    void peerBegan(long current) {
        exposed = current;
    }

    /** True if users here, who have no good disk, see the data of this generation. */
    boolean exposes(long current) {
        return exposed != 0 && GenerationIdentifiers.same(current, exposed);
    }

    /** False if a peer's data are not those that users here have seen. */
    boolean mayBeExposed(long current) {
        if (exposed == 0 || exposes(current)) {
            return true;
        }
        if (unconfirmed == 0 || !GenerationIdentifiers.same(current, unconfirmed)) {
            return false;
        }
        // The peer was lost before it had heard of the new generation, and so before any write that belongs to it.
        exposed = unconfirmed;
        unconfirmed = 0;
        goneOn = false;
        return true;
    }

    void notDue() {
        due = false;
    }

    /**
     * Begins a new generation if a peer that has a bitmap here is out of contact, or if {@code forced}. While users wait until
     * a peer is fenced, it remains due.
     */
    void begin(boolean forced) {
        if (!forced && resource.suspension().byFencing()) {
            due = true;
            return;
        }
        beginNow(forced);
    }

    /**
     * A lost peer is back before anybody knew what had become of it, and is not Primary: if it lacks blocks, the two
     * generations have to say so.
     */
    void peerIsBack() {
        if (partsFromAPeer()) {
            beginNow(false);
        }
    }

    private void beginNow(boolean forced) {
        Disk attached = volume.disk();
        if (volume.usableDisk() == null) {
            goOnWithoutDisk();
            return;
        }
        if (!next(forced) || attached == null) {
            return;
        }
        // A peer that followed a generation which a crash took from this disk would count as one that wrote alone.
        attached.writer().persist(durable -> {
            if (durable) {
                announceGeneration();
            }
        });
    }

    /**
     * Before this node becomes Secondary: a peer whose disk was lost with writes on their way, and after which nothing was
     * written here, would come back in the same generation as if it lacked nothing.
     */
    void endAsPrimary() {
        if (partsFromAPeer()) {
            begin(false);
        }
        due = false;
    }

    /** The data here are not those of a peer any more, and the generation does not say so yet. */
    private boolean partsFromAPeer() {
        return due && volume.usableDisk() != null && somebodyLacksBlocks();
    }

    private boolean somebodyLacksBlocks() {
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(volume);
            if (p != null && p.outOfSyncBlocks() > 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * As {@link #begin} when this node has just become Primary alone. A DRBD 8.4 tells by bit 0 of the former generation who was
     * Primary when the nodes parted, and so who is the younger one of two; bsr does not.
     */
    void beginAsPrimary(boolean forced) {
        Disk attached = volume.disk();
        if (attached != null
                && resource.connections().stream().anyMatch(c -> c.protocol().marksOlderPrimary())) {
            attached.superblock().currentUuid &= ~Superblock.UUID_PRIMARY;
        }
        begin(forced);
    }

    /** Begins a new generation in any case. It has yet to be stored, and no peer is told. */
    void force() {
        next(true);
    }

    /** A peer that is Primary goes on without its disk in this generation. */
    void follow(long current, Runnable then) {
        Disk attached = volume.disk();
        if (next(true, current) && attached != null) {
            attached.writer().persist(durable -> {
                if (durable) {
                    then.run();
                }
            });
        }
    }

    private boolean next(boolean forced) {
        return next(forced, resource.entropy().nextLong());
    }

    private boolean next(boolean forced, long current) {
        due = false;
        served &= resource.role() != Role.PRIMARY;
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
        Optional<GenerationIdentifiers> next =
                NewGeneration.begin(mine, others, resource.role() == Role.PRIMARY, forced, current);
        if (next.isEmpty()) {
            return false;
        }
        Generations.store(superblock, next.get(), resource.transferLog().dagtag());
        resource.log(Events.Level.INFO, volume.label(), "new generation " + Long.toHexString(superblock.currentUuid));
        return true;
    }

    private void announceGeneration() {
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
