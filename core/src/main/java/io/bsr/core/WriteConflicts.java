package io.bsr.core;

import io.bsr.core.disk.Disk;
import io.bsr.core.resync.RangeLocks;
import io.bsr.core.resync.RangeNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Two Primaries: the writes of this node's users against those of the peer's (wire-protocol reference, section 10.6), so
 * that both disks get overlapping ones in the same order. Used only where the connection allows two Primaries.
 *
 * <ul>
 *   <li>A write of a user is not dispatched while a received write of the peer to the range is not on the disk.
 *   <li>A received write waits for the dispatched ones that it overlaps, until their users are answered.
 *   <li>Where each side sent its own before it had the other's, the node that resolves conflicts throws the received one
 *       away ({@link WriteArbiter}). The other node then has it on its own disk only: it lets the peer's write pass, and
 *       writes its own once more. One that the peer's covers ends there.
 * </ul>
 *
 * <p>A write that was thrown away keeps its extents in the activity log and its place among the writes until it has been
 * repeated: where the disks differ meanwhile is covered by that.
 */
final class WriteConflicts {
    /**
     * The peer's write is on its way, and what it threw away goes on after it. A DRBD 8.4 can throw a write away for one that
     * had arrived before it: then nothing comes.
     */
    private static final long PATIENCE_NANOS = 100_000_000L;

    private static final long CHECK_NANOS = 10_000_000L;

    private final Volume volume;
    private final Resource resource;
    private final UserWrites users;
    private final RangeLocks writes;

    /**
     * @param writes of this volume's users, each until its user is answered
     */
    WriteConflicts(Volume volume, Resource resource, UserWrites users, RangeLocks writes) {
        this.volume = volume;
        this.resource = resource;
        this.users = users;
        this.writes = writes;
    }

    // ------------------------------------------------------------------------------------------------ received writes

    private boolean found;
    private int wanted;
    private long before;

    private final RangeLocks.Visitor inTheWay = this::noteInTheWay;

    private void noteInTheWay(RangeNode node) {
        WriteRequest write = (WriteRequest) node;
        found |= write.dispatched && (write.thrownAwayBy == null || write.localPending);
    }

    /** True if a received write of this range has to wait for writes of users. */
    boolean standInTheWay(long startSector, long endSector) {
        found = false;
        writes.forEachOverlap(startSector, endSector, inTheWay);
        return found;
    }

    private final RangeLocks.Visitor unanswered = this::noteUnanswered;

    private void noteUnanswered(RangeNode node) {
        WriteRequest write = (WriteRequest) node;
        found |= write.dispatched && (write.awaitingAck & wanted) != 0 && write.order < before;
    }

    /** True if the peer has not acknowledged a write of this range that was there before {@code order}. */
    boolean unacknowledged(PeerDevice peer, long startSector, long endSector, long order) {
        found = false;
        wanted = 1 << peer.connection().peer().value();
        before = order;
        writes.forEachOverlap(startSector, endSector, unanswered);
        return found;
    }

    private long coveredStart;
    private long coveredEnd;

    private final RangeLocks.Visitor covering = this::noteCovering;

    private void noteCovering(RangeNode node) {
        WriteRequest write = (WriteRequest) node;
        found |= write.dispatched
                && (write.awaitingAck & wanted) != 0
                && write.startSector <= coveredStart
                && write.endSector >= coveredEnd;
    }

    /** True if one write that the peer has not acknowledged has all sectors of the range. */
    boolean covered(PeerDevice peer, long startSector, long endSector) {
        found = false;
        wanted = 1 << peer.connection().peer().value();
        coveredStart = startSector;
        coveredEnd = endSector;
        writes.forEachOverlap(startSector, endSector, covering);
        return found;
    }

    // ------------------------------------------------------------------------------------------------ thrown away

    /** P_SUPERSEDED or P_RETRY_WRITE: the peer has not written it. */
    void thrownAway(Session session, PeerDevice peer, WriteRequest write, boolean superseded) {
        int node = peer.connection().peer().value();
        session.sentEpochs.thrownAway(write.epoch);
        if (write.epoch == resource.transferLog().epoch()) {
            // DRBD 8.4 never says that this epoch is durable: no other write may get into it.
            resource.transferLog().closeEpoch();
        }
        write.awaitingBarrier &= ~(1 << node);
        resource.replication().arrived(node, write);
        if (write.user == null) {
            // It failed here, and another one has taken its place.
            write.awaitingAck &= ~(1 << node);
            resource.transferLog().retire();
            return;
        }
        write.thrownAwayBy = peer;
        write.superseded = superseded;
        if (!write.localPending) {
            volume.peerWrites().holdEnded();
        }
        lookAgain(write, PATIENCE_NANOS);
    }

    private void lookAgain(WriteRequest write, long nanos) {
        int generation = write.generation;
        resource.timers().schedule(nanos, () -> {
            if (write.generation == generation && write.thrownAwayBy != null) {
                goOn(write, false);
                if (write.generation == generation && write.thrownAwayBy != null) {
                    lookAgain(write, CHECK_NANOS);
                }
            }
        });
    }

    /** A write of the peer's users is on the disk, or failed. */
    void peerWriteEnded(long startSector, long endSector) {
        if (!writes.isEmpty()) {
            List<WriteRequest> passed = new ArrayList<>();
            writes.forEachOverlap(startSector, endSector, node -> {
                WriteRequest write = (WriteRequest) node;
                if (write.thrownAwayBy != null) {
                    passed.add(write);
                }
            });
            for (WriteRequest write : passed) {
                goOn(write, startSector <= write.startSector && endSector >= write.endSector);
            }
        }
        users.rangeFreed();
        volume.resyncReadsMayGoOn();
    }

    /**
     * Ends a write that was thrown away, or repeats it.
     *
     * @param covered the peer's write has just been written over all of it
     */
    private void goOn(WriteRequest write, boolean covered) {
        PeerDevice by = write.thrownAwayBy;
        if (by == null || write.localPending || users.keptAway(write)) {
            return;
        }
        int bit = 1 << by.connection().peer().value();
        Session session = by.connection().session();
        // DRBD 8.4 never says that an epoch is durable from which it has thrown a write away; the next one says it.
        // Where
        // other writes of the epoch wait for that, this one is repeated to be it.
        boolean othersWait = session != null && session.sentEpochs.awaitsPart();
        if (covered && write.superseded && !othersWait) {
            write.thrownAwayBy = null;
            write.awaitingAck &= ~bit;
            users.answerIfDone(write);
            return;
        }
        if (volume.writesHeld()) {
            return;
        }
        write.thrownAwayBy = null;
        Disk disk = volume.usableDisk();
        if (disk == write.disk) {
            resource.transferLog().withdraw(write);
            if (disk == null) {
                users.dispatchToPeers(write);
            } else {
                users.dispatchToAll(write, disk);
            }
        } else {
            write.awaitingAck &= ~bit;
            users.writeAgain(write);
        }
    }
}
