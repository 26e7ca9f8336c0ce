package io.bsr.sim.oracle;

import io.bsr.base.memory.Buffer;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.option.Protocol;
import io.bsr.sim.disk.SimDisk;
import io.bsr.sim.disk.SparseImage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The model of one volume on two nodes: what was written and acknowledged, and what each copy may contain.
 *
 * <p>The rules, with P the node that a write was submitted to and S the other one:
 *
 * <ol>
 *   <li>An acknowledged write is on P's disk. Under protocol C it is on S's disk too if P called S connected and UpToDate
 *       from submission to acknowledgement (I1). It stays there when a process is killed.
 *   <li>After an acknowledged flush, and with FUA, the same holds for what survives a power failure.
 *   <li>A read returns a version that was not overwritten by a write acknowledged before the read began (I2).
 *   <li>A node may become the target of a resync only if it holds no acknowledged write that the other one lacks, except
 *       those that the protocol does not promise, those that a power failure took before a flush, and those that an
 *       administrator gave up (I1, I5).
 *   <li>A Secondary that is not Inconsistent holds, with each write, all writes that were acknowledged before that one
 *       was submitted (I8).
 *   <li>When both are UpToDate, Established and quiet, the disks are equal (I4), and contain an allowed version.
 * </ol>
 */
public final class VolumeOracle {
    private final int volume;
    private final int sectors;
    private final Protocol protocol;
    private final boolean strictPower;
    private final SimDisk[] disks;
    private final SimDisk[] metaDisks;
    private final NodeView[] views;
    private final Stamps stamps;
    private final List<WriteRecord> writes = new ArrayList<>();
    private final List<WriteRecord> recent = new ArrayList<>();
    private final List<Read> reads = new ArrayList<>();
    private final List<List<WriteRecord>> unflushed = List.of(new ArrayList<>(), new ArrayList<>());
    private final CopyModel[] copies;
    private final boolean[] givenUp = new boolean[2];
    private final boolean[] forced = new boolean[2];
    private final boolean[] wasPrimary = new boolean[2];

    /** Whether the copy was ever usable: only then can it come back as it was. */
    private final boolean[] wasGood = {true, true};

    private final DiskState[] lastDisk = {DiskState.DISKLESS, DiskState.DISKLESS};
    private final boolean[] lastConnected = new boolean[2];
    private final boolean[] inResync = new boolean[2];

    /** What the target of a resync that was cut off may have become, without telling anybody. */
    private final @Nullable SilentEnd[] silentEnds = new SilentEnd[2];

    private final long[] lastEnd = new long[2];
    private final long[] lastPowerLoss = new long[2];
    private long converged;
    private int era;

    /**
     * A volume of two blank copies.
     *
     * @param sectors the size that both nodes agree on
     * @param strictPower an unflushed write that a power failure took from P must survive if S had it
     */
    public VolumeOracle(
            int volume,
            int sectors,
            Protocol protocol,
            boolean strictPower,
            SimDisk[] disks,
            SimDisk[] metaDisks,
            NodeView[] views,
            Stamps stamps) {
        this.volume = volume;
        this.sectors = sectors;
        this.protocol = protocol;
        this.strictPower = strictPower;
        this.disks = disks.clone();
        this.metaDisks = metaDisks.clone();
        this.views = views.clone();
        this.stamps = stamps;
        this.copies = new CopyModel[] {new CopyModel(sectors, this::record), new CopyModel(sectors, this::record)};
        writes.add(new WriteRecord(0, WriteRecord.Kind.ZEROES, 0, 0, 0, 0, false, false, 0, 0));
    }

    public int volume() {
        return volume;
    }

    public int sectors() {
        return sectors;
    }

    /** How often both copies were found equal. */
    public long timesConverged() {
        return converged;
    }

    private WriteRecord record(int id) {
        return writes.get(id);
    }

    // ---- the beginning

