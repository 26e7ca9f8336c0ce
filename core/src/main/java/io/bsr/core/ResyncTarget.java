package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Errno;
import io.bsr.base.port.Timers;
import io.bsr.base.state.ReplicationState;
import io.bsr.core.disk.Disk;
import io.bsr.core.disk.OutOfSyncBitmap;
import io.bsr.core.option.PeerDeviceOptions;
import io.bsr.core.resync.RateController;
import io.bsr.core.resync.RateOptions;
import io.bsr.core.resync.ResyncRequests;
import io.bsr.wire.BlockIds;
import io.bsr.wire.PacketType;
import io.bsr.wire.Versions;
import io.bsr.wire.data.BlockAckLayout;
import io.bsr.wire.data.BlockRequestLayout;
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
    private static final long RETRY_NANOS = 10_000_000_000L;
    private static final int MAX_REQUESTS = 2048;

    /** Most data asked for and not yet written: bounds the memory that answers can take. */
    private static final long MAX_OUTSTANDING_SECTORS = (16L << 20) >> Units.SECTOR_SHIFT;

    private final PeerDevice peerDevice;
    private final Resource resource;
    private final ResyncRequests requests = new ResyncRequests(MAX_REQUESTS);
    private RateController controller;
    private Timers.@Nullable Timer timer;
    private boolean running;
    private boolean durable;
    private boolean exchangeComplete;
    private boolean finishing;
    private long budgetBlocks;
    private long position;
    private boolean lookedAtAll;
    private long failedBlocks;

    /** Requests that no answer has come to, and those of them that an earlier run sent. */
    private int onWire;

    private int orphans;
    private long retryAt;
    private long beganAt;
    private long totalBlocks;
    private int epoch;

    ResyncTarget(PeerDevice peerDevice, Resource resource) {
        this.peerDevice = peerDevice;
        this.resource = resource;
        controller = newController();
    }

    private RateController newController() {
        PeerDeviceOptions o = peerDevice.options();
        return new RateController(
                new RateOptions(
                        Math.min(o.resyncRate(), 4_194_304),
                        o.planAhead(),
                        o.delayTarget(),
                        o.fillTarget(),
                        Math.min(o.maxRate(), 4_194_304),
                        o.minRate()),
                Versions.BSR_17,
                peerDevice.connection().options().maxBuffers());
    }

    void optionsChanged() {
        controller = newController();
    }

    ResyncRequests requests() {
        return requests;
    }

    /** The state became SyncTarget. */
    void start() {
        stop();
        running = true;
        durable = false;
        finishing = false;
        position = 0;
        lookedAtAll = false;
        failedBlocks = 0;
        retryAt = 0;
        budgetBlocks = 0;
        controller.reset();
        beganAt = resource.now();
        totalBlocks = peerDevice.outOfSyncBlocks();
        int run = ++epoch;
        Disk disk = peerDevice.volume().disk();
        if (disk != null) {
            disk.writer().persist(written -> {
                if (written && running && run == epoch) {
                    durable = true;
                    turn();
                }
            });
        }
        resource.log(
                Events.Level.INFO,
                peerDevice.label(),
                "began resync as SyncTarget: " + totalBlocks * 4 + " KiB out of sync");
    }

    /** The connection is gone: no more answers will come. */
    void disconnected() {
        stop();
        onWire = 0;
        orphans = 0;
    }

    /**
     * The state is not SyncTarget any more. Answers that still come are refused; and as they may be older than what is
     * written meanwhile, nothing is asked for again before all of them have come.
     */
    void stop() {
        running = false;
        orphans = onWire;
        epoch++;
        requests.clear();
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** A new bitmap exchange begins: no requests before the source says that it is complete. */
    void exchangeBegins() {
        exchangeComplete = false;
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
            budgetBlocks = controller.blocksForNextTurn();
            if ((failedBlocks > 0 || lookedAtAll) && requests.size() == 0 && resource.now() >= retryAt) {
                // What failed, and what was marked behind the position meanwhile.
                failedBlocks = 0;
                position = 0;
                lookedAtAll = false;
            }
            request();
            progress();
            peerDevice.volume().lazyBitmapTick();
        }
    }

    /** Something was written or became in sync: ask for more, or end. */
    void progress() {
        if (!running || !durable || !exchangeComplete || finishing) {
            return;
        }
        request();
        if (requests.size() == 0 && peerDevice.outOfSyncBlocks() == 0) {
            finish();
        }
    }

    private void request() {
        Disk disk = peerDevice.volume().disk();
        Session session = peerDevice.connection().session();
        if (disk == null
                || session == null
                || orphans > 0
                || peerDevice.replication() != ReplicationState.SYNC_TARGET) {
            return;
        }
        OutOfSyncBitmap bitmap = disk.bitmap();
        int slot = peerDevice.slot();
        while (budgetBlocks > 0 && !requests.isFull() && requests.outstandingSectors() < MAX_OUTSTANDING_SECTORS) {
            long bit = bitmap.nextSet(slot, position);
            if (bit >= bitmap.bits()) {
                position = bitmap.bits();
                lookedAtAll = true;
                return;
            }
            long free = (requests.nextFree(bit * Units.SECTORS_PER_BIT) + Units.SECTORS_PER_BIT - 1)
                    / Units.SECTORS_PER_BIT;
            if (free > bit) {
                position = free;
                continue;
            }
            // A run may reach into what is outstanding already: only what lies before that is asked for.
            long end = endOfRun(bitmap, slot, bit, requests.nextTaken(bit * Units.SECTORS_PER_BIT));
            long start = bit * Units.SECTORS_PER_BIT;
            int sectors = (int)
                    (Math.min(end * Units.SECTORS_PER_BIT, peerDevice.volume().sectors()) - start);
            position = end;
            requests.add(start, sectors);
            onWire++;
            budgetBlocks -= end - bit;
            controller.requested(sectors);
            BlockRequestLayout.put(
                    session.data.output(64),
                    session.agreed,
                    PacketType.RS_DATA_REQUEST,
                    peerDevice.volume().number(),
                    start,
                    BlockIds.SYNCER,
                    sectors << Units.SECTOR_SHIFT,
                    0);
        }
    }

    /** Merges set bits: at most 1 MiB, aligned to the power of two at or above its size, at most the budget. */
    private long endOfRun(OutOfSyncBitmap bitmap, int slot, long bit, long endSector) {
        long most = Math.min(BufferPool.LARGEST >>> Units.BIT_SHIFT, Math.max(1, budgetBlocks));
        long end = bit + 1;
        long limit = Math.min(
                Math.min(bitmap.nextClear(slot, bit), bit + most), (endSector - 1) / Units.SECTORS_PER_BIT + 1);
        while (end < limit) {
            long size = Long.highestOneBit(end - bit) << 1;
            if ((bit & (size - 1)) != 0) {
                break;
            }
            end = Math.min(limit, bit + size);
        }
        return end;
    }

    /** An answer has arrived completely; returns its request, or {@link ResyncRequests#NONE} if it is not wanted. */
    int answered(long startSector, int sectors) {
        controller.received(sectors);
        onWire--;
        if (orphans > 0) {
            orphans--;
            return ResyncRequests.NONE;
        }
        return running ? requests.find(startSector, sectors) : ResyncRequests.NONE;
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
                fail(write.startSector, sectors);
            }
            acknowledge(session, write.startSector, sectors, false, true, write.resyncSequence);
            progress();
            return;
        }
        if (!session.protocol.splitsResyncAcks()) {
            writtenWhole(write, handle, sectors, session);
            return;
        }
        int from = 0;
        while (from < sectors) {
            boolean inSync = requests.inSync(handle, from);
            int end = requests.endOfAck(handle, from);
            if (inSync) {
                peerDevice.setInSync(write.startSector + from, write.startSector + end);
            } else {
                position = Math.min(position, (write.startSector + from) / Units.SECTORS_PER_BIT);
            }
            acknowledge(session, write.startSector + from, end - from, inSync, end == sectors, write.resyncSequence);
            from = end;
        }
        requests.remove(handle);
        peerDevice.countReceived(sectors);
        progress();
    }

    /** One acknowledgement for all; what became different meanwhile keeps its bits and is asked for again. */
    private void writtenWhole(PeerWrite write, int handle, int sectors, Session session) {
        int from = 0;
        while (from < sectors) {
            int end = requests.endOfAck(handle, from);
            if (requests.inSync(handle, from)) {
                peerDevice.setInSync(write.startSector + from, write.startSector + end);
            } else {
                position = Math.min(position, (write.startSector + from) / Units.SECTORS_PER_BIT);
            }
            from = end;
        }
        acknowledge(session, write.startSector, sectors, true, true, 0);
        requests.remove(handle);
        peerDevice.countReceived(sectors);
        progress();
    }

    private void acknowledge(
            Session session, long startSector, int sectors, boolean inSync, boolean last, int resyncSequence) {
        long blockId = last ? BlockIds.SYNCER : BlockIds.SYNCER_SPLIT;
        int bytes = sectors << Units.SECTOR_SHIFT;
        int volume = peerDevice.volume().number();
        if (inSync && session.protocol.splitsResyncAcks()) {
            BlockAckLayout.put116(
                    session.control.output(64),
                    session.agreed,
                    volume,
                    startSector,
                    blockId,
                    bytes,
                    peerDevice.nextSequence(),
                    resyncSequence);
        } else {
            BlockAckLayout.put(
                    session.control.output(64),
                    session.agreed,
                    inSync ? PacketType.RS_WRITE_ACK : PacketType.NEG_ACK,
                    volume,
                    startSector,
                    blockId,
                    bytes,
                    peerDevice.nextSequence());
        }
    }

    /** The source could not read the blocks, or they could not be written: try again later. */
    private void fail(long startSector, int sectors) {
        failedBlocks += Math.max(1, sectors / Units.SECTORS_PER_BIT);
        retryAt = resource.now() + RETRY_NANOS;
        resource.log(
                Events.Level.WARN,
                peerDevice.label(),
                "resync of " + sectors + " sectors at " + startSector + " failed; tried again in 10 s");
    }

    /** P_NEG_RS_DREPLY. */
    void refused(long startSector, int sectors) {
        int handle = drop(startSector, sectors);
        if (handle != ResyncRequests.NONE) {
            fail(startSector, sectors);
            progress();
        }
    }

    /** P_RS_CANCEL: ask again in the next turn. */
    void cancelled(long startSector, int sectors) {
        if (drop(startSector, sectors) != ResyncRequests.NONE) {
            position = Math.min(position, startSector / Units.SECTORS_PER_BIT);
        }
    }

    private int drop(long startSector, int sectors) {
        controller.settled(sectors);
        onWire--;
        if (orphans > 0) {
            orphans--;
            return ResyncRequests.NONE;
        }
        int handle = running ? requests.find(startSector, sectors) : ResyncRequests.NONE;
        if (handle != ResyncRequests.NONE) {
            requests.remove(handle);
        }
        return handle;
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
            position = Math.min(position, startSector / Units.SECTORS_PER_BIT);
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
        peerDevice.resyncAsTargetFinished();
    }

    /** The number of the run that goes on. */
    int run() {
        return epoch;
    }

    boolean running() {
        return running;
    }

    long totalBlocks() {
        return running ? totalBlocks : 0;
    }

    long beganAt() {
        return beganAt;
    }

    /** What keeps it from making progress, for people. */
    String waitsFor() {
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
        if (failedBlocks > 0 && requests.size() == 0) {
            return failedBlocks + " blocks that could not be read or written, tried again every 10 s";
        }
        return "";
    }
}
