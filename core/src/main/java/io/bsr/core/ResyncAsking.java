package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.Disk;
import io.bsr.core.disk.OutOfSyncBitmap;
import io.bsr.core.option.PeerDeviceOptions;
import io.bsr.core.resync.RateController;
import io.bsr.core.resync.RateOptions;
import io.bsr.core.resync.ResyncRequests;
import io.bsr.wire.BlockIds;
import io.bsr.wire.PacketType;
import io.bsr.wire.Versions;
import org.jspecify.annotations.Nullable;

/**
 * What the target of a resync asks for: the next marked blocks, as many as the {@link RateController} allows, and none
 * while answers to an earlier run may still come (wire-protocol reference, section 11.2).
 */
final class ResyncAsking {
    private static final long SECOND = 1_000_000_000L;
    private static final long RETRY_NANOS = 10 * SECOND;
    private static final int MAX_REQUESTS = 2048;

    /** Most data asked for and not yet written: bounds the memory that answers can take. */
    private static final long MAX_OUTSTANDING_SECTORS = (16L << 20) >> Units.SECTOR_SHIFT;

    private static final int TURNS_PER_SECOND = 10;

    private final PeerDevice peerDevice;
    private final Resource resource;
    private final ResyncRequests requests = new ResyncRequests(MAX_REQUESTS);
    private final ResyncChecksums checksums;
    private final ResyncLooks looks;
    private RateController controller;
    private int run;
    private boolean running;
    private long budgetBlocks;
    private long wantedBlocks;
    private long position;
    private boolean lookedAtAll;
    private long failedBlocks;

    /** Requests that no answer has come to, and those of them that an earlier run sent. */
    private int onWire;

    private int orphans;
    private long retryAt;
    private long lastAnswer;

    ResyncAsking(PeerDevice peerDevice, Resource resource) {
        this.peerDevice = peerDevice;
        this.resource = resource;
        checksums = new ResyncChecksums(this, peerDevice, resource);
        looks = new ResyncLooks(peerDevice, MAX_REQUESTS, this::send);
        controller = newController();
    }

    private RateController newController() {
        return new RateController(
                rate(peerDevice.options()),
                Versions.BSR_17,
                peerDevice.connection().options().maxBuffers());
    }

    static RateOptions rate(PeerDeviceOptions o) {
        return new RateOptions(
                Math.min(o.resyncRate(), 4_194_304),
                o.planAhead(),
                o.delayTarget(),
                o.fillTarget(),
                Math.min(o.maxRate(), 4_194_304),
                o.minRate());
    }

    void optionsChanged() {
        controller = newController();
    }

    ResyncRequests requests() {
        return requests;
    }

    /** Blocks that could not be read or written, and are asked for again later. */
    long failedBlocks() {
        return failedBlocks;
    }

    /** As many blocks as this turn may ask for, as a speed. */
    long wantedBlocksPerSecond() {
        return wantedBlocks * TURNS_PER_SECOND;
    }

    /** What is not answered, for people. */
    String waitsFor(long longNanos) {
        if (orphans > 0) {
            return orphans + " answers of the run before";
        }
        long quiet = resource.now() - lastAnswer;
        if (requests.size() == 0 || quiet < longNanos) {
            return "";
        }
        int held = looks.waiting();
        return held > 0
                ? held + " writes of users to end, on blocks that are to be asked for"
                : "the peer to answer " + requests.size() + " requests, since " + quiet / SECOND + " s";
    }

    /** A run begins. */
    void start() {
        running = true;
        lastAnswer = resource.now();
        checksums.start();
        position = 0;
        lookedAtAll = false;
        failedBlocks = 0;
        retryAt = 0;
        budgetBlocks = 0;
        wantedBlocks = 0;
        controller.reset();
    }

    /**
     * The run is over. Answers that still come are refused; and as they may be older than what is written meanwhile, nothing
     * is asked for again before all of them have come.
     */
    void stop() {
        running = false;
        run++;
        orphans = onWire;
        requests.clear();
        looks.endAll();
    }

