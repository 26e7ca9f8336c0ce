package io.bsr.core;

import io.bsr.base.port.Errno;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.Disk;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.Superblock;
import org.jspecify.annotations.Nullable;

/**
 * Gives a volume another size on this node (activity-log reference, section 4.8; wire-protocol reference, section 15.6).
 *
 * <p>What a volume grew by is different on the nodes until it is resynchronised, and so it is marked in the same step that
 * makes the new size durable. A mark alone could be forgotten: two nodes of one generation that are both UpToDate take it
 * for a remainder. Therefore in that same step
 *
 * <ul>
 *   <li>the source begins a new generation, which says that nobody else has these data, and
 *   <li>the target becomes Inconsistent.
 * </ul>
 *
 * Each of the two is enough: whichever node crashes before the new size is on its disk, the comparison of generations at
 * the next connect lets the right one be source, and the one that is still smaller follows ({@link #follow}).
 */
final class VolumeResize {
    /** What a node does with the new space. */
    enum Part {
        SOURCE,
        TARGET
    }

    /** Told when the size is durable, or will never be. */
    interface Done {
        void done(boolean durable);
    }

    private final Volume volume;
    private final Resource resource;
    private boolean running;

    VolumeResize(Volume volume, Resource resource) {
        this.volume = volume;
        this.resource = resource;
    }

    /** True while a size is being made durable. */
    boolean running() {
        return running;
    }

    /**
     * Changes the size. Users see a larger one when it is durable; what peers send may lie in it from now on.
     *
     * @param next where the metadata belong
     * @param limit of the administrator, in sectors, 0 for none
     * @param assumeClean nothing needs to be resynchronised but the place that the metadata leave
     */
    void apply(Disk disk, MetadataLayout next, long sectors, long limit, Part part, boolean assumeClean, Done done) {
        long former = volume.sectors();
        MetadataLayout left = disk.layout();
        running = true;
        volume.agree(sectors);
        disk.resize(
                next,
                sectors,
                limit,
                () -> {
                    if (sectors > former && mark(disk, former, sectors, left, assumeClean) && part == Part.SOURCE) {
                        beginGeneration(disk.superblock());
                    }
                },
                durable -> {
                    running = false;
                    if (durable) {
                        volume.resized(sectors);
                        if (sectors != former) {
                            resource.log(
                                    Events.Level.INFO,
                                    volume.label(),
                                    "size is " + sectors + " sectors now (was " + former + ")");
                        }
                    }
                    done.done(durable);
                    volume.resyncReadsWaitedForSize();
                });
    }

    /**
     * One of both disks is Inconsistent, and its resync has not begun, as right after a forced promotion. A resync of the new
     * space alone would end with that disk UpToDate.
     */
    static boolean resyncDue(PeerDevice p) {
        return p.replication() == ReplicationState.ESTABLISHED
                && (p.peerDisk() == DiskState.INCONSISTENT || p.volume().diskState() == DiskState.INCONSISTENT);
    }

    /** The new space is durable, but a resync came due meanwhile: a handshake decides about all of the volume. */
    static void compareAnew(PeerDevice p) {
        p.connection()
                .failAndRetry(
                        "the volume grew, and a disk became Inconsistent meanwhile: generations are compared anew");
    }

    static String whyResyncDue(PeerDevice p) {
        boolean mine = p.volume().diskState() == DiskState.INCONSISTENT;
        return "the disk of " + (mine ? p.volume().label() : p.label())
                + " is Inconsistent; let it be resynchronised first";
    }

    /** Marks what is new for every peer; false if nothing has to be. */
    private static boolean mark(Disk disk, long former, long sectors, MetadataLayout left, boolean assumeClean) {
        long from = former;
        long end = sectors;
        if (assumeClean) {
            // Former metadata are never equal on two nodes, whatever the administrator assumes of the rest.
            long metadataEnd = (left.superblockOffset() + Superblock.BYTES) >>> 9;
            from = left.placement().internal() ? Math.max(former, left.firstByte() >>> 9) : end;
            end = Math.min(end, metadataEnd);
        }
        if (from >= end) {
            return false;
        }
        for (int node = 0; node < Superblock.PEERS; node++) {
            PeerEntry entry = disk.superblock().peer(node);
            if (entry.hasSlot()) {
                disk.setOutOfSync(entry.bitmapIndex, from, end);
            }
        }
        return true;
    }

