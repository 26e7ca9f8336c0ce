package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.port.Errno;
import io.bsr.base.port.IoRequest;
import io.bsr.base.state.DiskState;
import io.bsr.core.disk.ActivityLog;
import io.bsr.core.disk.Disk;
import io.bsr.core.resync.RangeLocks;
import io.bsr.core.resync.RangeNode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The writes of a volume's users. A write goes through three gates before it is dispatched:
 *
 * <ol>
 *   <li>no earlier write that overlaps it is unanswered (the peer must never see two such at once);
 *   <li>nothing holds writes back: the superblock in memory is on disk, no new generation is due, no peer is in the
 *       middle of exchanging identifiers;
 *   <li>its extents are in the activity log on disk.
 * </ol>
 *
 * Dispatch sends it to the peers and to the local disk at the same time. Its user is answered when the local disk and
 * the peers that the protocol counts have answered. While there is no good local disk, users are answered when a peer has
 * the write on its own, whatever the protocol.
 */
final class UserWrites {
    private final Volume volume;
    private final Resource resource;
    private final RangeLocks writes = new RangeLocks(1024);

    /** What a resync reads now, or will read next, for a peer that does not notice writes in between. */
    private final RangeLocks resyncReads = new RangeLocks(64);

    /** Users' requests that wait for a free {@link WriteRequest}. */
    private @Nullable IoRequest waitingHead;

    private @Nullable IoRequest waitingTail;

    /** Writes that wait for an overlapping one, for the gates, and for the running transaction. */
    final WriteQueue blocked = new WriteQueue();

    private final WriteQueue gated = new WriteQueue();
    final WriteQueue logging = new WriteQueue();

    /** Ranges that a verify looks at, and those of them that wait for earlier writes. */
    private final RangeLocks looks = new RangeLocks(64);

    private @Nullable UserLook waitingLooks;

    private final WriteConflicts conflicts;
    private int writesInProgress;
    private int localOperations;
    private final Runnable grantLooks = this::grantLooks;
    private boolean pumping;
    private boolean pumpAgain;

    long sectorsWritten;

    UserWrites(Volume volume, Resource resource) {
        this.volume = volume;
        this.resource = resource;
        conflicts = new WriteConflicts(volume, resource, this, writes);
    }

    /** What concerns only two Primaries. */
    WriteConflicts conflicts() {
        return conflicts;
    }

    /** A write, trim or write-zeroes whose range was checked. */
    void write(IoRequest request) {
        if (waitingHead != null) {
            appendWaiting(request);
        } else {
            WriteRequest write = resource.transferLog().tryAcquire();
            if (write == null) {
                appendWaiting(request);
            } else {
                begin(write, request);
            }
        }
    }

    private void appendWaiting(IoRequest request) {
        request.next = null;
        if (waitingTail == null) {
            waitingHead = request;
        } else {
            waitingTail.next = request;
        }
        waitingTail = request;
    }

    /** There may be free {@link WriteRequest}s again. */
    void transferLogShrank() {
        while (waitingHead != null) {
            WriteRequest write = resource.transferLog().tryAcquire();
            if (write == null) {
                return;
            }
            IoRequest request = waitingHead;
            waitingHead = request.next;
            request.next = null;
            if (waitingHead == null) {
                waitingTail = null;
            }
            begin(write, request);
        }
    }

    private void begin(WriteRequest write, IoRequest request) {
        write.begin(volume, request);
        writesInProgress++;
        boolean overlaps = writes.anyOverlap(write.startSector, write.endSector)
                || looks.anyOverlap(write.startSector, write.endSector);
        writes.insert(write);
        if (overlaps) {
            blocked.add(write);
        } else {
            enter(write);
        }
    }

    /** No earlier write overlaps this one any more. */
    private void enter(WriteRequest write) {
        Disk disk = volume.usableDisk();
        if (disk != null
                && gated.isEmpty()
                && !volume.writesHeld()
                && !keptAway(write)
                && disk.activityLog().tryGet(Disk.firstExtent(write.startSector), Disk.lastExtent(write.endSector))) {
            dispatchToAll(write, disk);
        } else {
            gated.add(write);
            pump();
        }
    }

    /** A gate may have opened: lets writes through as far as possible, in their order. */
    void pump() {
        if (pumping) {
            pumpAgain = true;
            return;
        }
        pumping = true;
        do {
            pumpAgain = false;
            pumpOnce();
        } while (pumpAgain);
        pumping = false;
    }

    private void pumpOnce() {
        Disk disk = volume.usableDisk();
        if (!volume.dataAccessible()) {
            failAll();
            return;
        }
        if (disk == null) {
            pumpToPeers(logging);
            if (logging.isEmpty()) {
                pumpToPeers(gated);
            }
            return;
        }
        ActivityLog log = disk.activityLog();
        for (WriteRequest w = gated.peek(); w != null && !volume.writesHeld() && !keptAway(w); w = gated.peek()) {
            int first = Disk.firstExtent(w.startSector);
            int last = Disk.lastExtent(w.endSector);
            if (log.tryGet(first, last)) {
                gated.remove();
                dispatchToAll(w, disk);
            } else if (log.get(first, last)) {
                gated.remove();
                logging.add(w);
            } else {
                break;
            }
        }
        if (log.pendingCount() > 0) {
            disk.writer().commitTransaction();
        }
    }