    /** Puts contents of its own on a copy before the volume is used. */
    public void garbage(int node, long firstSector, int count) {
        WriteRecord write = new WriteRecord(
                writes.size(), WriteRecord.Kind.GARBAGE, firstSector, count, node, 0, false, false, 0, 0);
        write.ended = 0;
        writes.add(write);
        byte[] data = new byte[count * SectorPattern.SECTOR];
        SectorPattern.fill(data, 0, volume, write.id, firstSector, count);
        disks[node].prepare(firstSector * SectorPattern.SECTOR, data);
        for (int s = 0; s < count; s++) {
            copies[node].settle((int) firstSector + s, write.id);
        }
    }

    /** The copies have nothing to do with each other yet. */
    public void unsynced() {
        wasGood[0] = false;
        wasGood[1] = false;
        copies[0].flux = true;
        copies[1].flux = true;
    }

    // ---- what users do

    /** A user submits a change at a node. */
    public WriteRecord begin(int node, WriteRecord.Kind kind, long firstSector, int count, boolean fua) {
        NodeView view = views[node];
        boolean connected = view.connected();
        WriteRecord write = new WriteRecord(
                writes.size(),
                kind,
                firstSector,
                count,
                node,
                stamps.next(),
                fua,
                connected && view.peerCurrent(volume),
                view.session(),
                era);
        writes.add(write);
        recent.add(write);
        for (int n = 0; n < 2; n++) {
            boolean reached = n == node ? view.hasDisk(volume) : connected;
            write.held |= reached ? 1 << n : 0;
            if (reached && !copies[n].flux) {
                copies[n].begin(write);
            }
        }
        return write;
    }

    /** A change was completed; {@link #settle} follows when the node's state is known. */
    public void completed(WriteRecord write, boolean success) {
        write.ended = stamps.next();
        write.acknowledged = success;
    }

    /** Judges a completed change, with the views as they are after the completion. */
    public void settle(WriteRecord write) {
        if (!write.acknowledged || !write.binding()) {
            return;
        }
        int p = write.node;
        int s = 1 - p;
        NodeView view = views[p];
        write.peerWasCurrent =
                write.maybeMirrored && view.session() == write.sessionAtSubmit && view.peerCurrent(volume);
        write.sameSession = view.connected() && view.session() == write.sessionAtSubmit;
        boolean onBoth = write.peerWasCurrent && protocol != Protocol.A && !troubled(s) && !takenBack(write, s);
        if (view.hasDisk(volume)) {
            hold(p, write, true);
        }
        if (onBoth && !copies[s].flux) {
            hold(s, write, protocol == Protocol.C);
        }
    }

    /**
     * True if the acknowledgement of node S is older than S's end: it was on its way when S was killed or lost power. Under
     * protocol C it says that the write was on S's disk, perhaps in a volatile cache only; under B that S's process had it.
     */
    private boolean takenBack(WriteRecord write, int s) {
        boolean byPower = lastPowerLoss[s] > write.submitted && !write.fua;
        for (int i = 0; byPower && i < write.count && !write.lostToPower; i++) {
            int sector = (int) write.firstSector + i;
            write.lostToPower = !notOlder(contents(s, sector), write, s, sector);
        }
        return byPower || (protocol == Protocol.B && lastEnd[s] > write.submitted);
    }

    private void hold(int node, WriteRecord write, boolean onDisk) {
        rejoin(node, write);
        // Under B a crash of the receiver may take it back, so what it replaced is not forgotten there.
        copies[node].bind(write, onDisk ? oldestRead() : -1);
        write.bound |= 1 << node;
        if (!onDisk || copies[node].flux) {
            return;
        }
        if (!troubled(node)) {
            String when = "when write " + write + " was acknowledged";
            for (int i = 0; i < write.count; i++) {
                requireAllowed(node, (int) write.firstSector + i, "I1", when);
            }
        }
        if (write.fua) {
            requireDurable(node, write, "write with FUA was acknowledged");
        } else {
            unflushed.get(node).add(write);
        }
    }

    /** A write that was submitted while the copy had no disk, or was in flux, may have reached it since. */
    private void rejoin(int node, WriteRecord write) {
        if (!copies[node].flux && !copies[node].mentions((int) write.firstSector, write.id)) {
            copies[node].begin(write);
            write.held |= 1 << node;
        }
    }

    private void rejoinAll(int node) {
        for (WriteRecord write : recent) {
            if (write.inFlight() && (write.node == node || views[write.node].connected())) {
                rejoin(node, write);
            }
        }
    }

