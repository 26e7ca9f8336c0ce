package io.bsr.sim.oracle;

import io.bsr.metadata.ActivityLogReplay;
import io.bsr.metadata.BitmapLayout;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import io.bsr.sim.disk.ChangedPages;
import io.bsr.sim.disk.SimDisk;
import io.bsr.sim.disk.SparseImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the metadata of a volume as a crash would leave it: they can be read (I7), and whatever differs between the
 * copies is known on stable storage, by the activity log of a Primary or by a bit of either bitmap (I4).
 */
public final class MetadataOracle {
    /** The metadata of one copy; they are read again when they have changed. */
    private static final class Found {
        final Superblock superblock;
        final MetadataLayout layout;
        final long diskSize;
        final int firstPage;
        final BitSet bits = new BitSet();

        /** What the activity log covers, once that was asked. */
        @Nullable BitSet logged;

        boolean everything;

        Found(Superblock superblock, MetadataLayout layout, SimDisk disk) {
            this.superblock = superblock;
            this.layout = layout;
            diskSize = disk.size();
            firstPage = (int) (layout.firstByte() >> SparseImage.PAGE_SHIFT);
        }

        /** True if a later reading has the same activity log as this one. */
        boolean hasLogOf(Found later, BitSet changed) {
            int first = (int) (layout.alOffset() >> SparseImage.PAGE_SHIFT);
            int next = changed.nextSetBit(first);
            return layout.alOffset() == later.layout.alOffset()
                    && layout.ring().equals(later.layout.ring())
                    && (next < 0 || next >= first + layout.ring().blocks());
        }
    }

    /**
     * A copy at a moment.
     *
     * @param marked pages of 4 KiB that are known to be different, or may be
     * @param volatilePages pages of the data that have not reached the medium, and may not
     */
    private record Copy(Superblock superblock, boolean everything, BitSet marked, BitSet volatilePages) {}

    private final int volume;
    private final int sectors;
    private final Placement placement;
    private final SimDisk[] data;
    private final SimDisk[] meta;
    private final ChangedPages[] changedData;
    private final ChangedPages[] changedMeta;
    private final @Nullable Found[] kept = new Found[2];

    /** Pages of the data that are not the same on both disks now, as their users read them. */
    private final BitSet different = new BitSet();

    private long forgiven;

    public MetadataOracle(int volume, int sectors, Placement placement, SimDisk[] data, SimDisk[] meta) {
        this.volume = volume;
        this.sectors = sectors;
        this.placement = placement;
        this.data = data.clone();
        this.meta = meta.clone();
        this.changedData = new ChangedPages[] {
            data[0].current().changes(), data[1].current().changes()
        };
        this.changedMeta = new ChangedPages[] {meta[0].changes(), meta[1].changes()};
    }

    /**
     * To be called when a node has just crashed, or at any other moment.
     *
     * @param first node 0 is running: what its activity log has counts although it is not Primary, for the process still
     *     knows the writes behind it
     * @param second node 1 likewise
     */
    public void check(boolean first, boolean second) {
        if (troubled()) {
            return;
        }
        compare(read(0, first, false), read(1, second, false), "");
    }

    /**
     * What if power failed now, on either node or on both? The writes that are not flushed may be lost, each or none.
     *
     * @param first node 0 is running, as above; {@code second} likewise
     */
    public void checkPowerLoss(boolean first, boolean second) {
        if (troubled()) {
            return;
        }
        Copy[] left = {read(0, first, false), read(0, false, true)};
        Copy[] right = {read(1, second, false), read(1, false, true)};
        compare(left[1], right[0], "if n0 lost power now, ");
        compare(left[0], right[1], "if n1 lost power now, ");
        compare(left[1], right[1], "if both nodes lost power now, ");
    }

    /** Both copies were found in order: earlier errors of disks count no more. */
    public void converged() {
        forgiven = errors();
    }

    private boolean troubled() {
        return errors() > forgiven;
    }

    private long errors() {
        return data[0].errors() + data[1].errors() + meta[0].errors() + meta[1].errors();
    }

