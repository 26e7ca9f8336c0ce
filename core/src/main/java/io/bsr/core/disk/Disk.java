package io.bsr.core.disk;

import io.bsr.base.Units;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.core.option.DiskOptions;
import io.bsr.metadata.ActivityLogBlock;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.BitmapLayout;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;

/** What an attached disk consists of. Made by {@link DiskLoader}; everything in it belongs to the resource's loop. */
public final class Disk {
    private final AttachRequest request;
    private final Superblock superblock;
    private DiskOptions options;
    private long storedFor;
    private MetadataLayout layout;
    private final OutOfSyncBitmap bitmap;
    private final ActivityLog activityLog;
    private final MetadataWriter writer;
    private long sectors;
    private long limit;
    private boolean closing;

    Disk(
            AttachRequest request,
            Superblock superblock,
            MetadataLayout layout,
            OutOfSyncBitmap bitmap,
            ActivityLog activityLog,
            MetadataWriter writer,
            long sectors) {
        this.request = request;
        this.superblock = superblock;
        this.layout = layout;
        this.bitmap = bitmap;
        this.activityLog = activityLog;
        this.writer = writer;
        this.sectors = sectors;
        options = request.options();
        storedFor = layout.deviceBytes();
        limit = request.options().size();
    }

    public BlockStore data() {
        return request.data();
    }

    /** The store of the data, for what resync and verify read and write. */
    public BlockStore resync() {
        return request.resync();
    }

    public BlockStore meta() {
        return request.meta();
    }

    public int metaIndex() {
        return request.index();
    }

    public DiskOptions options() {
        return options;
    }

    /** Other options: what an error of the disk leads to changes at once, the rest with the next attach. */
    public void options(DiskOptions next) {
        options = next;
    }

    public Superblock superblock() {
        return superblock;
    }

    public MetadataLayout layout() {
        return layout;
    }

    public OutOfSyncBitmap bitmap() {
        return bitmap;
    }

    public ActivityLog activityLog() {
        return activityLog;
    }

    public MetadataWriter writer() {
        return writer;
    }

    /** Largest size that this disk can offer, in sectors. */
    public long sectors() {
        return sectors;
    }

    /** What the administrator lets the volume use at most, in sectors; 0 for all. */
    public long limit() {
        return limit;
    }

    /**
     * Size in bytes of the device for which its metadata are placed, as they are on it now: while they move to the end of a
     * larger one, where they were.
     */
    public long storedFor() {
        return storedFor;
    }

    /** Asks for the present sizes of the stores; {@code then} gets the first error number. */
    public void remeasure(Completion then) {
        request.data().remeasure(errno -> {
            if (errno != Errno.OK || closing || !request.metaApart()) {
                then.completed(errno == Errno.OK && closing ? Errno.ESHUTDOWN : errno);
            } else {
                request.meta().remeasure(then);
            }
        });
    }

    /**
     * Where the metadata belong on stores of the present sizes.
     *
     * @param ring the activity log that they shall have
     * @throws MetadataException if they find no room
     */
    public MetadataLayout layoutFor(ActivityLogRing ring) throws MetadataException {
        return MetadataLayout.forDevice(layout.placement(), request.meta().size(), layout.maxPeers(), ring);
    }

    /** Largest size that this disk could offer with metadata at {@code next}, in sectors, whatever the limit is. */
    public long sectorsWith(MetadataLayout next) {
        return next.usableSectors(request.data().size());
    }

    /**
     * Changes size and metadata together and makes that durable; until then nobody's write is begun.
     *
     * @param next the place of the metadata
     * @param newSectors size of the volume, at most what {@link #sectorsWith} tells
     * @param newLimit for {@link #limit}
     * @param also what else changes in superblock and bitmap, called when both have the new size in memory
     */
    public void resize(
            MetadataLayout next, long newSectors, long newLimit, Runnable also, MetadataWriter.Persisted then) {
        limit = newLimit;
        long bits = BitmapLayout.bitsOfSectors(newSectors);
        writer.move(
                () -> {
                    bitmap.grow(bits);
                    superblock.place(next);
                    superblock.effectiveSectors = newSectors;
                    layout = next;
                    sectors = newLimit == 0 ? sectorsWith(next) : Math.min(sectorsWith(next), newLimit);
                    also.run();
                },
                next,
                durable -> {
                    if (durable) {
                        storedFor = next.deviceBytes();
                        // Not before: with the former size still on the disk these bits would be missed.
                        bitmap.shrink(bits);
                    }
                    then.done(durable);
                });
    }