    /** Without a disk there is no activity log to wait for. */
    private void pumpToPeers(WriteQueue queue) {
        for (WriteRequest w = queue.peek(); w != null && !volume.writesHeld() && !keptAway(w); w = queue.peek()) {
            queue.remove();
            dispatchToPeers(w);
        }
    }

    /** A transaction is on disk. */
    void transactionCommitted() {
        Disk disk = volume.usableDisk();
        if (disk == null) {
            pump();
            return;
        }
        int waiting = logging.size();
        for (int i = 0; i < waiting; i++) {
            WriteRequest w = Objects.requireNonNull(logging.remove());
            boolean logged = disk.activityLog().contains(Disk.firstExtent(w.startSector), Disk.lastExtent(w.endSector));
            if (logged && !volume.writesHeld() && !keptAway(w)) {
                dispatchToAll(w, disk);
            } else {
                logging.add(w);
            }
        }
        pump();
    }

    /** Writes whose extents are logged but which were held back meanwhile go on. */
    void holdEnded() {
        transactionCommitted();
    }

    private void dispatch(WriteRequest write, @Nullable Disk disk) {
        resource.transferLog().append(write);
        write.disk = disk;
        write.countsAtPeer = volume.diskState() != DiskState.UP_TO_DATE;
        write.dispatchedAt = resource.now();
        // Before a peer gets it: what that wakes, a resync for one, must not read these blocks any more.
        write.localPending = disk != null;
        sectorsWritten += write.sectors();
        resource.replicate(write, volume, disk);
        if (write.countsAtPeer && write.sentTo == 0) {
            write.localError = Errno.EIO;
        }
    }

    void dispatchToPeers(WriteRequest write) {
        dispatch(write, null);
        if (write.sentTo == 0) {
            resource.later(() -> answerIfDone(write));
        }
    }

    void dispatchToAll(WriteRequest write, Disk disk) {
        IoRequest user = Objects.requireNonNull(write.user);
        dispatch(write, disk);
        localOperations++;
        long offset = write.startSector << Units.SECTOR_SHIFT;
        switch (write.operation) {
            case WRITE ->
                disk.data()
                        .write(
                                offset,
                                Objects.requireNonNull(user.buffer),
                                0,
                                write.sectors() << Units.SECTOR_SHIFT,
                                write.forceUnitAccess && disk.writer().flushesData(),
                                write);
            // Zeroes rather than a discard: what a discarded range reads as may differ from disk to disk.
            case TRIM -> disk.data().writeZeroes(offset, (long) write.sectors() << Units.SECTOR_SHIFT, true, write);
            case WRITE_ZEROES ->
                disk.data().writeZeroes(offset, (long) write.sectors() << Units.SECTOR_SHIFT, user.mayUnmap, write);
            case READ, FLUSH -> throw new IllegalStateException(write.operation + " is no write");
        }
    }

    void localWriteCompleted(WriteRequest write, int errno) {
        localOperations--;
        write.localPending = false;
        if (errno != Errno.OK) {
            write.missedHere = true;
            volume.errors().writeFailed(write, errno);
            if (!write.countsAtPeer) {
                write.localError = errno;
                if (volume.usableDisk() == null && volume.dataAccessible()) {
                    writeAgain(write);
                }
            }
        }
        answerIfDone(write);
        if (write.thrownAwayBy != null) {
            volume.peerWrites().holdEnded();
        }
        if (!resyncReads.isEmpty()) {
            volume.resyncReadsMayGoOn();
        }
        volume.quietCheck();
    }

    /**
     * The disk was given up, and the peer goes on alone: it gets the write once more, and says when it is on its disk. That
     * it has the first one is known under protocol C only.
     */
    void writeAgain(WriteRequest write) {
        write.thrownAwayBy = null;
        IoRequest user = write.user;
        WriteRequest again = user == null ? null : resource.transferLog().tryAcquire();
        if (user == null || again == null) {
            return;
        }
        write.user = null;
        writes.remove(write);
        again.begin(volume, user);
        again.order = write.order;
        writes.insert(again);
        enter(again);
    }

    /** Something that the user waits for has happened. */
    void answerIfDone(WriteRequest write) {
        IoRequest user = write.user;
        if (user != null && !write.localPending && write.awaitingAck == 0) {
            write.user = null;
            // An error of the local disk is the user's to know, also where a peer has the data: as long as the disk is
            // in use, it is read.
            int errno = write.localError;
            if (write.epoch == resource.transferLog().epoch()) {
                resource.transferLog().closeEpoch();
            }
            writesInProgress--;
            writes.remove(write);
            user.completed(errno);
            unblock();
            if (volume.twoPrimaries()) {
                volume.peerWrites().holdEnded();
            }
        }
        resource.transferLog().retire();
    }