    /** A user submits a flush at a node. */
    public Flush beginFlush(int node) {
        NodeView view = views[node];
        return new Flush(node, stamps.next(), view.session(), view.peerCurrent(volume));
    }

    /** A flush was acknowledged with success. */
    public void settle(Flush flush) {
        NodeView view = views[flush.node];
        if (view.hasDisk(volume)) {
            requireFlushed(flush.node, flush);
        }
        if (protocol == Protocol.C
                && flush.peerCurrentAtSubmit
                && view.peerCurrent(volume)
                && view.session() == flush.sessionAtSubmit) {
            requireFlushed(1 - flush.node, flush);
        }
    }

    private void requireFlushed(int node, Flush flush) {
        List<WriteRecord> pending = unflushed.get(node);
        if (copies[node].flux || troubled(node)) {
            pending.clear();
            return;
        }
        for (WriteRecord write : pending) {
            if (write.ended < flush.submitted) {
                requireDurable(node, write, "flush was acknowledged");
            }
        }
        pending.removeIf(write -> write.ended < flush.submitted);
    }

    private void requireDurable(int node, WriteRecord write, String when) {
        byte[] bytes =
                disks[node].readSurviving(write.firstSector * SectorPattern.SECTOR, write.count * SectorPattern.SECTOR);
        for (int i = 0; i < write.count; i++) {
            int sector = (int) write.firstSector + i;
            int found = SectorPattern.identify(bytes, i * SectorPattern.SECTOR, volume, sector);
            if (!notOlder(found, write, node, sector)) {
                throw new Violation(
                        "I1",
                        "a " + when + ", but write " + write + " would not survive a power failure of n" + node
                                + ": sector " + sector + " has " + name(found) + " on the medium");
            }
        }
    }

    /** True if contents {@code found} are those of {@code write} or of one that may have followed it. */
    private boolean notOlder(int found, WriteRecord write, int node, int sector) {
        if (found == write.id || (found == 0 && write.leavesZeroes())) {
            return true;
        }
        if (found == SectorPattern.GARBLED) {
            return false;
        }
        if (found > 0) {
            return record(found).ended >= write.submitted;
        }
        for (WriteRecord other : recent) {
            if (other.leavesZeroes()
                    && other.ended >= write.submitted
                    && other.firstSector <= sector
                    && sector < other.firstSector + other.count) {
                return true;
            }
        }
        return copies[node].base(sector) == 0 && !recent.contains(write);
    }

    /** A user submits a read at a node. */
    public Read beginRead(int node, long firstSector, int count) {
        Read read = new Read(node, stamps.next(), firstSector, count, views[node].hasDisk(volume));
        reads.add(read);
        return read;
    }

    /** A read ended without data. */
    public void abandon(Read read) {
        reads.remove(read);
    }

    /** A read returned data. */
    public void completed(Read read, Buffer buffer) {
        reads.remove(read);
        ByteBuffer bytes = buffer.bytes();
        for (int i = 0; i < read.count; i++) {
            int sector = (int) read.firstSector + i;
            int found = SectorPattern.identify(bytes, i * SectorPattern.SECTOR, volume, sector);
            boolean local = (read.hadDisk || views[read.node].hasDisk(volume)) && !copies[read.node].flux;
            boolean allowed = local && copies[read.node].allows(sector, found, read.submitted);
            if (!local && !copies[1 - read.node].flux) {
                allowed = copies[1 - read.node].allows(sector, found, read.submitted);
            }
            // What an I/O error has left in a copy that says itself that it is Inconsistent is not modelled.
            boolean unknown = copies[read.node].flux && troubled(read.node) && views[read.node].hasDisk(volume);
            if (!allowed && !unknown) {
                throw new Violation(
                        "I2",
                        "a read of volume " + volume + " on n" + read.node + " returned " + name(found)
                                + " for sector " + sector + "; allowed: "
                                + copies[local ? read.node : 1 - read.node].describe(sector));
            }
        }
    }

    private long oldestRead() {
        return reads.isEmpty() ? WriteRecord.NEVER : reads.getFirst().submitted;
    }

    // ---- what the administrator does

