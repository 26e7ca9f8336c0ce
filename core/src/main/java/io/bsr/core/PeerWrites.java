package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.port.Errno;
import io.bsr.core.disk.ActivityLog;
import io.bsr.core.disk.Disk;
import io.bsr.core.resync.RangeLocks;
import io.bsr.core.resync.RangeNode;
import io.bsr.core.resync.ResyncRequests;
import io.bsr.wire.DpFlags;
import io.bsr.wire.PacketType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The writes that peers make on a volume of this node. Two that overlap are done in the order in which they arrived:
 * under protocols A and B a second write of the same block may come before the first is on disk, and resync data must
 * not pass a replicated write (activity-log reference, section 5.7).
 *
 * <p>With two nodes the writer's activity log covers every write that is not yet durable here, so that of this node is not
 * used for them; but for the writes of a Primary without disk, which has no log either.
 */
final class PeerWrites {
    private final Volume volume;
    private final RangeLocks ranges = new RangeLocks(1024);
    private @Nullable PeerWrite free;
    private @Nullable PeerWrite waitingHead;
    private @Nullable PeerWrite waitingTail;
    private long orders;
    private int inProgress;

    /** Writes up to this order, so many of them unfinished, are waited for. */
    private long awaitedOrder;

    private int awaited;
    private @Nullable Runnable whenAwaitedAreDone;

    PeerWrites(Volume volume) {
        this.volume = volume;
    }

    PeerWrite acquire(PeerWrite.Kind kind, Session session, PeerDevice peerDevice, long startSector, int bytes) {
        PeerWrite write = free;
        if (write == null) {
            write = new PeerWrite(this);
        } else {
            free = write.next;
        }
        write.kind = kind;
        write.session = session;
        write.peerDevice = peerDevice;
        write.startSector = startSector;
        write.endSector = startSector + (bytes >>> Units.SECTOR_SHIFT);
        write.error = Errno.OK;
        write.stale = false;
        write.refused = false;
        write.started = false;
        write.onlyHere = false;
        write.logDisk = null;
        write.next = null;
        return write;
    }

    /** Keeps peers' writes away from a range: {@code looker} is told when those before it have ended. */
    void look(PeerWrite.Looker looker, Session session, PeerDevice peerDevice, long startSector, int bytes) {
        PeerWrite look = acquire(PeerWrite.Kind.LOOK, session, peerDevice, startSector, bytes);
        look.looker = looker;
        submit(look);
    }

    /** Nothing of any peer is being written. */
    boolean quiet() {
        return inProgress == 0;
    }

    int inProgress() {
        return inProgress;
    }

    /** Calls {@code then} when all writes that have been received by now are on the disk; replaces an earlier call. */
    void whenPresentOnesAreDone(Runnable then) {
        if (inProgress == 0) {
            then.run();
            return;
        }
        awaitedOrder = orders;
        awaited = inProgress;
        whenAwaitedAreDone = then;
    }

    private void countDown(PeerWrite write) {
        Runnable then = whenAwaitedAreDone;
        if (then != null && write.order <= awaitedOrder && --awaited == 0) {
            whenAwaitedAreDone = null;
            then.run();
        }
    }

    /** The write is complete in memory: do it as soon as no earlier one overlaps it. */
    void submit(PeerWrite write) {
        inProgress++;
        write.order = ++orders;
        if (write.onlyHere) {
            Objects.requireNonNull(write.peerDevice).setOutOfSync(write.startSector, write.endSector);
        }
        boolean mustWait = held(write) || ranges.anyOverlap(write.startSector, write.endSector);
        ranges.insert(write);
        if (mustWait) {
            if (waitingTail == null) {
                waitingHead = write;
            } else {
                waitingTail.next = write;
            }
            waitingTail = write;
        } else {
            start(write);
        }
    }

    private boolean held(PeerWrite write) {
        Session session = write.session;
        return volume.peerWritesHeld()
                || (write.onlyHere && !logged(write))
                || (write.replicated()
                        && session != null
                        && (session.receivedEpochs.holds(write.epoch)
                                || (volume.twoPrimaries()
                                        && volume.requests()
                                                .writes()
                                                .conflicts()
                                                .standInTheWay(write.startSector, write.endSector))));
    }