    private void unblock() {
        int waiting = blocked.size();
        for (int i = 0; i < waiting; i++) {
            WriteRequest w = blocked.remove();
            if (w == null) {
                // One that went on found the disk lost, and with it failed the others.
                break;
            }
            if (overlapsOlder(w)) {
                blocked.add(w);
            } else {
                enter(w);
            }
        }
        grantLooks();
    }

    private boolean overlapsOlder(WriteRequest w) {
        overlapOrder = w.order;
        overlapFound = false;
        writes.forEachOverlap(w.startSector, w.endSector, olderOverlap);
        looks.forEachOverlap(w.startSector, w.endSector, olderLook);
        return overlapFound;
    }

    private long overlapOrder;
    private boolean overlapFound;
    private final RangeLocks.Visitor olderOverlap = node -> overlapFound |= ((WriteRequest) node).order < overlapOrder;
    private final RangeLocks.Visitor olderLook = node -> overlapFound |= ((UserLook) node).order < overlapOrder;

    // ------------------------------------------------------------------------------------------------ looks

    /** Calls {@link UserLook#usersKeptAway} when the earlier writes of the range are answered; later ones wait. */
    void look(UserLook look) {
        look.order = resource.transferLog().nextOrder();
        boolean overlaps = writes.anyOverlap(look.startSector, look.endSector) || onTheWay(look);
        looks.insert(look);
        if (overlaps) {
            look.nextWaiting = waitingLooks;
            waitingLooks = look;
        } else {
            look.usersKeptAway();
        }
    }

    private boolean onTheWay(UserLook look) {
        PeerDevice p = look.durableAt;
        return p != null
                && p.connection().connected()
                && resource.transferLog().onTheWay(p, look.startSector, look.endSector);
    }

    /** A peer has closed an epoch, or was lost. */
    void peersCaughtUp() {
        if (waitingLooks != null) {
            grantLooks();
        }
    }

    void endLook(UserLook look) {
        looks.remove(look);
        unblock();
    }

    private void grantLooks() {
        UserLook look = waitingLooks;
        waitingLooks = null;
        while (look != null) {
            UserLook following = look.nextWaiting;
            overlapOrder = look.order;
            overlapFound = false;
            writes.forEachOverlap(look.startSector, look.endSector, olderOverlap);
            if (overlapFound || onTheWay(look)) {
                look.nextWaiting = waitingLooks;
                waitingLooks = look;
            } else {
                look.nextWaiting = null;
                look.usersKeptAway();
            }
            look = following;
        }
    }

    /** The last trace of a write: its activity-log references. */
    void retired(WriteRequest write) {
        Disk disk = write.disk;
        if (disk != null) {
            disk.activityLog().put(Disk.firstExtent(write.startSector), Disk.lastExtent(write.endSector));
            if (!gated.isEmpty()) {
                pump();
            }
        }
    }

    /** A write of this range is on its way to the local disk: a resync must not read it now. */
    boolean writing(long startSector, long endSector) {
        writingFound = false;
        writes.forEachOverlap(startSector, endSector, writingVisitor);
        return writingFound || (volume.twoPrimaries() && volume.peerWrites().writing(startSector, endSector));
    }

    /** A resync reads the range, or a write of another Primary to it is not yet on the disk. */
    boolean keptAway(WriteRequest write) {
        return (!resyncReads.isEmpty() && resyncReads.anyOverlap(write.startSector, write.endSector))
                || (volume.twoPrimaries() && volume.peerWrites().writing(write.startSector, write.endSector));
    }

    /** Somebody no longer keeps writes away from a range. */
    void rangeFreed() {
        if (!gated.isEmpty() || !logging.isEmpty()) {
            resource.later(this::transactionCommitted);
        }
    }

    /** From now on no write of this range is dispatched. */
    void beginResyncRead(RangeNode range) {
        resyncReads.insert(range);
    }

    void endResyncRead(RangeNode range) {
        resyncReads.remove(range);
        rangeFreed();
    }

    private boolean writingFound;
    private final RangeLocks.Visitor writingVisitor = this::noteWriting;

    private void noteWriting(RangeNode node) {
        writingFound |= ((WriteRequest) node).localPending;
    }

    /** No good data are within reach: what was not dispatched fails. */
    private void failAll() {
        failQueue(gated);
        failQueue(logging);
        failQueue(blocked);
        if (waitingLooks != null) {
            resource.later(grantLooks);
        }
    }

    private void failQueue(WriteQueue queue) {
        for (WriteRequest w = queue.remove(); w != null; w = queue.remove()) {
            IoRequest user = Objects.requireNonNull(w.user);
            writes.remove(w);
            writesInProgress--;
            w.user = null;
            resource.transferLog().release(w);
            resource.later(() -> user.completed(Errno.EIO));
        }
    }

    /** Writes that are not answered. */
    int inProgress() {
        return writesInProgress;
    }

    /** False while a write waits for a free {@link WriteRequest}. */
    boolean allHaveBegun() {
        return waitingHead == null;
    }

    /** Writes of the backing store in flight. */
    int localOperations() {
        return localOperations;
    }

    /** Writes that could not be dispatched yet. */
    int waiting() {
        return gated.size() + logging.size() + blocked.size();
    }
}