    /** An administrator agreed to lose what only this copy has. */
    public void giveUp(int node) {
        givenUp[node] = true;
    }

    /** An administrator is about to declare this copy good, whatever it contains; or that was refused. */
    public void force(int node, boolean on) {
        forced[node] = on;
    }

    // ---- what the nodes say

    /** The view of a node has changed. */
    public void observe(int node) {
        DiskState disk = views[node].disk(volume);
        boolean primary = views[node].role() == Role.PRIMARY;
        boolean reconnected = views[node].connected() && !lastConnected[node];
        noteCutOff(node, disk);
        if (disk == DiskState.INCONSISTENT && !copies[node].flux) {
            if (target(views[node].replication(volume))) {
                requireNothingLost(node);
            }
            copies[node].flux = true;
            unflushed.get(node).clear();
        } else if (copies[node].flux && disk.atLeast(DiskState.OUTDATED) && disk != DiskState.UNKNOWN) {
            becameUsable(node);
        }
        if (primary && !wasPrimary[node] && !copies[node].flux && !disks[node].writing()) {
            requireContents(node, "I1", "when n" + node + " became Primary");
        }
        if (disk.atLeast(DiskState.INCONSISTENT) && !lastDisk[node].atLeast(DiskState.INCONSISTENT)) {
            rejoinAll(node);
        }
        if (reconnected) {
            // What was held by suspend-io while the peer was away reaches it now, without a resync.
            rejoinAll(1 - node);
        }
        era += primary && !wasPrimary[node] ? 1 : 0;
        wasPrimary[node] = primary;
        lastDisk[node] = disk;
    }

    /** From the moment on at which either side sees the end of a connection, the target gets nothing more. */
    private void noteCutOff(int node, DiskState disk) {
        boolean connected = views[node].connected();
        if (lastConnected[node] && !connected) {
            resyncCutOff(0);
            resyncCutOff(1);
            findInFlight();
        } else if (lastDisk[node] == DiskState.INCONSISTENT && !disk.atLeast(DiskState.INCONSISTENT)) {
            resyncCutOff(node);
        }
        lastConnected[node] = connected;
        if (disk == DiskState.INCONSISTENT && target(views[node].replication(volume))) {
            inResync[node] = true;
            silentEnds[node] = null;
        }
    }

    /**
     * A write that its own node has not finished may be finished on the other one, and so acknowledged there, when the
     * connection ends: then the other copy lacks nothing, and no new generation is needed for it.
     */
    private void findInFlight() {
        for (WriteRecord write : recent) {
            int other = 1 - write.node;
            if (write.inFlight() && isOnDisk(write, other)) {
                write.found |= 1 << other;
            }
        }
    }

    private boolean isOnDisk(WriteRecord write, int node) {
        for (int i = 0; i < write.count; i++) {
            if (contents(node, (int) write.firstSector + i) != write.id) {
                return false;
            }
        }
        return true;
    }

    private void resyncCutOff(int node) {
        if (inResync[node] && silentEnds[node] == null && !copies[1 - node].flux) {
            silentEnds[node] = new SilentEnd(copies[1 - node], sectors, this::record, protocol, recent, 1 - node);
        }
    }

    private static boolean target(ReplicationState state) {
        return switch (state) {
            case WF_BITMAP_T, SYNC_TARGET, PAUSED_SYNC_T, STARTING_SYNC_T, WF_SYNC_UUID -> true;
            default -> false;
        };
    }

    /** After an error of a disk of this node its copy may lack writes although nobody says so. */
    private boolean troubled(int node) {
        return disks[node].errors() + metaDisks[node].errors() > 0;
    }

    private void becameUsable(int node) {
        CopyModel source = copies[1 - node];
        boolean declared = forced[node] && views[node].role() == Role.PRIMARY;
        boolean resynced = lastDisk[node] == DiskState.INCONSISTENT;
        if (declared) {
            adopt(node);
        } else if (!resynced && (wasGood[node] || silentEnds[node] != null)) {
            attached(node);
        } else if (views[node].everConnected() && !source.flux) {
            becameCopy(node);
        } else if (troubled(node)) {
            adopt(node);
        } else if (!views[node].everConnected()) {
            throw new Violation(
                    "I1",
                    "n" + node + " calls its inconsistent copy " + views[node].disk(volume) + " without a source");
        }
        wasGood[node] = true;
        inResync[node] = false;
        silentEnds[node] = null;
        rejoinAll(node);
    }

