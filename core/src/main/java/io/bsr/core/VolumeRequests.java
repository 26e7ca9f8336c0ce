package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.base.port.IoRequest;
import io.bsr.base.port.VolumePort;
import io.bsr.core.disk.ActivityLog;
import io.bsr.core.disk.Disk;
import io.bsr.core.resync.RangeLocks;
import io.bsr.core.resync.RangeNode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a volume's users. A write goes through three gates before it is dispatched:
 *
 * <ol>
 *   <li>no earlier write that overlaps it is unanswered (the peer must never see two such at once);
 *   <li>nothing holds writes back: the superblock in memory is on disk, no new generation is due, no peer is in the
 *       middle of exchanging identifiers;
 *   <li>its extents are in the activity log on disk.
 * </ol>
 *
 * Dispatch sends it to the peers and to the local disk at the same time. Its user is answered when the local disk and
 * the peers that the protocol counts have answered.
 */
final class VolumeRequests {
    private final Volume volume;
    private final Resource resource;
    private final RangeLocks writes = new RangeLocks(1024);

    /** What a resync reads now, or will read next, for a peer that does not notice writes in between. */
    private final RangeLocks resyncReads = new RangeLocks(64);

    /** Users' requests that wait for a free {@link WriteRequest}. */
    private @Nullable IoRequest waitingHead;

    private @Nullable IoRequest waitingTail;

    /** Writes that wait for an overlapping one, for the gates, and for the running transaction. */
    private final WriteQueue blocked = new WriteQueue();

    private final WriteQueue gated = new WriteQueue();
    private final WriteQueue logging = new WriteQueue();

    private @Nullable ReadRequest freeReads;
    private @Nullable FlushRequest freeFlushes;
    private @Nullable FlushRequest activeFlushes;
    private int writesInProgress;
    private int readsInProgress;
    private int flushesInProgress;
    private int localOperations;
    private boolean pumping;
    private boolean pumpAgain;

    long sectorsRead;
    long sectorsWritten;

    VolumeRequests(Volume volume, Resource resource) {
        this.volume = volume;
        this.resource = resource;
    }

    // ------------------------------------------------------------------------------------------------ entrance

