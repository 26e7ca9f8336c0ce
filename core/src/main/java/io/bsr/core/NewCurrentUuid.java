package io.bsr.core;

import io.bsr.base.VolumeNumber;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.core.disk.Disk;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.Superblock;
import io.bsr.wire.UuidFlags;
import io.bsr.wire.packet.Uuids110;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A new generation by command (state-machine reference, section 7.5; features reference, section 5.2).
 *
 * <p>The order on disk when the bitmap is to be cleared: first the new identifiers beside the old bits, then the cleared
 * bits. A crash in between leaves more marked than was asked for. The other order would leave old identifiers beside an
 * empty bitmap, and the next resync would pass over what differs. Where the first resync is skipped, both go in one step
 * with the flags that say UpToDate: just created metadata get a full resync whatever their bitmap says, but new
 * identifiers beside "Inconsistent" would leave two nodes that neither can be the source.
 */
final class NewCurrentUuid {
    private static final long CHECK_NANOS = 10_000_000L;
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private final Resource resource;
    private final TakingDown takingDown;

    NewCurrentUuid(Resource resource, TakingDown takingDown) {
        this.resource = resource;
        this.takingDown = takingDown;
    }

    /**
     * Begins it.
     *
     * @param clearBitmap the data here and there count as equal: with a connected peer both of whose disks are just
     *     created, both become UpToDate without a resync; without a peer, only what is written from now on is sent later
     * @param rotate bitmap identifiers go to the history, and the present generation takes their place; otherwise they
     *     stay, as if this node had written
     */
    void begin(VolumeNumber number, boolean clearBitmap, boolean rotate, Reply reply) {
        Volume volume = resource.volume(number);
        if (volume == null) {
            reply.refuse(ErrorCode.MINOR_UNKNOWN, "there is no volume " + number);
            return;
        }
        if (takingDown.inProgress()) {
            reply.refuse(ErrorCode.IN_TRANSIENT_STATE, TakingDown.IN_PROGRESS);
            return;
        }
        Outcome refusal = refusal(volume, clearBitmap);
        if (refusal != null) {
            reply.done(refusal);
        } else if (!clearBitmap) {
            rotate(volume, rotate, false, reply);
        } else if (volume.requests().heldForCommand()) {
            reply.refuse(ErrorCode.IN_TRANSIENT_STATE, "another command clears the bitmap of " + volume.label());
        } else {
            // A write in flight has its blocks marked, and they must stay so.
            volume.requests().holdForCommand(true);
            Reply ending = outcome -> {
                volume.requests().holdForCommand(false);
                reply.done(outcome);
            };
            whenQuiet(volume, resource.now() + PATIENCE_NANOS, rotate, ending);
        }
    }

    private void whenQuiet(Volume volume, long deadline, boolean rotate, Reply reply) {
        Outcome refusal = refusal(volume, true);
        if (refusal != null) {
            reply.done(refusal);
        } else if (volume.requests().nothingBegun() && volume.peerWrites().quiet()) {
            rotate(volume, rotate, true, reply);
        } else if (resource.now() >= deadline) {
            reply.refuse(
                    ErrorCode.IN_TRANSIENT_STATE,
                    "requests on " + volume.label() + " have not ended within 10 s; the disk may stand still");
        } else {
            resource.timers().schedule(CHECK_NANOS, () -> whenQuiet(volume, deadline, rotate, reply));
        }
    }

