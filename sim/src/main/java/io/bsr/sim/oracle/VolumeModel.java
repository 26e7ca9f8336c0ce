package io.bsr.sim.oracle;

import io.bsr.base.state.DiskState;
import io.bsr.core.option.Protocol;
import io.bsr.sim.disk.SimDisk;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the oracle of a volume knows of it, and the questions that all of its rules ask. */
final class VolumeModel {
    final int volume;
    final int sectors;
    final Protocol protocol;
    final boolean strictPower;
    final SimDisk[] disks;
    final SimDisk[] metaDisks;
    final NodeView[] views;
    final Stamps stamps;

    final List<WriteRecord> writes = new ArrayList<>();

    final List<WriteRecord> recent = new ArrayList<>();

    final List<Read> reads = new ArrayList<>();

    final List<List<WriteRecord>> unflushed = List.of(new ArrayList<>(), new ArrayList<>());
    final CopyModel[] copies;

    final boolean[] givenUp = new boolean[2];

    final boolean[] forced = new boolean[2];

    final boolean[] wasPrimary = new boolean[2];

    /** Whether the copy was ever usable: only then can it come back as it was. */
    final boolean[] wasGood = {true, true};

    final DiskState[] lastDisk = {DiskState.DISKLESS, DiskState.DISKLESS};

    final boolean[] lastConnected = new boolean[2];

    final boolean[] inResync = new boolean[2];

    /** What the target of a resync that was cut off may have become, without telling anybody. */
    final @Nullable SilentEnd[] silentEnds = new SilentEnd[2];

    /** The connection, as the target counts them, in which that was. */
    final int[] silentSessions = new int[2];

    final long[] lastEnd = new long[2];

    final long[] lastPowerLoss = new long[2];

    /** The node has said that its disk is Outdated, and has stored that. */
    final boolean[] outdated = new boolean[2];

    private final long[] forgiven = new long[2];
    private final SectorContents[] contents;

    int era;

    VolumeModel(
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
        this.contents = new SectorContents[] {
            new SectorContents(volume, sectors, disks[0].current()),
            new SectorContents(volume, sectors, disks[1].current())
        };
        writes.add(new WriteRecord(0, WriteRecord.Kind.ZEROES, 0, 0, 0, 0, false, false, 0, false, 0));
    }

    /** Sectors in which the world has flipped bits, for a verify to find. */
    final BitSet flipped = new BitSet();

    /** Somebody else is to find it: see {@link VolumeOracle#mute}. */
    boolean muted;

    void violated(String invariant, String explanation) {
        if (!muted) {
            throw new Violation(invariant, explanation);
        }
    }

    WriteRecord record(int id) {
        return writes.get(id);
    }

    /** After an error of a disk of this node its copy may lack writes although nobody says so. */
    boolean troubled(int node) {
        return errors(node) > forgiven[node];
    }

    /** Both copies are equal: what errors of disks have done is repaired. */
    void forgiveErrors() {
        forgiven[0] = errors(0);
        forgiven[1] = errors(1);
    }

    private long errors(int node) {
        return disks[node].errors() + metaDisks[node].errors();
    }

    /** True if contents {@code found} are those of {@code write} or of one that may have followed it. */
    boolean notOlder(int found, WriteRecord write, int node, int sector) {
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

    /** True if a sector of {@code write} has contents on {@code node} that cannot have followed it. */
    boolean hasOlder(WriteRecord write, int node) {
        for (int i = 0; i < write.count; i++) {
            int sector = (int) write.firstSector + i;
            if (!notOlder(contents(node, sector), write, node, sector)) {
                return true;
            }
        }
        return false;
    }

    int contents(int node, int sector) {
        return contents[node].of(sector);
    }

    String name(int found) {
        return switch (found) {
            case SectorPattern.GARBLED -> "contents that nobody wrote";
            case 0 -> "zeroes";
            default -> found < writes.size() ? "write " + record(found) : "an unknown write " + found;
        };
    }

    boolean isOnDisk(WriteRecord write, int node) {
        for (int i = 0; i < write.count; i++) {
            if (contents(node, (int) write.firstSector + i) != write.id) {
                return false;
            }
        }
        return true;
    }

    /** A write that was submitted while the copy had no disk, or was in flux, may have reached it since. */
    void rejoin(int node, WriteRecord write) {
        if (!copies[node].flux && !copies[node].mentions((int) write.firstSector, write.id)) {
            copies[node].begin(write);
            write.held |= 1 << node;
        }
    }

    void rejoinAll(int node) {
        for (WriteRecord write : recent) {
            if (write.inFlight() && (write.node == node || views[write.node].connected())) {
                rejoin(node, write);
            }
        }
    }

    /** A copy is taken as it is found, after errors of its disk or by force: what is not there is not demanded. */
    void adoptAsFound(int node) {
        copies[node].flux = false;
        BitSet pages = (BitSet) disks[node].touched().clone();
        // What was to come and has not.
        copies[node].withLater().stream().forEach(sector -> pages.set(sector / 8));
        for (int page = pages.nextSetBit(0); page >= 0; page = pages.nextSetBit(page + 1)) {
            adoptPage(node, page);
        }
        for (WriteRecord write : recent) {
            write.bound &= isOnDisk(write, node) ? -1 : ~(1 << node);
        }
    }

    void adoptPage(int node, int page) {
        for (int i = 0; i < 8; i++) {
            int sector = page * 8 + i;
            if (sector < sectors) {
                int found = contents(node, sector);
                if (found == SectorPattern.GARBLED) {
                    violated("I1", "sector " + sector + " of n" + node + " has contents that nobody wrote");
                }
                copies[node].settle(sector, found);
            }
        }
    }

    void requireContents(int node, String invariant, String when) {
        BitSet changed = copies[node].withLater();
        for (int s = changed.nextSetBit(0); s >= 0; s = changed.nextSetBit(s + 1)) {
            requireAllowed(node, s, invariant, when);
        }
    }

    /** What was found is what the world has made of the sector. */
    boolean spoiled(int sector, int found) {
        return found == SectorPattern.GARBLED && flipped.get(sector);
    }

    void requireAllowed(int node, int sector, String invariant, String when) {
        int found = contents(node, sector);
        if (!spoiled(sector, found) && !copies[node].allows(sector, found, WriteRecord.NEVER)) {
            violated(
                    invariant,
                    when + ", sector " + sector + " of volume " + volume + " on the disk of n" + node + " had "
                            + name(found) + "; allowed: " + copies[node].describe(sector));
        }
    }

    /** True if the write was acknowledged and the protocol promises that it is not lost by a change-over. */
    boolean promised(WriteRecord write) {
        return write.acknowledged
                && write.binding()
                && (strictPower || !write.lostToPower)
                && (protocol == Protocol.C || !write.peerWasCurrent);
    }
}