    private void beginGeneration(Superblock superblock) {
        if (alone(superblock)) {
            return;
        }
        long peers = 0;
        for (int node = 0; node < Superblock.PEERS; node++) {
            if (superblock.peer(node).hasSlot()) {
                peers |= 1L << node;
            }
        }
        long former = superblock.currentUuid;
        if (peers == 0 || former == Superblock.UUID_JUST_CREATED) {
            return;
        }
        long made = resource.entropy().nextLong() & ~(Superblock.UUID_PRIMARY | Superblock.UUID_JUST_CREATED);
        long next = made == 0 ? Superblock.UUID_JUST_CREATED << 1 : made;
        boolean primary = resource.role() == Role.PRIMARY;
        long taken = superblock.rotate(
                primary ? next | Superblock.UUID_PRIMARY : next,
                peers,
                resource.transferLog().dagtag());
        if (taken == 0) {
            superblock.pushHistory(former);
        }
        resource.log(
                Events.Level.INFO,
                volume.label(),
                "new generation " + Long.toHexString(superblock.currentUuid) + " with the new size");
    }

    /**
     * True if the present generation is not that of any peer, and a peer could lose sight of a further one: DRBD 8.4 is told
     * of two former generations only.
     */
    private boolean alone(Superblock superblock) {
        boolean any = false;
        for (Connection c : resource.connections()) {
            if (!c.protocol().resyncsDifferentGenerationsOnly()
                    || superblock.peer(c.peer().value()).bitmapUuid == 0) {
                return false;
            }
            any = true;
        }
        return any;
    }

    // ------------------------------------------------------------------------------------------------ resync

    /** The new space is durable here: it is sent to this peer, which was told of it. */
    void beginAsSource(PeerDevice p, boolean assumeClean) {
        Session session = p.connection().session();
        if (session == null || p.replication() != ReplicationState.ESTABLISHED) {
            return;
        }
        session.send(volume.number(), InitialExchange.sizes(volume));
        if (p.outOfSyncBlocks() == 0 || p.peerDisk().compareTo(DiskState.INCONSISTENT) < 0) {
            return;
        }
        if (resyncDue(p)) {
            compareAnew(p);
            return;
        }
        p.sendIdentifiers(0, 0);
        if (assumeClean) {
            resource.considerLeftovers(p);
            return;
        }
        p.resyncSource().bitmapReceived();
        StateChange.imposed(resource, "the volume grew")
                .replication(p, ReplicationState.SYNC_SOURCE)
                .peerDisk(p, DiskState.INCONSISTENT)
                .commit();
    }

    /** The new space comes from this peer. Called when the change has been asked of the disk: it is stored with it. */
    void beginAsTarget(PeerDevice p, boolean assumeClean) {
        if (p.replication() != ReplicationState.ESTABLISHED
                || p.peerDisk() != DiskState.UP_TO_DATE
                || assumeClean
                || resyncDue(p)) {
            return;
        }
        // Both have marked the same blocks, so there is no exchange of bitmaps.
        p.resyncTarget().exchangeCompleted();
        StateChange.imposed(resource, "the volume grew")
                .replication(p, ReplicationState.SYNC_TARGET)
                .disk(volume, DiskState.INCONSISTENT)
                .commit();
    }

    // ------------------------------------------------------------------------------------------------ at connect

    /** The peer's volume is larger than the disk here was when it was last looked at: it may have grown since. */
    void makeRoom(PeerDevice p) {
        Disk disk = volume.disk();
        Session session = p.connection().session();
        if (disk == null || session == null || running) {
            return;
        }
        running = true;
        disk.remeasure(errno -> {
            running = false;
            if (volume.disk() != disk) {
                retry(p, session, "the disk was detached while it was measured");
                return;
            }
            MetadataLayout next = errno == Errno.OK ? roomFor(disk, p.peerCurrentSectors) : null;
            if (next != null) {
                apply(disk, next, volume.sectors(), disk.limit(), Part.TARGET, true, durable -> {
                    retry(p, session, "the disk has grown: sizes are compared anew");
                });
            } else if (session.alive) {
                p.connection()
                        .giveUp("the peer's volume has " + p.peerCurrentSectors + " sectors, the disk here offers "
                                + disk.sectors() + ". Enlarge it");
            }
        });
    }