    private void compare(Copy left, Copy right, String when) {
        if (left.everything() || right.everything() || !related(left.superblock(), right.superblock())) {
            return;
        }
        BitSet pages = (BitSet) different().clone();
        pages.or(left.volatilePages());
        pages.or(right.volatilePages());
        pages.andNot(left.marked());
        pages.andNot(right.marked());
        long size = Math.min(left.superblock().effectiveSectors, right.superblock().effectiveSectors);
        long compared = Math.max(size, sectors) * 512;
        long end = (compared + 4095) / 4096;
        for (int page = pages.nextSetBit(0); page >= 0 && page < end; page = pages.nextSetBit(page + 1)) {
            int length = (int) Math.min(4096, compared - page * 4096L);
            for (byte[] one : contents(0, left, page)) {
                for (byte[] other : contents(1, right, page)) {
                    if (!Arrays.equals(one, 0, length, other, 0, length)) {
                        throw new Violation(
                                "I4",
                                when + "block " + page + " (sectors " + page * 8 + "…" + (page * 8 + 7) + ") of volume "
                                        + volume + (when.isEmpty() ? " differs" : " might differ")
                                        + ", but no bitmap and no activity log on stable storage knows it; n0 "
                                        + describe(left.superblock()) + ", n1 " + describe(right.superblock()));
                    }
                }
            }
        }
    }

    /** Pages that users of the disks read differently. */
    private BitSet different() {
        BitSet changed = changedData[0].take();
        changed.or(changedData[1].take());
        SparseImage left = data[0].current();
        SparseImage right = data[1].current();
        int common = Math.min(left.pageCount(), right.pageCount());
        for (int page = changed.nextSetBit(0); page >= 0; page = changed.nextSetBit(page + 1)) {
            different.set(page, page >= common || !left.samePage(page, right));
        }
        return different;
    }

    /** What a page of the data may have. */
    private List<byte[]> contents(int node, Copy found, int page) {
        byte[] now = new byte[4096];
        data[node].current().read(page * 4096L, now, 0, (int) Math.min(4096, data[node].size() - page * 4096L));
        if (!found.volatilePages().get(page)) {
            return List.of(now);
        }
        return List.of(now, data[node].readSurviving(page * 4096L, 4096));
    }

    private static String describe(Superblock superblock) {
        return "flags 0x" + Integer.toHexString(superblock.flags) + " current "
                + Long.toHexString(superblock.currentUuid);
    }

    private static boolean related(Superblock left, Superblock right) {
        long toRight = left.peer(1).bitmapUuid;
        long toLeft = right.peer(0).bitmapUuid;
        return Superblock.sameGeneration(left.currentUuid, right.currentUuid)
                || Superblock.sameGeneration(toRight, right.currentUuid)
                || Superblock.sameGeneration(toLeft, left.currentUuid)
                || (toLeft != 0 && Superblock.sameGeneration(toLeft, toRight));
    }

    private Copy read(int node, boolean running, boolean powerLost) {
        Found found = read(node);
        BitSet marked = found.bits;
        if (!found.everything && (running || found.superblock.has(DeviceFlag.PRIMARY_IND))) {
            marked = (BitSet) marked.clone();
            marked.or(logged(found, node));
        }
        BitSet volatilePages = powerLost ? data[node].volatilePages() : new BitSet();
        return new Copy(found.superblock, found.everything, marked, volatilePages);
    }

    /**
     * What is stored says that the node is Primary, or was when it crashed and has not been resynchronised since: what was not
     * flushed has no order.
     */
    public boolean storedAsPrimary(int node) {
        Superblock superblock = read(node).superblock;
        return superblock.has(DeviceFlag.PRIMARY_IND) || superblock.has(DeviceFlag.CRASHED_PRIMARY);
    }

    /** What is stored says that the data were the newest when that was written. */
    public boolean storedAsUpToDate(int node) {
        return read(node).superblock.has(DeviceFlag.WAS_UP_TO_DATE);
    }