    /** A write of a peer's users to this range has been received, and is not on the disk. */
    boolean writing(long startSector, long endSector) {
        replicatedFound = false;
        ranges.forEachOverlap(startSector, endSector, replicatedOverlap);
        return replicatedFound;
    }

    private boolean replicatedFound;
    private final RangeLocks.Visitor replicatedOverlap = node -> replicatedFound |= ((PeerWrite) node).replicated();

    /** It will not be written. */
    void discard(PeerWrite write) {
        if (write.buffer != null) {
            write.buffer.release();
            write.buffer = null;
        }
        recycle(write);
    }

    private void recycle(PeerWrite write) {
        write.session = null;
        write.peerDevice = null;
        write.next = free;
        free = write;
    }

    /** Begins a transaction if one is needed. */
    private boolean logged(PeerWrite write) {
        Disk disk = volume.usableDisk();
        if (disk == null) {
            return true;
        }
        ActivityLog log = disk.activityLog();
        int first = Disk.firstExtent(write.startSector);
        int last = Disk.lastExtent(write.endSector);
        if (write.logDisk == disk) {
            return log.contains(first, last);
        }
        if (log.tryGet(first, last)) {
            write.logDisk = disk;
            return true;
        }
        if (log.get(first, last)) {
            write.logDisk = disk;
        }
        disk.writer().commitTransaction();
        return false;
    }

    private void start(PeerWrite write) {
        write.started = true;
        write.parts = 1;
        if (write.kind == PeerWrite.Kind.LOOK) {
            Objects.requireNonNull(write.looker).peersKeptAway(write);
            return;
        }
        Session session = Objects.requireNonNull(write.session);
        Disk disk = Objects.requireNonNull(write.peerDevice).diskFor(session);
        if (disk == null) {
            write.refused = true;
            write.error = Errno.EIO;
        } else {
            switch (write.kind) {
                case DATA -> {
                    write.parts++;
                    boolean durable =
                            (write.flags & DpFlags.FUA) != 0 && disk.writer().flushesData();
                    disk.data()
                            .write(
                                    write.startSector << Units.SECTOR_SHIFT,
                                    Objects.requireNonNull(write.buffer),
                                    0,
                                    write.bytes(),
                                    durable,
                                    write);
                }
                case ZEROES -> {
                    write.parts++;
                    disk.data()
                            .writeZeroes(write.startSector << Units.SECTOR_SHIFT, write.bytes(), write.mayUnmap, write);
                }
                case RESYNC -> {
                    if (session.alive
                            && write.resyncRequest != ResyncRequests.NONE
                            && write.resyncRun
                                    == Objects.requireNonNull(write.peerDevice)
                                            .resyncTarget()
                                            .run()) {
                        startResync(write, disk);
                    } else {
                        write.stale = true;
                        write.error = Errno.EIO;
                    }
                }
                case LOOK -> throw new IllegalStateException("nothing to write");
            }
        }
        partCompleted(write, Errno.OK);
    }

    /** Writes those parts of the answer that no replicated write has overtaken. */
    private void startResync(PeerWrite write, Disk disk) {
        ResyncRequests requests =
                Objects.requireNonNull(write.peerDevice).resyncTarget().requests();
        int handle = write.resyncRequest;
        int from = requests.nextToWrite(handle, 0);
        while (from != ResyncRequests.NONE) {
            int end = requests.endOfWrite(handle, from);
            write.parts++;
            disk.resync()
                    .write(
                            (write.startSector + from) << Units.SECTOR_SHIFT,
                            Objects.requireNonNull(write.buffer),
                            from << Units.SECTOR_SHIFT,
                            (end - from) << Units.SECTOR_SHIFT,
                            false,
                            write);
            from = requests.nextToWrite(handle, end);
        }
    }