    /** A DRBD 8.4 has a larger volume than the disk here was when it was last looked at: takes more room if there is some. */
    void lookForRoom(PeerDevice p) {
        Disk disk = volume.disk();
        Session session = p.connection().session();
        if (disk == null || session == null || running) {
            return;
        }
        disk.remeasure(errno -> {
            MetadataLayout next = errno == Errno.OK && volume.disk() == disk && !running ? roomFor(disk, 0) : null;
            if (next != null && disk.sectorsWith(next) > disk.sectors()) {
                apply(disk, next, volume.sectors(), disk.limit(), Part.TARGET, true, durable -> {
                    retry(p, session, "the disk has grown: sizes are compared anew");
                });
            }
        });
    }

    private static void retry(PeerDevice p, Session session, String reason) {
        if (session.alive) {
            p.connection().failAndRetry(reason);
        }
    }

    private static @Nullable MetadataLayout roomFor(Disk disk, long sectors) {
        try {
            MetadataLayout next = disk.layoutFor(disk.layout().ring());
            long limited = disk.limit() == 0 ? disk.sectorsWith(next) : Math.min(disk.limit(), disk.sectorsWith(next));
            return limited >= sectors ? next : null;
        } catch (MetadataException e) {
            return null;
        }
    }

    /**
     * At connect the peer's volume is larger, and the disk here has room: this node missed a resize. It follows, then the
     * connection is made anew, for the generations and bitmaps that were told do not speak of the new space.
     *
     * <p>DRBD 8.4 grows at every connect by itself, if both disks have room.
     *
     * @param next what the comparison of generations has decided
     * @return true if it follows; nothing else must be done with the connection
     */
    boolean follow(PeerDevice p, ReplicationState next, Role peerRole, DiskState peerDisk) {
        Disk disk = volume.disk();
        if (disk == null) {
            return false;
        }
        long larger = p.connection().protocol().currentSizeBinds() ? p.peerCurrentSectors : bothHave(p, disk);
        // Nobody has relied on the peer's either: then it has taken the smaller size, which this node told it.
        boolean peerShrinks = p.connection().protocol().currentSizeBinds()
                && volume.fresh()
                && peerDisk.compareTo(DiskState.OUTDATED) < 0;
        if (larger <= volume.sectors() || peerShrinks) {
            return false;
        }
        if (running) {
            return true;
        }
        if (larger > disk.sectors()) {
            return false;
        }
        boolean better = peerRole != Role.PRIMARY
                && (peerDisk.compareTo(volume.diskState()) < 0 || (peerDisk == volume.diskState() && leads(p)));
        boolean source = next == ReplicationState.ESTABLISHED
                ? resource.role() == Role.PRIMARY || better
                : StateRules.sourceSide(next);
        Part part = source && volume.diskState() == DiskState.UP_TO_DATE ? Part.SOURCE : Part.TARGET;
        resource.log(
                Events.Level.INFO,
                p.label(),
                "the peer's volume has " + larger + " sectors: follows, as "
                        + (part == Part.SOURCE ? "source" : "target") + " of the new space");
        Session session = p.connection().session();
        apply(disk, disk.layout(), larger, disk.limit(), part, false, durable -> {
            if (durable && session != null && session.alive) {
                p.connection()
                        .fail(ConnectionState.NETWORK_FAILURE, "the size has changed: generations are compared anew");
            }
        });
        if (part == Part.TARGET && volume.diskState().compareTo(DiskState.INCONSISTENT) > 0) {
            StateChange.imposed(resource, "the new space is not resynchronised")
                    .disk(volume, DiskState.INCONSISTENT)
                    .commit();
        }
        return true;
    }

    /** True if, of two equal Secondaries that both grow now, this one is to be the source. */
    private boolean leads(PeerDevice p) {
        Session session = p.connection().session();
        if (session == null || p.connection().protocol().currentSizeBinds()) {
            return false;
        }
        return p.peerCurrentSectors == volume.sectors()
                ? session.resolvesConflicts
                : p.peerCurrentSectors < volume.sectors();
    }

    /** What a DRBD 8.4 takes for the size when it knows both disks. */
    private long bothHave(PeerDevice p, Disk disk) {
        if (p.peerSectors == 0) {
            return 0;
        }
        long both = Math.min(disk.sectors(), p.peerSectors);
        return p.peerLimit == 0 ? both : Math.min(both, p.peerLimit);
    }
}