    /**
     * The disk says that it is good although a resync to it had begun. Either the node never stored that it is
     * Inconsistent, and nothing of the resync was written; or everything was written and stored, and only the news of that
     * was cut off.
     */
    private void attached(int node) {
        if (troubled(node)) {
            adopt(node);
            return;
        }
        SilentEnd end = silentEnds[node];
        copies[node].flux = false;
        int wrong = wasGood[node] ? firstNotAllowed(node, copies[node]) : 0;
        if (wrong < 0) {
            return;
        }
        int wrongAtEnd = end == null ? 0 : firstNotAllowed(node, end.copy);
        if (end != null && wrongAtEnd < 0) {
            copies[node].copyFrom(end.copy, false);
            unflushed.get(node).clear();
            unflushed.get(node).addAll(end.adopt(recent, node));
            return;
        }
        throw new Violation(
                "I8",
                "n" + node + " attached its disk as " + views[node].disk(volume)
                        + " although a resync to it had begun, "
                        + "sector " + wrong + " of volume " + volume + " on the disk of n" + node + " had "
                        + name(contents(node, wrong)) + "; allowed: " + copies[node].describe(wrong)
                        + (end == null
                                ? ""
                                : "; if the resync had ended, sector " + wrongAtEnd + " with "
                                        + name(contents(node, wrongAtEnd)) + " should have "
                                        + end.copy.describe(wrongAtEnd)));
    }

    private int firstNotAllowed(int node, CopyModel copy) {
        BitSet toCheck = new BitSet();
        BitSet pages = disks[node].touched();
        for (int page = pages.nextSetBit(0); page >= 0 && page * 8 < sectors; page = pages.nextSetBit(page + 1)) {
            toCheck.set(page * 8, Math.min(sectors, page * 8 + 8));
        }
        toCheck.or(copy.withLater());
        for (int s = toCheck.nextSetBit(0); s >= 0 && s < sectors; s = toCheck.nextSetBit(s + 1)) {
            if (!copy.allows(s, contents(node, s), WriteRecord.NEVER)) {
                return s;
            }
        }
        return -1;
    }

    private void becameCopy(int node) {
        copies[node].copyFrom(copies[1 - node], protocol != Protocol.C);
        int to = 1 << node;
        int from = 1 << (1 - node);
        List<WriteRecord> pending = unflushed.get(node);
        pending.clear();
        for (WriteRecord write : recent) {
            boolean has = (write.held & from) != 0;
            write.held = has ? write.held | to : write.held & ~to;
            boolean must = (write.bound & from) != 0 && protocol == Protocol.C;
            write.bound = must ? write.bound | to : write.bound & ~to;
            if (must) {
                pending.add(write);
            }
        }
    }

    private void adopt(int node) {
        copies[node].flux = false;
        BitSet pages = disks[node].touched();
        for (int page = pages.nextSetBit(0); page >= 0; page = pages.nextSetBit(page + 1)) {
            adoptPage(node, page);
        }
    }

    private void adoptPage(int node, int page) {
        for (int i = 0; i < 8; i++) {
            int sector = page * 8 + i;
            if (sector < sectors) {
                int found = contents(node, sector);
                if (found == SectorPattern.GARBLED) {
                    throw new Violation("I1", "sector " + sector + " of n" + node + " has contents that nobody wrote");
                }
                copies[node].settle(sector, found);
            }
        }
    }

    // ---- crashes

    /** The process of a node was killed. */
    public void killed(int node) {
        ended(node);
        cutOff(node);
        if (protocol != Protocol.C && views[node].role() != Role.PRIMARY) {
            copies[node].unbind();
        }
        if (views[node].hasDisk(volume) && !copies[node].flux) {
            requireContents(node, "I1", "after the process of n" + node + " was killed");
            requireOrder(node);
        }
        wasPrimary[node] = false;
        lastDisk[node] = DiskState.DISKLESS;
    }

