package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.port.Errno;
import io.bsr.base.port.Timers;
import io.bsr.core.disk.Disk;
import io.bsr.core.resync.ResyncRequests;
import io.bsr.wire.BlockIds;
import io.bsr.wire.PacketType;
import io.bsr.wire.data.BlockAckLayout;
import org.jspecify.annotations.Nullable;

/**
 * The side of a resync that is overwritten; it drives (wire-protocol reference, section 11).
 *
 * <pre>
 *   start → metadata durable, bitmap exchange complete → requests … answers written → no bit left, nothing outstanding
 *         → ping answered (every acknowledgement was processed) → data, bitmap and superblock durable → Established
 * </pre>
 *
 * <p>Order of persistence: the merged bitmap and "Inconsistent" are on disk before the first resync write; cleared bits
 * reach the disk only behind a flush of the data; "UpToDate" last.
 */
final class ResyncTarget {
    private static final long TURN_NANOS = 100_000_000L;
    private final PeerDevice peerDevice;
    private final Resource resource;
    private final ResyncAsking asking;
    private final ResyncRequests requests;
    private Timers.@Nullable Timer timer;
    private boolean running;
    private boolean durable;
    private boolean exchangeComplete;
    private boolean finishing;
    private long beganAt;
    private long stoppedAt;
    private long totalBlocks;
    private long equalSectors;
    private int epoch;

    ResyncTarget(PeerDevice peerDevice, Resource resource) {
        this.peerDevice = peerDevice;
        this.resource = resource;
        asking = new ResyncAsking(peerDevice, resource);
        requests = asking.requests();
    }

    void optionsChanged() {
        asking.optionsChanged();
    }

    ResyncRequests requests() {
        return requests;
    }

    /**
     * The state became SyncTarget.
     *
     * @param afterPause whether it goes on with what had been paused, and counts on
     */
    void start(boolean afterPause) {
        stop();
        running = true;
        durable = false;
        finishing = false;
        asking.start();
        equalSectors = 0;
        long now = resource.now();
        beganAt = afterPause ? beganAt + now - stoppedAt : now;
        totalBlocks = afterPause ? totalBlocks() : peerDevice.outOfSyncBlocks();
        int run = ++epoch;
        Disk disk = peerDevice.volume().disk();
        if (disk != null) {
            disk.writer().persist(written -> {
                if (written && running && run == epoch) {
                    // Of a volume that is growing, what is new was not marked before.
                    totalBlocks = Math.max(totalBlocks, peerDevice.outOfSyncBlocks());
                    durable = true;
                    turn();
                }
            });
        }
        resource.log(
                Events.Level.INFO,
                peerDevice.label(),
                "began resync as SyncTarget: " + peerDevice.outOfSyncBlocks() * 4 + " KiB out of sync");
    }

    /** The connection is gone: no more answers will come. */
    void disconnected() {
        stop();
        asking.disconnected();
    }

