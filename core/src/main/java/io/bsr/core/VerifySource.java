package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.port.Timers;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.option.PeerDeviceOptions;
import io.bsr.core.option.VerifyPace;
import io.bsr.core.resync.RateController;
import io.bsr.core.resync.ResyncRequests;
import io.bsr.wire.BlockIds;
import io.bsr.wire.PacketType;
import io.bsr.wire.Versions;
import io.bsr.wire.digest.DigestAlgorithm;
import io.bsr.wire.digest.PayloadDigest;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The side of an online verify that asks and compares (VerifyS; wire-protocol reference, section 12).
 *
 * <pre>
 *   first look    range of up to 256 blocks: request ─▶ digest of the peer ─▶ own blocks read and compared
 *                    equal ─▶ done        different ─▶ its blocks become suspects
 *   second look   one block: users' writes kept away ─▶ request ─▶ digest ─▶ compared ─▶ users may go on
 *                    equal ─▶ done        different ─▶ out of sync
 * </pre>
 *
 * A write between the peer's read and ours makes the first look differ; under the lock of the second nothing can. A peer
 * that is Primary, and not of our kind, may still be writing what it has sent: there the second look is repeated. Of a peer
 * that locks as well ({@link PeerProtocol#locksWhileVerifying}) each block is looked at once, under the lock of both.
 */
final class VerifySource {
    private static final long MILLI = 1_000_000L;
    private static final long TURN_NANOS = 100 * MILLI;
    private static final int MAX_REQUESTS = 256;
    private static final int REQUEST_BLOCKS = 16;
    private static final int MAX_SUSPECTS = 4096;
    private static final int SUSPECTS_AT_ONCE = 16;
    private static final int LOOKS_AT_PRIMARY = 4;
    private static final int MOST_REFUSALS = 50;

    private final PeerDevice peerDevice;
    private final Resource resource;
    private final OutOfSyncReport report;
    private final ResyncRequests requests = new ResyncRequests(MAX_REQUESTS);
    private final @Nullable VerifyCompare[] lookers = new VerifyCompare[MAX_REQUESTS];

    /** Blocks to look at a second time, and how often each was looked at: a ring. */
    private final long[] suspects = new long[MAX_SUSPECTS];

    private final int[] suspectLooks = new int[MAX_SUSPECTS];
    private int firstSuspect;
    private int suspectCount;
    private int suspectsAsked;

    private @Nullable PayloadDigest digest;
    private @Nullable RateController controller;
    private VerifyPace pace = VerifyPace.from(Map.of());
    private Timers.@Nullable Timer timer;
    private boolean running;
    private boolean finishing;
    private int run;
    private long startSector;
    private long stopSector;
    private boolean autoSync;
    private long position;
    private long budgetBlocks;
    private int refusals;
    private long skippedSectors;
    private long doneSectors;
    private long beganAt;

    /** Where the last verify was interrupted, 0 if it was not: the next one goes on there. */
    private long reachedSector;

    /** Requests that no answer has come to, and those of them that an earlier run sent. */
    private int onWire;

    private int orphans;

    VerifySource(PeerDevice peerDevice, Resource resource) {
        this.peerDevice = peerDevice;
        this.resource = resource;
        report = new OutOfSyncReport(peerDevice, resource);
    }

    /**
     * What the next verify is about.
     *
     * @param start first sector; negative: where the last one was interrupted
     * @param stop the sector after the last one; negative: the end of the volume
     */
    void plan(long start, long stop, boolean withAutoSync) {
        long sectors = peerDevice.volume().sectors();
        long from = start < 0 ? reachedSector : start;
        startSector = (from >= sectors ? Math.max(0, sectors - 1) : from) & -Units.SECTORS_PER_BIT;
        long end = stop < 0 ? sectors : Math.min(sectors, blocks(stop) * Units.SECTORS_PER_BIT);
        stopSector = Math.max(startSector, end);
        autoSync = withAutoSync;
    }

    /** The state became VerifyS. */
    void start() {
        DigestAlgorithm algorithm = peerDevice.connection().digests().verify();
        digest = algorithm == null ? null : new PayloadDigest(algorithm);
        running = true;
        finishing = false;
        run++;
        position = startSector;
        budgetBlocks = 0;
        refusals = 0;
        skippedSectors = 0;
        doneSectors = 0;
        firstSuspect = 0;
        suspectCount = 0;
        suspectsAsked = 0;
        beganAt = resource.now();
        PeerDeviceOptions o = peerDevice.options();
        pace = VerifyPace.from(o.given());
        controller = new RateController(
                ResyncAsking.rate(o),
                Versions.BSR_17,
                peerDevice.connection().options().maxBuffers());
        report.begin();
        long blocks = blocks(stopSector - startSector);
        resource.log(
                Events.Level.INFO,
                peerDevice.label(),
                "Starting Online Verify as VerifyS, start sector(" + startSector + ") (will verify " + blocks * 4
                        + " KB [" + blocks + " bits set]).");
        turn();
    }

    /** The state is not VerifyS any more. */
    void stop() {
        if (!running) {
            return;
        }
        running = false;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        for (VerifyCompare looker : lookers) {
            if (looker != null) {
                looker.cancel();
            }
        }
        reachedSector =
                !finishing ? reached() : stopSector < peerDevice.volume().sectors() ? stopSector : 0;
        orphans = onWire;
        requests.clear();
        if (!finishing) {
            resource.log(Events.Level.INFO, peerDevice.label(), "Online Verify reached sector " + reachedSector);
        }
        report.end(doneSectors, resource.now() - beganAt);
        if (skippedSectors > 0) {
            resource.log(
                    Events.Level.WARN,
                    peerDevice.label(),
                    "Online verify skipped " + skippedSectors + " sectors, which could not be read or compared");
        }
    }

    /** Everything before it is verified. */
    private long reached() {
        long taken = requests.nextTaken(0);
        long reached = Math.min(position, taken);
        for (int i = 0; i < suspectCount; i++) {
            reached = Math.min(reached, suspects[(firstSuspect + i) % MAX_SUSPECTS]);
        }
        return reached;
    }

    /** The connection is gone: no more answers will come. */
    void disconnected() {
        stop();
        onWire = 0;
        orphans = 0;
    }

    static long blocks(long sectors) {
        return (sectors + Units.SECTORS_PER_BIT - 1) / Units.SECTORS_PER_BIT;
    }

    // ------------------------------------------------------------------------------------------------ asking

    private void turn() {
        if (!running) {
            return;
        }
        RateController rate = controller;
        if (pace.given()) {
            timer = resource.timers().schedule(pace.intervalMillis() * MILLI, this::turn);
            budgetBlocks = pace.blocks();
        } else if (rate != null) {
            timer = resource.timers().schedule(TURN_NANOS, this::turn);
            budgetBlocks = rate.blocksForNextTurn();
        }
        ask();
        progress();
    }

    private void ask() {
        Session session = peerDevice.connection().session();
        if (session == null || orphans > 0 || digest == null) {
            return;
        }
        boolean locked = session.protocol.locksWhileVerifying();
        int most = locked ? 1 : pace.given() ? pace.blocks() : REQUEST_BLOCKS;
        while (budgetBlocks > 0
                && position < stopSector
                && !requests.isFull()
                && suspectCount + suspectsAsked < MAX_SUSPECTS / 2) {
            long blocks = Math.min(Math.min(most, budgetBlocks), blocks(stopSector - position));
            int sectors = (int) Math.min(blocks * Units.SECTORS_PER_BIT, stopSector - position);
            int handle = requests.add(position, sectors);
            if (handle == ResyncRequests.NONE) {
                return;
            }
            long start = position;
            long left = blocks(stopSector - position);
            position += sectors;
            budgetBlocks -= blocks;
            if (locked) {
                looker(handle).beginLocked(1, start, start + sectors, true);
            } else {
                looker(handle).begin(1);
                send(session, start, sectors, left);
            }
        }
    }

    private VerifyCompare looker(int handle) {
        VerifyCompare looker = lookers[handle];
        if (looker == null || !looker.idle()) {
            looker = new VerifyCompare(this, peerDevice, resource);
            lookers[handle] = looker;
        }
        return looker;
    }

    private VerifyCompare looking(int handle) {
        return Objects.requireNonNull(lookers[handle]);
    }

    void send(Session session, long start, int sectors, long leftBlocks) {
        onWire++;
        if (controller != null) {
            controller.requested(sectors);
        }
        session.sendBlockRequest(
                PacketType.OV_REQUEST,
                peerDevice,
                start,
                session.agreed.atLeast(Versions.FAST_VERIFY) ? BlockIds.ofBlocksLeft(leftBlocks) : BlockIds.SYNCER,
                sectors << Units.SECTOR_SHIFT,
                0);
    }

    /** Asks once more for blocks that differed. */
    private void askSuspects() {
        while (suspectCount > 0 && suspectsAsked < SUSPECTS_AT_ONCE && !requests.isFull() && orphans == 0) {
            long start = suspects[firstSuspect];
            int looks = suspectLooks[firstSuspect];
            int sectors =
                    (int) Math.min(Units.SECTORS_PER_BIT, peerDevice.volume().sectors() - start);
            int handle = requests.add(start, sectors);
            if (handle == ResyncRequests.NONE) {
                return;
            }
            firstSuspect = (firstSuspect + 1) % MAX_SUSPECTS;
            suspectCount--;
            suspectsAsked++;
            looker(handle).beginLocked(looks + 1, start, start + sectors, false);
        }
    }

    private boolean suspect(long start, int sectors, int looks) {
        if (suspectCount + (int) blocks(sectors) > MAX_SUSPECTS) {
            return false;
        }
        for (long s = start; s < start + sectors; s += Units.SECTORS_PER_BIT) {
            int at = (firstSuspect + suspectCount++) % MAX_SUSPECTS;
            suspects[at] = s;
            suspectLooks[at] = looks;
        }
        return true;
    }

    // ------------------------------------------------------------------------------------------------ answers

    /** P_OV_REPLY, with a checked range and a digest of the right length; true if somebody waits for it. */
    @Nullable VerifyCompare replied(Session session, long start, int sectors) {
        if (controller != null) {
            controller.received(sectors);
        }
        int handle = settle(start, sectors);
        if (handle == ResyncRequests.NONE || !looking(handle).asked()) {
            abandoned(session, start, sectors);
            return null;
        }
        return looking(handle);
    }

    /** Nobody compares what the peer has answered; where it waits for a result, it gets one that says nothing. */
    void abandoned(Session session, long start, int sectors) {
        if (session.alive && session.protocol.locksWhileVerifying()) {
            session.sendBlockAck(
                    PacketType.OV_RESULT, peerDevice, start, BlockIds.OV_IN_SYNC, sectors << Units.SECTOR_SHIFT);
        }
    }

    /** The peer could not look (P_RS_CANCEL, P_NEG_RS_DREPLY); true if that was about a verify. */
    boolean refused(long start, int sectors, boolean forGood) {
        if (onWire == 0 || StateRules.syncing(peerDevice.replication())) {
            return false;
        }
        if (controller != null) {
            controller.settled(sectors);
        }
        int handle = settle(start, sectors);
        if (handle == ResyncRequests.NONE || !looking(handle).asked()) {
            return true;
        }
        int looks = looking(handle).refused();
        requests.remove(handle);
        suspectsAsked -= looks > 1 ? 1 : 0;
        refusals++;
        if (forGood || refusals > MOST_REFUSALS || !suspect(start, sectors, Math.max(1, looks - 1))) {
            skipped(start, sectors);
        }
        progress();
        return true;
    }

    private int settle(long start, int sectors) {
        onWire = Math.max(0, onWire - 1);
        if (orphans > 0) {
            orphans--;
            return ResyncRequests.NONE;
        }
        return running ? requests.find(start, sectors) : ResyncRequests.NONE;
    }

    int digestBytes() {
        PayloadDigest by = digest;
        return by == null ? 0 : by.bytes();
    }

    @Nullable PayloadDigest digest() {
        return digest;
    }

    /** A look is over; {@code differs} without a lock means nothing yet. */
    void looked(long start, int sectors, int looks, boolean readable, boolean differs) {
        int handle = running ? requests.find(start, sectors) : ResyncRequests.NONE;
        if (handle == ResyncRequests.NONE) {
            return;
        }
        requests.remove(handle);
        suspectsAsked -= looks > 1 ? 1 : 0;
        refusals = 0;
        if (!readable) {
            skipped(start, sectors);
        } else if (!differs) {
            result(start, sectors, BlockIds.OV_IN_SYNC);
        } else if (looks >= enough()) {
            peerDevice.setOutOfSync(start, start + sectors);
            report.add(start, sectors);
            result(start, sectors, BlockIds.OV_OUT_OF_SYNC);
        } else if (!suspect(start, sectors, looks)) {
            skipped(start, sectors);
        }
    }

    private int enough() {
        if (peerDevice.connection().protocol().locksWhileVerifying()) {
            return 1;
        }
        return peerDevice.connection().peerRole() == Role.PRIMARY ? LOOKS_AT_PRIMARY : 2;
    }

    private void skipped(long start, int sectors) {
        skippedSectors += sectors;
        result(start, sectors, BlockIds.OV_IN_SYNC);
    }

    private void result(long start, int sectors, long blockId) {
        doneSectors += sectors;
        Session session = peerDevice.connection().session();
        if (session != null) {
            session.sendBlockAck(PacketType.OV_RESULT, peerDevice, start, blockId, sectors << Units.SECTOR_SHIFT);
        }
    }

    /** Something came to its end: goes on with the suspects, or finishes. */
    void progress() {
        if (!running || finishing) {
            return;
        }
        askSuspects();
        if (position >= stopSector && requests.size() == 0 && suspectCount == 0) {
            finishing = true;
            int ending = run;
            // With the answer the peer has seen every result.
            peerDevice.connection().pingThen(() -> {
                if (running && run == ending) {
                    finish();
                }
            });
        }
    }

    private void finish() {
        boolean sync = autoSync && report.blocks() > 0;
        StateChange.imposed(resource, "online verify finished")
                .replication(peerDevice, ReplicationState.ESTABLISHED)
                .commit();
        peerDevice.volume().lazyBitmap();
        report.tell();
        if (sync) {
            resource.leftovers().resync(peerDevice);
        }
    }

    /** The peer says that the verify is over. */
    void targetEnded() {
        if (running && !finishing) {
            StateChange.imposed(resource, "the peer ended the verify")
                    .replication(peerDevice, ReplicationState.ESTABLISHED)
                    .commit();
        }
    }

    // ------------------------------------------------------------------------------------------------ for people

    boolean running() {
        return running;
    }

    long totalBlocks() {
        return blocks(stopSector - startSector);
    }

    long leftBlocks() {
        return Math.max(0, totalBlocks() - blocks(doneSectors));
    }

    long beganAt() {
        return beganAt;
    }
}