    /** The first activity-log extent of a range that begins at {@code sector}. */
    public static int firstExtent(long sector) {
        return (int) (sector >>> (Units.AL_EXTENT_SHIFT - Units.SECTOR_SHIFT));
    }

    /** The last activity-log extent of a range that ends before {@code endSector}. */
    public static int lastExtent(long endSector) {
        return (int) ((endSector - 1) >>> (Units.AL_EXTENT_SHIFT - Units.SECTOR_SHIFT));
    }

    /** Marks a range of sectors as different from the peer in {@code slot}; rounds outward. */
    public void setOutOfSync(int slot, long startSector, long endSector) {
        long last = Math.min((endSector - 1) / Units.SECTORS_PER_BIT, bitmap.bits() - 1);
        long first = startSector / Units.SECTORS_PER_BIT;
        if (first <= last) {
            bitmap.set(slot, first, last);
        }
    }

    /** Marks all that the activity log covers, of a volume of {@code sectors}. */
    public void setLoggedOutOfSync(int slot, long sectors) {
        for (int extent : activityLog.committed()) {
            long start = (long) extent << (Units.AL_EXTENT_SHIFT - Units.SECTOR_SHIFT);
            if (extent != ActivityLogBlock.FREE && start < sectors) {
                long end = start + (1L << (Units.AL_EXTENT_SHIFT - Units.SECTOR_SHIFT));
                setOutOfSync(slot, start, Math.min(end, sectors));
            }
        }
    }

    /**
     * Marks a range of sectors as equal to the peer in {@code slot}; rounds inward, except at the end of the device.
     *
     * @return bits that were set
     */
    public long setInSync(int slot, long startSector, long endSector, long deviceSectors) {
        long first = (startSector + Units.SECTORS_PER_BIT - 1) / Units.SECTORS_PER_BIT;
        long last = endSector >= deviceSectors ? bitmap.bits() - 1 : endSector / Units.SECTORS_PER_BIT - 1;
        return first <= last ? bitmap.clear(slot, first, Math.min(last, bitmap.bits() - 1)) : 0;
    }

    /**
     * Gives a node a bitmap slot. A slot that was another's has that one's bits; one that comes back after {@link #freeSlot}
     * has none if its data are still what they were, otherwise all.
     *
     * @return the slot; negative if none is free
     */
    public int allocateSlot(int node) {
        PeerEntry entry = superblock.peer(node);
        boolean returns = !entry.hasSlot() && entry.has(PeerFlag.NODE_EXISTS);
        int slot = superblock.allocateSlot(node);
        if (returns && slot >= 0) {
            if (entry.bitmapUuid != 0 || entry.has(PeerFlag.FULL_SYNC)) {
                bitmap.setAll(slot);
            } else {
                bitmap.clearAll(slot);
            }
            entry.set(PeerFlag.FULL_SYNC, false);
        }
        return slot;
    }

    /**
     * Takes the bitmap slot from a node. What it lacks is not known in detail any more: if there was anything, a full
     * resync is noted. The superblock must be written before anything else changes.
     */
    public void freeSlot(int node) {
        PeerEntry entry = superblock.peer(node);
        boolean lacks = entry.bitmapUuid != 0 || bitmap.count(entry.bitmapIndex) != 0 || entry.has(PeerFlag.FULL_SYNC);
        superblock.setBitmapUuid(node, 0, 0);
        superblock.forgetPeer(node);
        entry.set(PeerFlag.NODE_EXISTS, true);
        entry.set(PeerFlag.FULL_SYNC, lacks);
    }

    /** Ends all use of the stores; {@code then} is called when nothing is in flight any more. */
    public void close(Runnable then) {
        closing = true;
        writer.close(() -> {
            request.close();
            then.run();
        });
    }
}