    private @Nullable Outcome refusal(Volume volume, boolean clearBitmap) {
        Disk disk = volume.usableDisk();
        if (disk == null) {
            return Outcome.of(ErrorCode.NO_DISK, "the disk of " + volume.label() + " is " + volume.diskState());
        }
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(volume);
            if (p == null || c.state() != ConnectionState.CONNECTED) {
                continue;
            }
            if (p.handshaking() || resource.clusterChange().running()) {
                return Outcome.of(ErrorCode.IN_TRANSIENT_STATE, c.label() + " is exchanging identifiers");
            }
            if (!clearBitmap || !initialSyncCanBeSkipped(p, disk)) {
                return Outcome.of(
                        ErrorCode.NEED_STANDALONE,
                        "the peer follows this node's generation: disconnect it first."
                                + (clearBitmap
                                        ? " Only if the metadata of both nodes are just created, the first resync can be"
                                                + " skipped while they are connected"
                                        : ""));
            }
        }
        return null;
    }

    private static boolean initialSyncCanBeSkipped(PeerDevice p, Disk disk) {
        return p.replication() == ReplicationState.ESTABLISHED
                && disk.superblock().currentUuid == Superblock.UUID_JUST_CREATED
                && p.peerIdentifiers != null
                && p.peerIdentifiers.current() == Superblock.UUID_JUST_CREATED;
    }

    private void rotate(Volume volume, boolean rotate, boolean clearBitmap, Reply reply) {
        Disk disk = volume.disk();
        if (disk == null) {
            reply.refuse(ErrorCode.NO_DISK, "the disk of " + volume.label() + " is gone");
            return;
        }
        if (rotate) {
            for (int node = 0; node < Superblock.PEERS; node++) {
                disk.superblock().setBitmapUuid(node, 0, 0);
            }
        }
        List<PeerDevice> skipping = new ArrayList<>();
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(volume);
            if (p != null && c.state() == ConnectionState.CONNECTED) {
                skipping.add(p);
            }
        }
        volume.generation().force();
        if (!skipping.isEmpty()) {
            clear(volume, disk, skipping, reply);
            return;
        }
        disk.writer().persist(durable -> {
            if (!durable) {
                reply.refuse(ErrorCode.META_IO_ERROR, "the new identifiers could not be written");
            } else if (clearBitmap) {
                clear(volume, disk, skipping, reply);
            } else {
                reply.done(Outcome.OK);
            }
        });
    }

    private void clear(Volume volume, Disk disk, List<PeerDevice> skipping, Reply reply) {
        for (int node = 0; node < Superblock.PEERS; node++) {
            PeerEntry entry = disk.superblock().peer(node);
            if (entry.hasSlot()) {
                disk.bitmap().clearAll(entry.bitmapIndex);
            }
        }
        if (!skipping.isEmpty()) {
            disk.superblock().set(DeviceFlag.CONSISTENT | DeviceFlag.WAS_UP_TO_DATE, true);
        }
        disk.writer().persist(durable -> {
            if (!durable || volume.disk() != disk) {
                reply.refuse(ErrorCode.META_IO_ERROR, "the cleared bitmap could not be written");
                return;
            }
            if (!skipping.isEmpty()) {
                skipInitialSync(volume, skipping);
            }
            reply.done(Outcome.OK);
        });
    }

    /** Everything is on disk here: the peer may take it over. If it was lost meanwhile, it will get a full resync. */
    private void skipInitialSync(Volume volume, List<PeerDevice> peers) {
        StateChange change =
                StateChange.imposed(resource, "the first resync is skipped").disk(volume, DiskState.UP_TO_DATE);
        for (PeerDevice p : peers) {
            if (p.connection().connected() && p.replication() == ReplicationState.ESTABLISHED) {
                p.sendIdentifiers(UuidFlags.SKIP_INITIAL_SYNC, 0);
                change.peerDisk(p, DiskState.UP_TO_DATE);
            }
        }
        change.commit();
    }

    /** The peer skips the first resync: its generation is that of the disk here, too. False if that cannot be. */
    static boolean follow(PeerDevice p, Uuids110 uuids, Disk disk) {
        Superblock superblock = disk.superblock();
        Volume volume = p.volume();
        Resource resource = p.connection().resource();
        boolean possible = (uuids.flags() & UuidFlags.SKIP_INITIAL_SYNC) != 0
                && p.replication() == ReplicationState.ESTABLISHED
                && superblock.currentUuid == Superblock.UUID_JUST_CREATED
                && volume.diskState() == DiskState.INCONSISTENT
                && (uuids.current() & ~Superblock.UUID_PRIMARY) != 0
                && uuids.current() != Superblock.UUID_JUST_CREATED;
        if (!possible) {
            return false;
        }
        Generations.skipInitialSync(
                superblock, resource.nodeId(), Generations.report(p.connection().peer(), uuids));
        for (int node = 0; node < Superblock.PEERS; node++) {
            PeerEntry entry = superblock.peer(node);
            if (entry.hasSlot()) {
                disk.bitmap().clearAll(entry.bitmapIndex);
            }
        }
        superblock.set(DeviceFlag.CONSISTENT | DeviceFlag.WAS_UP_TO_DATE, true);
        disk.writer().persist(durable -> {
            if (!durable || volume.disk() != disk || volume.diskState() != DiskState.INCONSISTENT) {
                return;
            }
            StateChange change = StateChange.imposed(resource, "the peer skips the first resync")
                    .disk(volume, DiskState.UP_TO_DATE);
            if (p.replication() == ReplicationState.ESTABLISHED) {
                change.peerDisk(p, DiskState.UP_TO_DATE);
            }
            change.commit();
        });
        return true;
    }
}