    /**
     * A node lost power.
     *
     * @param changed pages that may have changed by that
     */
    public void powerLost(int node, BitSet changed) {
        ended(node);
        lastPowerLoss[node] = stamps.next();
        cutOff(node);
        for (WriteRecord write : unflushed.get(node)) {
            for (int i = 0; i < write.count && !write.lostToPower; i++) {
                int sector = (int) write.firstSector + i;
                write.lostToPower = !notOlder(contents(node, sector), write, node, sector);
            }
            write.bound &= write.lostToPower ? ~(1 << node) : -1;
        }
        for (WriteRecord write : recent) {
            if ((write.found & 1 << node) != 0 && !isOnDisk(write, node)) {
                write.found &= ~(1 << node);
            }
        }
        unflushed.get(node).clear();
        if (protocol != Protocol.C && views[node].role() != Role.PRIMARY) {
            copies[node].unbind();
        }
        SilentEnd end = silentEnds[node];
        if (end != null) {
            end.powerLost(changed, sectors, sector -> contents(node, sector));
        }
        boolean usable = views[node].hasDisk(volume) && !copies[node].flux;
        if (usable) {
            requireOrder(node);
        }
        if (!copies[node].flux || lastDisk[node] != DiskState.INCONSISTENT) {
            for (int page = changed.nextSetBit(0);
                    page >= 0 && page * 8 < sectors;
                    page = changed.nextSetBit(page + 1)) {
                adoptPage(node, page);
            }
        }
        if (usable) {
            requireContents(node, "I1", "after n" + node + " lost power");
        }
        wasPrimary[node] = false;
        lastDisk[node] = DiskState.DISKLESS;
    }

    private void ended(int node) {
        resyncCutOff(0);
        resyncCutOff(1);
        lastConnected[node] = false;
        lastEnd[node] = stamps.next();
    }

    private void cutOff(int node) {
        long now = stamps.next();
        for (WriteRecord write : recent) {
            if (write.node == node && write.inFlight()) {
                write.ended = now;
            }
        }
        reads.removeIf(read -> read.node == node);
    }

    // ---- checks

    private void requireContents(int node, String invariant, String when) {
        BitSet changed = copies[node].withLater();
        for (int s = changed.nextSetBit(0); s >= 0; s = changed.nextSetBit(s + 1)) {
            requireAllowed(node, s, invariant, when);
        }
    }

    private void requireAllowed(int node, int sector, String invariant, String when) {
        int found = contents(node, sector);
        if (!copies[node].allows(sector, found, WriteRecord.NEVER)) {
            throw new Violation(
                    invariant,
                    when + ", sector " + sector + " of volume " + volume + " on the disk of n" + node + " had "
                            + name(found) + "; allowed: " + copies[node].describe(sector));
        }
    }

    private void requireNothingLost(int node) {
        if (givenUp[node]) {
            return;
        }
        int other = 1 - node;
        for (WriteRecord write : recent) {
            boolean mine = (write.bound & 1 << node) != 0;
            // A write that was mirrored to a resync target is there too, even if its resync ended before the reply
            // came.
            boolean mirrored = protocol != Protocol.C || write.sameSession;
            boolean theirs = ((mirrored ? write.held : write.bound | write.found) & 1 << other) != 0;
            if (!promised(write) || !mine || theirs) {
                continue;
            }
            for (int i = 0; i < write.count; i++) {
                int sector = (int) write.firstSector + i;
                int found = contents(other, sector);
                boolean follows = found == write.id
                        || (notOlder(found, write, other, sector)
                                && (found <= 0 || (record(found).held & 1 << node) != 0));
                if (!follows) {
                    throw new Violation(
                            "I5",
                            "n" + node + " becomes the target of a resync although only it has the acknowledged write "
                                    + write + ": sector " + sector + " of n" + other + " has " + name(found)
                                    + "; nobody asked to discard it");
                }
            }
        }
    }

    /** True if the write was acknowledged and the protocol promises that it is not lost by a change-over. */
    private boolean promised(WriteRecord write) {
        return write.acknowledged
                && write.binding()
                && (strictPower || !write.lostToPower)
                && (protocol == Protocol.C || !write.peerWasCurrent);
    }