    void submit(IoRequest request) {
        String refusal = check(request);
        if (refusal != null || resource.role() != io.bsr.base.state.Role.PRIMARY) {
            int errno = refusal != null ? Errno.EINVAL : Errno.EROFS;
            resource.later(() -> request.completed(errno));
            return;
        }
        if (volume.usableDisk() == null || !volume.dataAccessible()) {
            resource.later(() -> request.completed(Errno.EIO));
            return;
        }
        switch (request.operation) {
            case READ -> read(request);
            case FLUSH -> flush(request);
            case WRITE, TRIM, WRITE_ZEROES -> {
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
        }
    }

    private @Nullable String check(IoRequest request) {
        if (request.operation == IoRequest.Operation.FLUSH) {
            return null;
        }
        int limit =
                switch (request.operation) {
                    case READ, WRITE -> VolumePort.MAX_TRANSFER;
                    case TRIM, WRITE_ZEROES -> VolumePort.MAX_DISCARD;
                    case FLUSH -> 0;
                };
        int align = volume.logicalBlockSize() - 1;
        if (request.length <= 0 || request.length > limit) {
            return "length";
        }
        if ((request.offset & align) != 0 || (request.length & align) != 0) {
            return "alignment";
        }
        return request.offset < 0 || request.offset > volume.size() - request.length ? "range" : null;
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

    // ------------------------------------------------------------------------------------------------ writes

    private void begin(WriteRequest write, IoRequest request) {
        write.volume = volume;
        write.user = request;
        write.operation = request.operation;
        write.forceUnitAccess = request.forceUnitAccess;
        write.startSector = request.offset >>> Units.SECTOR_SHIFT;
        write.endSector = write.startSector + (request.length >>> Units.SECTOR_SHIFT);
        writesInProgress++;
        boolean overlaps = writes.anyOverlap(write.startSector, write.endSector);
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
                && !beingRead(write)
                && disk.activityLog().tryGet(Disk.firstExtent(write.startSector), Disk.lastExtent(write.endSector))) {
            dispatch(write, disk);
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
        if (disk == null || !volume.dataAccessible()) {
            failAll();
            return;
        }
        ActivityLog log = disk.activityLog();
        for (WriteRequest w = gated.peek(); w != null && !volume.writesHeld() && !beingRead(w); w = gated.peek()) {
            int first = Disk.firstExtent(w.startSector);
            int last = Disk.lastExtent(w.endSector);
            if (log.tryGet(first, last)) {
                gated.remove();
                dispatch(w, disk);
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

    /** A transaction is on disk. */
    void transactionCommitted() {
        Disk disk = volume.usableDisk();
        if (disk == null) {
            return;
        }
        int waiting = logging.size();
        for (int i = 0; i < waiting; i++) {
            WriteRequest w = Objects.requireNonNull(logging.remove());
            boolean logged = disk.activityLog().contains(Disk.firstExtent(w.startSector), Disk.lastExtent(w.endSector));
            if (logged && !volume.writesHeld() && !beingRead(w)) {
                dispatch(w, disk);
            } else {
                logging.add(w);
            }
        }
        pump();
    }

    /** Writes whose extents are logged but which were held back meanwhile go on. */
    void holdEnded() {
        transactionCommitted();
        FlushRequest next;
        for (FlushRequest f = activeFlushes; f != null; f = next) {
            next = f.next;
            f.check();
        }
    }

    private void dispatch(WriteRequest write, Disk disk) {
        IoRequest user = Objects.requireNonNull(write.user);
        resource.transferLog().append(write);
        write.disk = disk;
        write.dispatchedAt = resource.now();
        resource.replicate(write, volume, disk);
        write.localPending = true;
        localOperations++;
        sectorsWritten += write.sectors();
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
            write.localError = errno;
            volume.writeFailed(write, errno);
        }
        answerIfDone(write);
        if (!resyncReads.isEmpty()) {
            volume.resyncReadsMayGoOn();
        }
        volume.quietCheck();
    }

    /** Something that the user waits for has happened. */
    void answerIfDone(WriteRequest write) {
        IoRequest user = write.user;
        if (user != null && !write.localPending && write.awaitingAck == 0) {
            write.user = null;
            // An error of the local disk is the user's to know, also where a peer has the data: this node cannot go on
            // without its disk, and must not have acknowledged what only the peer has.
            int errno = write.localError;
            if (write.epoch == resource.transferLog().epoch()) {
                resource.transferLog().closeEpoch();
            }
            writesInProgress--;
            writes.remove(write);
            user.completed(errno);
            unblock();
        }
        resource.transferLog().retire();
    }

    private void unblock() {
        int waiting = blocked.size();
        for (int i = 0; i < waiting; i++) {
            WriteRequest w = blocked.remove();
            if (w == null) {
                // One that went on found the disk lost, and with it failed the others.
                return;
            }
            if (overlapsOlder(w)) {
                blocked.add(w);
            } else {
                enter(w);
            }
        }
    }

    private boolean overlapsOlder(WriteRequest w) {
        overlapOrder = w.order;
        overlapFound = false;
        writes.forEachOverlap(w.startSector, w.endSector, olderOverlap);
        return overlapFound;
    }

    private long overlapOrder;
    private boolean overlapFound;
    private final RangeLocks.Visitor olderOverlap = node -> overlapFound |= ((WriteRequest) node).order < overlapOrder;

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
        return writingFound;
    }

    private boolean beingRead(WriteRequest write) {
        return !resyncReads.isEmpty() && resyncReads.anyOverlap(write.startSector, write.endSector);
    }

    /** From now on no write of this range is dispatched. */
    void beginResyncRead(RangeNode range) {
        resyncReads.insert(range);
    }

    void endResyncRead(RangeNode range) {
        resyncReads.remove(range);
        if (!gated.isEmpty() || !logging.isEmpty()) {
            resource.later(this::transactionCommitted);
        }
    }

    private boolean writingFound;
    private final RangeLocks.Visitor writingVisitor = this::noteWriting;

    private void noteWriting(RangeNode node) {
        writingFound |= ((WriteRequest) node).localPending;
    }

    /** The disk is gone: what was not dispatched fails. */
    private void failAll() {
        failQueue(gated);
        failQueue(logging);
        failQueue(blocked);
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

    /** The disk was given up; its activity log is gone with it. */
    void diskLost() {
        failAll();
        FlushRequest next;
        for (FlushRequest f = activeFlushes; f != null; f = next) {
            next = f.next;
            f.check();
        }
    }

    /** Requests of users that are not answered. */
    int inProgress() {
        return writesInProgress + readsInProgress + flushesInProgress;
    }

    /** Operations of the backing store in flight. */
    int localOperations() {
        return localOperations;
    }

    boolean quiet() {
        return inProgress() == 0 && localOperations == 0;
    }

    /** Writes that could not be dispatched yet. */
    int waiting() {
        return gated.size() + logging.size() + blocked.size();
    }

    // ------------------------------------------------------------------------------------------------ reads

    private void read(IoRequest request) {
        Disk disk = volume.usableDisk();
        if (disk == null) {
            resource.later(() -> request.completed(Errno.EIO));
            return;
        }
        ReadRequest read = freeReads;
        if (read == null) {
            read = new ReadRequest();
        } else {
            freeReads = read.next;
        }
        readsInProgress++;
        localOperations++;
        read.start(request, disk);
    }

    private final class ReadRequest implements Completion {
        @Nullable ReadRequest next;

        private @Nullable IoRequest user;

        void start(IoRequest request, Disk disk) {
            user = request;
            Buffer target = Objects.requireNonNull(request.buffer, "a read without a buffer");
            disk.data().read(request.offset, target, 0, request.length, this);
        }

        @Override
        public void completed(int errno) {
            IoRequest request = Objects.requireNonNull(user);
            user = null;
            next = freeReads;
            freeReads = this;
            readsInProgress--;
            localOperations--;
            sectorsRead += request.length >>> Units.SECTOR_SHIFT;
            if (errno != Errno.OK) {
                volume.readFailed(request.offset >>> Units.SECTOR_SHIFT, request.length >>> Units.SECTOR_SHIFT, errno);
            }
            request.completed(errno);
            volume.quietCheck();
        }
    }

    // ------------------------------------------------------------------------------------------------ flushes

    private void flush(IoRequest request) {
        FlushRequest flush = freeFlushes;
        if (flush == null) {
            flush = new FlushRequest();
        } else {
            freeFlushes = flush.next;
        }
        flushesInProgress++;
        flush.start(request);
    }

    /** A peer closed an epoch or was lost. */
    void barrierAcked() {
        FlushRequest next;
        for (FlushRequest f = activeFlushes; f != null; f = next) {
            next = f.next;
            f.check();
        }
    }

    /** Waits for the local flush, and for every counted peer to close the epochs before it. */
    private final class FlushRequest implements Completion {
        @Nullable FlushRequest next;

        private @Nullable IoRequest user;
        private boolean localPending;
        private int error;
        private int epoch;

        void start(IoRequest request) {
            user = request;
            error = Errno.OK;
            next = activeFlushes;
            activeFlushes = this;
            resource.transferLog().closeEpoch();
            epoch = resource.transferLog().epoch() - 1;
            resource.sendBarriers();
            Disk disk = volume.usableDisk();
            localPending = disk != null && disk.writer().flushesData();
            if (disk == null) {
                error = Errno.EIO;
            }
            if (localPending && disk != null) {
                localOperations++;
                disk.data().flush(this);
            } else {
                resource.later(this::check);
            }
        }

        @Override
        public void completed(int errno) {
            localOperations--;
            localPending = false;
            if (errno != Errno.OK) {
                error = errno;
                volume.flushFailed(errno);
            }
            check();
            volume.quietCheck();
        }

        void check() {
            IoRequest request = user;
            if (request == null || localPending || (error == Errno.OK && !resource.epochClosedByPeers(epoch))) {
                return;
            }
            user = null;
            unlink();
            next = freeFlushes;
            freeFlushes = this;
            flushesInProgress--;
            request.completed(error);
        }

        private void unlink() {
            if (activeFlushes == this) {
                activeFlushes = next;
                return;
            }
            for (FlushRequest f = activeFlushes; f != null; f = f.next) {
                if (f.next == this) {
                    f.next = next;
                    return;
                }
            }
        }
    }
}