    private Found read(int node) {
        SimDisk disk = meta[node];
        Found last = kept[node];
        ChangedPages changed = changedMeta[node];
        if (last != null && !changed.from(last.firstPage) && last.diskSize == disk.size()) {
            return last;
        }
        Found now = read(node, disk);
        BitSet pages = changed.take();
        if (last != null && last.hasLogOf(now, pages)) {
            now.logged = last.logged;
        }
        kept[node] = now;
        return now;
    }

    private Found read(int node, SimDisk disk) {
        if (placement.internal()) {
            // A disk that has grown has its metadata where they were, until a resize is complete.
            for (long former : disk.formerSizes().reversed()) {
                if (!hasSuperblock(disk, disk.size()) && hasSuperblock(disk, former)) {
                    return read(node, disk, former);
                }
            }
        }
        return read(node, disk, disk.size());
    }

    private boolean hasSuperblock(SimDisk disk, long size) {
        try {
            long at = MetadataLayout.superblockOffset(placement, size);
            MetadataLayout.of(Superblock.decode(bytes(disk, at, Superblock.BYTES), 0), placement, size);
            return true;
        } catch (MetadataException e) {
            return false;
        }
    }

    private Found read(int node, SimDisk disk, long size) {
        try {
            long at = MetadataLayout.superblockOffset(placement, size);
            Superblock superblock = Superblock.decode(bytes(disk, at, Superblock.BYTES), 0);
            MetadataLayout layout = MetadataLayout.of(superblock, placement, size);
            Found found = new Found(superblock, layout, disk);
            PeerEntry peer = superblock.peer(1 - node);
            found.everything = superblock.currentUuid == Superblock.UUID_JUST_CREATED
                    || peer.has(PeerFlag.FULL_SYNC)
                    || !peer.hasSlot();
            if (!found.everything) {
                markBitmap(found, disk, layout, peer.bitmapIndex);
            }
            return found;
        } catch (MetadataException e) {
            throw new Violation(
                    "I7", "the metadata of volume " + volume + " on n" + node + " cannot be read: " + e.getMessage());
        }
    }

    private void markBitmap(Found found, SimDisk disk, MetadataLayout layout, int slot) throws MetadataException {
        BitmapLayout bitmap = layout.bitmapFor(Math.max(sectors, found.superblock.effectiveSectors));
        ByteBuffer area = bytes(disk, layout.bitmapOffset(), (int) bitmap.bytes());
        byte[] later = new byte[area.capacity()];
        disk.current().read(layout.bitmapOffset(), later, 0, later.length);
        for (int bit = 0; bit < bitmap.bits(); bit++) {
            // What was cleared, but is not flushed, may be so on the medium or not.
            int at = (int) bitmap.byteOffset(slot, bit);
            if ((area.get(at) & later[at] & BitmapLayout.mask(bit)) != 0) {
                found.bits.set(bit);
            }
        }
    }

    private BitSet logged(Found found, int node) {
        BitSet known = found.logged;
        if (known != null) {
            return known;
        }
        BitSet logged = new BitSet();
        MetadataLayout layout = found.layout;
        ActivityLogReplay replay = new ActivityLogReplay(layout.ring());
        for (int block = 0; block < layout.ring().blocks(); block++) {
            replay.add(block, bytes(meta[node], layout.alOffset() + block * 4096L, 4096), 0);
        }
        ActivityLogReplay.Result result = replay.result();
        switch (result.outcome()) {
            case REPLAYED, EMPTY -> {}
            case UNREADABLE, USELESS -> {
                // Of others nobody needs it: power may have failed while an attach emptied it.
                if (found.superblock.has(DeviceFlag.PRIMARY_IND)) {
                    throw new Violation(
                            "I7",
                            "the activity log of volume " + volume + " on n" + node + ", which was Primary, is "
                                    + result.outcome() + " with " + result.corrupt() + " damaged blocks");
                }
            }
        }
        for (int extent : result.hot()) {
            logged.set(extent * 1024, (extent + 1) * 1024);
        }
        found.logged = logged;
        return logged;
    }

    private static ByteBuffer bytes(SimDisk disk, long offset, int length) {
        return ByteBuffer.wrap(disk.readSurviving(offset, length)).order(ByteOrder.BIG_ENDIAN);
    }
}