    /** True if both copies have acknowledged writes of their own. */
    public boolean independentWrites() {
        boolean[] own = new boolean[2];
        for (WriteRecord write : recent) {
            if (promised(write) && (write.held == 1 || write.held == 2)) {
                own[write.held - 1] = true;
            }
        }
        return own[0] && own[1];
    }

    /** I8: with each write its predecessors are there. */
    private void requireOrder(int node) {
        if (views[node].role() == Role.PRIMARY || troubled(node)) {
            return;
        }
        long newest = -1;
        int newestId = 0;
        BitSet changed = copies[node].withLater();
        for (int s = changed.nextSetBit(0); s >= 0; s = changed.nextSetBit(s + 1)) {
            int found = contents(node, s);
            if (found > 0 && record(found).submitted > newest) {
                newest = record(found).submitted;
                newestId = found;
            }
        }
        for (WriteRecord write : recent) {
            boolean before = write.acknowledged
                    && write.binding()
                    && write.peerWasCurrent
                    && write.ended < newest
                    && write.era == record(newestId).era;
            for (int i = 0; before && i < write.count; i++) {
                int sector = (int) write.firstSector + i;
                int found = contents(node, sector);
                if (copies[node].mentions(sector, write.id) && !notOlder(found, write, node, sector)) {
                    throw new Violation(
                            "I8",
                            "the image of n" + node + " (" + views[node].disk(volume) + ") has write "
                                    + record(newestId) + " but not " + write
                                    + ", which was acknowledged before that was submitted: sector " + sector + " has "
                                    + name(found));
                }
            }
        }
    }

    /**
     * Both nodes are connected, UpToDate and quiet: compares the disks (I4).
     *
     * @throws Violation if they differ or contain something that no copy may contain
     */
    public void converged() {
        BitSet pages = new BitSet();
        pages.or(disks[0].touched());
        pages.or(disks[1].touched());
        SparseImage left = disks[0].current();
        SparseImage right = disks[1].current();
        for (int page = pages.nextSetBit(0); page >= 0 && page * 8 < sectors; page = pages.nextSetBit(page + 1)) {
            if (!left.samePage(page, right)) {
                explainDifference(page);
            }
            for (int sector = page * 8; sector < Math.min(sectors, page * 8 + 8); sector++) {
                int found = contents(0, sector);
                for (int n = 0; n < 2; n++) {
                    if (!copies[n].flux && !givenUp[n] && !copies[n].allows(sector, found, WriteRecord.NEVER)) {
                        throw new Violation(
                                "I1",
                                "both disks agree on " + name(found) + " for sector " + sector + " of volume " + volume
                                        + ", but n" + n + " should have: " + copies[n].describe(sector));
                    }
                }
            }
        }
        for (int n = 0; n < 2; n++) {
            for (int page = pages.nextSetBit(0); page >= 0 && page * 8 < sectors; page = pages.nextSetBit(page + 1)) {
                adoptPage(n, page);
            }
            copies[n].flux = false;
            givenUp[n] = false;
            forced[n] = false;
            disks[n].touched().clear();
        }
        recent.removeIf(write -> !write.inFlight());
        converged++;
    }

    private void explainDifference(int page) {
        for (int sector = page * 8; sector < Math.min(sectors, page * 8 + 8); sector++) {
            int left = contents(0, sector);
            int right = contents(1, sector);
            if (left != right || left == SectorPattern.GARBLED) {
                throw new Violation(
                        "I4",
                        "both nodes are UpToDate and quiet, but sector " + sector + " of volume " + volume + " has "
                                + name(left) + " on n0 and " + name(right) + " on n1");
            }
        }
    }

    private int contents(int node, int sector) {
        byte[] page = disks[node].current().page(sector >> 3);
        return page == null ? 0 : SectorPattern.identify(page, (sector & 7) * SectorPattern.SECTOR, volume, sector);
    }

    private String name(int found) {
        return switch (found) {
            case SectorPattern.GARBLED -> "contents that nobody wrote";
            case 0 -> "zeroes";
            default -> found < writes.size() ? "write " + record(found) : "an unknown write " + found;
        };
    }
}