    void partCompleted(PeerWrite write, int errno) {
        if (errno != Errno.OK) {
            write.error = errno;
        }
        if (--write.parts > 0) {
            return;
        }
        Session session = Objects.requireNonNull(write.session);
        PeerDevice peerDevice = Objects.requireNonNull(write.peerDevice);
        if (write.refused && volume.disk() != null) {
            volume.errors().peerWriteRefused(write);
        } else if (write.error != Errno.OK && !write.stale && volume.disk() != null) {
            volume.errors().peerWriteFailed(write);
        }
        switch (write.kind) {
            case DATA, ZEROES -> finishReplicated(write, session, peerDevice);
            case RESYNC -> peerDevice.resyncTarget().written(write, session);
            case LOOK -> write.looker = null;
        }
        ranges.remove(write);
        ResyncLooks.Look look = write.look;
        if (look != null) {
            write.look = null;
            look.end();
        }
        Disk logged = write.logDisk;
        if (logged != null) {
            logged.activityLog().put(Disk.firstExtent(write.startSector), Disk.lastExtent(write.endSector));
        }
        if (write.buffer != null) {
            write.buffer.release();
            write.buffer = null;
        }
        boolean replicated = write.replicated();
        long start = write.startSector;
        long end = write.endSector;
        recycle(write);
        inProgress--;
        countDown(write);
        if (replicated && volume.twoPrimaries()) {
            volume.requests().writes().conflicts().peerWriteEnded(start, end);
        }
        startWaiting();
        volume.quietCheck();
    }

    private void finishReplicated(PeerWrite write, Session session, PeerDevice peerDevice) {
        // Only now: a flush that began while the write was on its way does not cover it.
        volume.replicatedSinceFlush();
        peerDevice.resyncSource().usersWrote(write.bytes());
        boolean inSync = write.error == Errno.OK
                && !write.onlyHere
                && (write.flags & DpFlags.MAY_SET_IN_SYNC) != 0
                && peerDevice.clearsBitsForReplicatedWrites();
        if (inSync) {
            peerDevice.setInSync(write.startSector, write.endSector);
        }
        if (write.error != Errno.OK) {
            peerDevice.setOutOfSync(write.startSector, write.endSector);
            peerDevice.resyncTarget().outOfSync(write.startSector, write.endSector);
        }
        if (session.alive) {
            if (write.error != Errno.OK) {
                acknowledge(write, session, peerDevice, PacketType.NEG_ACK);
            } else if ((write.flags & DpFlags.SEND_WRITE_ACK) != 0) {
                acknowledge(write, session, peerDevice, inSync ? session.protocol.inSyncAck() : PacketType.WRITE_ACK);
            }
        }
        session.receivedEpochs.end(write.epoch);
        peerDevice.resyncTarget().progress();
    }

    private static void acknowledge(PeerWrite write, Session session, PeerDevice peerDevice, PacketType type) {
        session.sendBlockAck(type, peerDevice, write.startSector, write.blockId, write.bytes());
    }

    /** The superblock is on disk: what waited for that goes on. */
    void holdEnded() {
        startWaiting();
    }

    private void startWaiting() {
        PeerWrite w = waitingHead;
        if (w == null) {
            return;
        }
        waitingHead = null;
        waitingTail = null;
        while (w != null) {
            PeerWrite following = w.next;
            w.next = null;
            if (held(w) || overlapsOlder(w)) {
                if (waitingTail == null) {
                    waitingHead = w;
                } else {
                    waitingTail.next = w;
                }
                waitingTail = w;
            } else {
                start(w);
            }
            w = following;
        }
    }

    private boolean overlapsOlder(PeerWrite w) {
        overlapOrder = w.order;
        overlapFound = false;
        ranges.forEachOverlap(w.startSector, w.endSector, olderOverlap);
        return overlapFound;
    }

    private long overlapOrder;
    private boolean overlapFound;
    private final RangeLocks.Visitor olderOverlap = this::noteOlder;

    private void noteOlder(RangeNode node) {
        overlapFound |= ((PeerWrite) node).order < overlapOrder;
    }
}