    /** The connection is gone: no more answers will come. */
    void disconnected() {
        onWire = 0;
        orphans = 0;
    }

    /** A tenth of a second is over. */
    void turn() {
        budgetBlocks = controller.blocksForNextTurn();
        wantedBlocks = budgetBlocks;
        if ((failedBlocks > 0 || lookedAtAll) && requests.size() == 0 && resource.now() >= retryAt) {
            // What failed, and what was marked behind the position meanwhile.
            failedBlocks = 0;
            position = 0;
            lookedAtAll = false;
        }
    }

    /** Asks for as much as this turn allows. */
    void ask() {
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
        while (budgetBlocks > 0
                && !checksums.full()
                && !requests.isFull()
                && requests.outstandingSectors() < MAX_OUTSTANDING_SECTORS) {
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
            int handle = requests.add(start, sectors);
            budgetBlocks -= end - bit;
            controller.requested(sectors);
            if (resource.role() == Role.PRIMARY) {
                looks.begin(handle, start, sectors);
            } else {
                send(start, sectors);
            }
        }
    }

    private void send(long startSector, int sectors) {
        Disk disk = peerDevice.volume().usableDisk();
        Session session = peerDevice.connection().session();
        if (disk != null
                && session != null
                && (!checksums.inUse() || !checksums.ask(disk, startSector, sectors, run))) {
            sendPlain(session, startSector, sectors);
        }
    }

    /** What keeps users away from the range of a request goes over to the write of its answer. */
    ResyncLooks.@Nullable Look takeLook(int handle) {
        return looks.take(handle);
    }

    /** True if the run goes on. */
    boolean current(int number) {
        return running && run == number;
    }

    /** A request is being sent. */
    void sent() {
        onWire++;
    }

    void sendPlain(Session session, long startSector, int sectors) {
        sent();
        session.sendBlockRequest(
                PacketType.RS_DATA_REQUEST, peerDevice, startSector, BlockIds.SYNCER, sectors << Units.SECTOR_SHIFT, 0);
    }

    /** Merges set bits: at most 1 MiB, aligned to the power of two at or above its size, at most the budget. */
    private long endOfRun(OutOfSyncBitmap bitmap, int slot, long bit, long endSector) {
        long longest = checksums.inUse() ? ResyncChecksums.MAX_BLOCKS : BufferPool.LARGEST >>> Units.BIT_SHIFT;
        long most = Math.min(longest, Math.max(1, budgetBlocks));
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

    /** An answer with data has come; returns its request, or {@link ResyncRequests#NONE} if none of this run is meant. */
    int answered(long startSector, int sectors) {
        controller.received(sectors);
        return settle(startSector, sectors);
    }

    /** The source has the same; returns the request, which stays, or {@link ResyncRequests#NONE}. */
    int equal(long startSector, int sectors) {
        controller.settled(sectors);
        int handle = settle(startSector, sectors);
        looks.end(handle);
        return handle;
    }

    /** A request has ended without data. */
    int drop(long startSector, int sectors) {
        controller.settled(sectors);
        int handle = settle(startSector, sectors);
        if (handle != ResyncRequests.NONE) {
            looks.end(handle);
            requests.remove(handle);
        }
        return handle;
    }

    private int settle(long startSector, int sectors) {
        lastAnswer = resource.now();
        onWire--;
        if (orphans > 0) {
            orphans--;
            return ResyncRequests.NONE;
        }
        return requests.find(startSector, sectors);
    }

    /** The blocks from here on are to be looked at once more. */
    void backTo(long startSector) {
        position = Math.min(position, startSector / Units.SECTORS_PER_BIT);
    }

    /** The source could not read the blocks, or they could not be written: try again later. */
    void fail(long startSector, int sectors) {
        failedBlocks += Math.max(1, sectors / Units.SECTORS_PER_BIT);
        retryAt = resource.now() + RETRY_NANOS;
        resource.log(
                Events.Level.WARN,
                peerDevice.label(),
                "resync of " + sectors + " sectors at " + startSector + " failed; tried again in 10 s");
    }
}
