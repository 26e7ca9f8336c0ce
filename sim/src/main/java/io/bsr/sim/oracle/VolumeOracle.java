package io.bsr.sim.oracle;

import io.bsr.base.memory.Buffer;
import io.bsr.core.option.Protocol;
import io.bsr.core.snapshot.VolumeSnapshot;
import io.bsr.sim.disk.SimDisk;
import io.bsr.sim.disk.SparseImage;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.BooleanSupplier;

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
    private final VolumeModel m;
    private final UserRules users;
    private final ResyncRules resync;
    private final CrashRules crashes;
    private long converged;

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
        m = new VolumeModel(volume, sectors, protocol, strictPower, disks, metaDisks, views, stamps);
        users = new UserRules(m);
        resync = new ResyncRules(m);
        crashes = new CrashRules(m, resync);
    }

    /** From now on it says nothing, whatever it sees: others have to. */
    public void mute() {
        m.muted = true;
    }

    public int volume() {
        return m.volume;
    }

    public int sectors() {
        return m.sectors;
    }

    /** How often both copies were found equal. */
    public long timesConverged() {
        return converged;
    }

    /** The world has flipped a bit of a sector of the Secondary's copy. */
    public void flipped(long sector) {
        m.flipped.set((int) sector);
    }

    /** What was flipped is repaired. */
    public void repaired() {
        m.flipped.clear();
    }

    /** Puts contents of its own on a copy before the volume is used. */
    public void garbage(int node, long firstSector, int count) {
        WriteRecord write = new WriteRecord(
                m.writes.size(), WriteRecord.Kind.GARBAGE, firstSector, count, node, 0, false, false, 0, false, 0);
        write.ended = 0;
        m.writes.add(write);
        byte[] data = new byte[count * SectorPattern.SECTOR];
        SectorPattern.fill(data, 0, m.volume, write.id, firstSector, count);
        m.disks[node].prepare(firstSector * SectorPattern.SECTOR, data);
        for (int s = 0; s < count; s++) {
            m.copies[node].settle((int) firstSector + s, write.id);
        }
    }

    /** The copies have nothing to do with each other yet. */
    public void unsynced() {
        m.wasGood[0] = false;
        m.wasGood[1] = false;
        m.copies[0].flux = true;
        m.copies[1].flux = true;
    }

    /** An administrator agreed to lose what only this copy has. */
    public void giveUp(int node) {
        m.givenUp[node] = true;
    }

    /** An administrator is about to declare this copy good, whatever it contains; or that was refused. */
    public void force(int node, boolean on) {
        m.forced[node] = on;
    }

    /** True if copies may differ although nothing says so: after errors of disks, and where no common past exists. */
    public boolean mayDiffer() {
        boolean may = false;
        for (int n = 0; n < 2; n++) {
            may |= m.troubled(n) || m.copies[n].flux || !m.views[n].hasDisk(m.volume);
        }
        return may;
    }

    /** True if a disk has had errors since both copies were last equal. */
    public boolean hadDiskErrors() {
        return m.troubled(0) || m.troubled(1);
    }

    /** True if a block of 4 KiB is not the same on both disks now. */
    public boolean differs(int block) {
        return !m.disks[0].current().samePage(block, m.disks[1].current());
    }

    /** True if both copies have acknowledged writes of their own. */
    public boolean independentWrites() {
        boolean[] own = new boolean[2];
        for (WriteRecord write : m.recent) {
            if (m.promised(write) && (write.held == 1 || write.held == 2)) {
                own[write.held - 1] = true;
            }
        }
        return own[0] && own[1];
    }

    /**
     * Both nodes are connected, UpToDate and quiet: compares the disks (I4).
     *
     * @throws Violation if they differ or contain something that no copy may contain
     */
    public void converged() {
        BitSet pages = new BitSet();
        pages.or(m.disks[0].touched());
        pages.or(m.disks[1].touched());
        SparseImage left = m.disks[0].current();
        SparseImage right = m.disks[1].current();
        for (int page = pages.nextSetBit(0); page >= 0 && page * 8 < m.sectors; page = pages.nextSetBit(page + 1)) {
            if (!left.samePage(page, right)) {
                explainDifference(page);
            }
            for (int sector = page * 8; sector < Math.min(m.sectors, page * 8 + 8); sector++) {
                int found = m.contents(0, sector);
                for (int n = 0; n < 2; n++) {
                    if (!m.copies[n].flux && !m.givenUp[n] && !m.copies[n].allows(sector, found, WriteRecord.NEVER)) {
                        m.violated(
                                "I1",
                                "both disks agree on " + m.name(found) + " for sector " + sector + " of volume "
                                        + m.volume + ", but n" + n + " should have: " + m.copies[n].describe(sector));
                    }
                }
            }
        }
        requireGrownSpaceEqual();
        for (int n = 0; n < 2; n++) {
            for (int page = pages.nextSetBit(0); page >= 0 && page * 8 < m.sectors; page = pages.nextSetBit(page + 1)) {
                m.adoptPage(n, page);
            }
            m.copies[n].flux = false;
            m.givenUp[n] = false;
            m.forced[n] = false;
            m.disks[n].touched().clear();
        }
        m.recent.removeIf(write -> !write.inFlight());
        m.forgiveErrors();
        converged++;
    }

    /** What the volume has grown by since it was made: nobody writes there, but both copies are one volume. */
    private void requireGrownSpaceEqual() {
        long left = size(0);
        long right = size(1);
        if (left != right || (left > 0 && left < m.sectors)) {
            m.violated(
                    "I4",
                    "both nodes are UpToDate and quiet, but volume " + m.volume + " has " + left + " sectors on n0 and "
                            + right + " on n1; it began with " + m.sectors);
        }
        byte[] one = new byte[SectorPattern.SECTOR];
        byte[] other = new byte[SectorPattern.SECTOR];
        for (long sector = m.sectors; sector < left; sector++) {
            m.disks[0].current().read(sector * SectorPattern.SECTOR, one, 0, one.length);
            m.disks[1].current().read(sector * SectorPattern.SECTOR, other, 0, other.length);
            if (!Arrays.equals(one, other)) {
                m.violated(
                        "I4",
                        "both nodes are UpToDate and quiet, but sector " + sector + " of volume " + m.volume
                                + ", which it grew by, differs; it has " + left + " sectors and began with "
                                + m.sectors);
            }
        }
    }

    private long size(int node) {
        VolumeSnapshot known = m.views[node].volume(m.volume);
        return known == null ? 0 : known.size();
    }

    private void explainDifference(int page) {
        for (int sector = page * 8; sector < Math.min(m.sectors, page * 8 + 8); sector++) {
            int left = m.contents(0, sector);
            int right = m.contents(1, sector);
            if (left != right || left == SectorPattern.GARBLED) {
                m.violated(
                        "I4",
                        "both nodes are UpToDate and quiet, but sector " + sector + " of volume " + m.volume + " has "
                                + m.name(left) + " on n0 and " + m.name(right) + " on n1");
            }
        }
    }

    /** A user submits a change at a node. */
    public WriteRecord begin(int node, WriteRecord.Kind kind, long firstSector, int count, boolean fua) {
        return users.begin(node, kind, firstSector, count, fua);
    }

    /** A change was completed; {@link #settle} follows when the node's state is known. */
    public void completed(WriteRecord write, boolean success) {
        users.completed(write, success);
    }

    /** A read returned data. */
    public void completed(Read read, Buffer buffer) {
        users.completed(read, buffer);
    }

    /** Judges a completed change, with the views as they are after the completion. */
    public void settle(WriteRecord write) {
        users.settle(write);
    }

    /** A flush was acknowledged with success. */
    public void settle(Flush flush) {
        users.settle(flush);
    }

    /** A user submits a flush at a node. */
    public Flush beginFlush(int node) {
        return users.beginFlush(node);
    }

    /** A user submits a read at a node. */
    public Read beginRead(int node, long firstSector, int count) {
        return users.beginRead(node, firstSector, count);
    }

    /** A read ended without data. */
    public void abandon(Read read) {
        users.abandon(read);
    }

    /** The view of a node has changed. */
    public void observe(int node) {
        resync.observe(node);
    }

    /** What if the process of a node were killed now, before any of its writes in flight is done? */
    public void imagineKilled(int node) {
        crashes.imagineKilled(node);
    }

    /**
     * To be called between the turns of a node: an Outdated disk has to stay it after a crash once that is stored.
     *
     * @param upToDate what is stored still calls the disk UpToDate
     */
    public void noteStored(int node, BooleanSupplier upToDate) {
        crashes.noteStored(node, upToDate);
    }

    /** The process of a node was killed. */
    public void killed(int node) {
        crashes.killed(node);
    }

    /**
     * A node lost power.
     *
     * @param changed pages that may have changed by that
     */
    public void powerLost(int node, BitSet changed, boolean storedAsPrimary) {
        crashes.powerLost(node, changed, storedAsPrimary);
    }
}