    /** The state is not SyncTarget any more. */
    void stop() {
        stoppedAt = running ? resource.now() : stoppedAt;
        running = false;
        epoch++;
        asking.stop();
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** A new bitmap exchange begins: no requests before the source says that it is complete. */
    void exchangeBegins() {
        exchangeComplete = false;
        // It may be paused before it ever runs.
        totalBlocks = 0;
        beganAt = resource.now();
        stoppedAt = beganAt;
    }

    void exchangeCompleted() {
        exchangeComplete = true;
        if (running) {
            turn();
        }
    }

    boolean exchangeComplete() {
        return exchangeComplete;
    }

    private void turn() {
        if (!running) {
            return;
        }
        if (timer != null) {
            timer.cancel();
        }
        timer = resource.timers().schedule(TURN_NANOS, this::turn);
        if (durable && exchangeComplete) {
            asking.turn();
            asking.ask();
            progress();
            peerDevice.volume().lazyBitmapTick();
        }
    }

    /** Something was written or became in sync: ask for more, or end. */
    void progress() {
        if (!running || !durable || !exchangeComplete || finishing) {
            return;
        }
        asking.ask();
        if (requests.size() == 0 && peerDevice.outOfSyncBlocks() == 0) {
            finish();
        }
    }

    /** An answer has arrived completely; returns its request, or {@link ResyncRequests#NONE} if it is not wanted. */
    int answered(long startSector, int sectors) {
        int handle = asking.answered(startSector, sectors);
        return running ? handle : ResyncRequests.NONE;
    }

    /** What keeps users away from the range of a request goes over to the write of its answer. */
    ResyncLooks.@Nullable Look takeLook(int handle) {
        return asking.takeLook(handle);
    }

    /** An answer is on disk (or was refused): acknowledge its parts and take them out of the bitmap. */
    void written(PeerWrite write, Session session) {
        int handle = write.resyncRequest;
        boolean wanted = running && session.alive && handle != ResyncRequests.NONE && write.resyncRun == epoch;
        if (!session.alive) {
            return;
        }
        int sectors = (int) (write.endSector - write.startSector);
        if (!wanted || write.error != Errno.OK) {
            if (wanted) {
                requests.remove(handle);
                asking.fail(write.startSector, sectors);
            }
            acknowledge(session, write.startSector, sectors, false, true, write.sequence);
            progress();
            return;
        }
        boolean splits = session.protocol.splitsResyncAcks();
        int from = 0;
        while (from < sectors) {
            boolean inSync = requests.inSync(handle, from);
            int end = requests.endOfAck(handle, from);
            if (inSync) {
                peerDevice.setInSync(write.startSector + from, write.startSector + end);
            } else {
                asking.backTo(write.startSector + from);
            }
            if (splits) {
                acknowledge(session, write.startSector + from, end - from, inSync, end == sectors, write.sequence);
            }
            from = end;
        }
        if (!splits) {
            // What became different meanwhile keeps its bits, and is asked for again.
            acknowledge(session, write.startSector, sectors, true, true, 0);
        }
        requests.remove(handle);
        peerDevice.countReceived(sectors);
        progress();
    }

    /** P_RS_IS_IN_SYNC: the source has the same. */
    void equal(long startSector, int sectors) {
        int handle = asking.equal(startSector, sectors);
        if (handle == ResyncRequests.NONE) {
            return;
        }
        int from = 0;
        while (from < sectors) {
            int end = requests.endOfAck(handle, from);
            if (requests.inSync(handle, from)) {
                peerDevice.setInSync(startSector + from, startSector + end);
            } else {
                asking.backTo(startSector + from);
            }
            from = end;
        }
        requests.remove(handle);
        equalSectors += sectors;
        progress();
    }

    private void acknowledge(
            Session session, long startSector, int sectors, boolean inSync, boolean last, int resyncSequence) {
        long blockId = last ? BlockIds.SYNCER : BlockIds.SYNCER_SPLIT;
        int bytes = sectors << Units.SECTOR_SHIFT;
        if (inSync && session.protocol.splitsResyncAcks()) {
            BlockAckLayout.put116(
                    session.control.output(64),
                    session.agreed,
                    peerDevice.volume().number(),
                    startSector,
                    blockId,
                    bytes,
                    peerDevice.nextSequence(),
                    resyncSequence);
        } else {
            session.sendBlockAck(
                    inSync ? PacketType.RS_WRITE_ACK : PacketType.NEG_ACK, peerDevice, startSector, blockId, bytes);
        }
    }

    /** P_NEG_RS_DREPLY. */
    void refused(long startSector, int sectors) {
        if (asking.drop(startSector, sectors) != ResyncRequests.NONE) {
            asking.fail(startSector, sectors);
            progress();
        }
    }

    /** P_RS_CANCEL: ask again in the next turn. */
    void cancelled(long startSector, int sectors) {
        if (asking.drop(startSector, sectors) != ResyncRequests.NONE) {
            asking.backTo(startSector);
        }
    }

    /** A replicated write of the range was received. */
    void overwritten(long startSector, long endSector) {
        if (running) {
            requests.overwritten(startSector, endSector - startSector);
        }
    }

    /** The source declared the range different. */
    void outOfSync(long startSector, long endSector) {
        if (running) {
            requests.stale(startSector, endSector - startSector);
            asking.backTo(startSector);
        }
    }

    /**
     * What a replicated write has overtaken is not written by the resync: the copy is complete only with the replicated
     * writes that are on their way to the disk.
     */
    private void finish() {
        finishing = true;
        int run = epoch;
        peerDevice
                .connection()
                .pingThen(() -> peerDevice.volume().peerWrites().whenPresentOnesAreDone(() -> complete(run)));
    }

    private void complete(int run) {
        if (!running || run != epoch) {
            return;
        }
        if (peerDevice.outOfSyncBlocks() > 0 || requests.size() > 0) {
            finishing = false;
            progress();
            return;
        }
        long millis = Math.max(1, (resource.now() - beganAt) / 1_000_000);
        resource.log(
                Events.Level.INFO,
                peerDevice.label(),
                "resync done: " + totalBlocks * 4 + " KiB in " + millis + " ms (" + totalBlocks * 4000 / millis
                        + " KiB/s)");
        if (equalSectors > 0 && totalBlocks > 0) {
            long equalKib = equalSectors / 2;
            resource.log(
                    Events.Level.INFO,
                    peerDevice.label(),
                    equalKib * 100 / (totalBlocks * 4) + " % had equal checksums, eliminated: " + equalKib
                            + "K; transferred " + Math.max(0, totalBlocks * 4 - equalKib) + "K total "
                            + totalBlocks * 4 + "K");
        }
        peerDevice.resyncEnd().asTarget();
    }

    /** The number of the run that goes on. */
    int run() {
        return epoch;
    }

    boolean running() {
        return running;
    }

    /** The speed that it asks for at the moment. */
    long wantedBlocksPerSecond() {
        return asking.wantedBlocksPerSecond();
    }

    /** What there was to do when it began; also while it is paused. */
    long totalBlocks() {
        return Math.max(totalBlocks, peerDevice.outOfSyncBlocks());
    }

    long beganAt() {
        return beganAt;
    }

    /** What keeps it from making progress, for people; an answer is late after {@code longNanos}. */
    String waitsFor(long longNanos) {
        if (!running) {
            return "";
        }
        if (!durable) {
            return "own metadata to become durable";
        }
        if (!exchangeComplete) {
            return "the peer to complete the bitmap exchange";
        }
        if (finishing) {
            return "the peer to answer a ping at the end of the resync";
        }
        if (asking.failedBlocks() > 0 && requests.size() == 0) {
            return asking.failedBlocks() + " blocks that could not be read or written, tried again every 10 s";
        }
        return asking.waitsFor(longNanos);
    }
}
