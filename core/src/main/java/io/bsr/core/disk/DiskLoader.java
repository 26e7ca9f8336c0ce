package io.bsr.core.disk;

import io.bsr.base.NodeId;
import io.bsr.base.Units;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.memory.Buffer;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Errno;
import io.bsr.metadata.ActivityLogBlock;
import io.bsr.metadata.ActivityLogReplay;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.BitmapLayout;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the metadata of a disk, repairs what a crash left, and makes a {@link Disk} of it:
 *
 * <pre>
 *   superblock → activity log → bitmap → (marks of the log, full sync) → bitmap written → log does not count → log emptied
 *   → done
 * </pre>
 *
 * A crash anywhere in between leaves the log or its marks in place, so that the next attempt does the same again
 * (activity-log reference, section 6.2). Before the log is emptied, the superblock says that this node crashed as Primary
 * rather than that it is one: a log that is half emptied looks like one that is damaged, and would be refused.
 *
 * <p>Unlike the original, an attach applies the log by itself; running {@code apply-al} before does no harm.
 */
public final class DiskLoader {
    private static final int CHUNK = BufferPool.LARGEST;

    private final AttachRequest request;
    private final NodeId self;
    private final BufferPool buffers;
    private final MetadataWriter.Owner owner;
    private final Consumer<String> log;
    private final Done done;

    private final Buffer chunk;
    private ByteBuffer present = ByteBuffer.allocate(Units.BLOCK_BYTES);
    private @Nullable Superblock superblock;
    private @Nullable MetadataLayout layout;
    private @Nullable OutOfSyncBitmap bitmap;
    private @Nullable ActivityLogReplay replay;
    private long sectors;
    private boolean crashedPrimary;

    /** Where the result goes. */
    public interface Done {
        /**
         * The disk can be used.
         *
         * @param crashedPrimary this node was Primary when it stopped
         */
        void loaded(Disk disk, boolean crashedPrimary);

        /** The disk cannot be used; its stores are closed. */
        void refused(Outcome outcome);
    }

    private DiskLoader(
            AttachRequest request,
            NodeId self,
            BufferPool buffers,
            Buffer chunk,
            MetadataWriter.Owner owner,
            Consumer<String> log,
            Done done) {
        this.request = request;
        this.self = self;
        this.buffers = buffers;
        this.chunk = chunk;
        this.owner = owner;
        this.log = log;
        this.done = done;
    }

    /** Starts loading; the answer comes later. */
    public static void load(
            AttachRequest request,
            NodeId self,
            BufferPool buffers,
            MetadataWriter.Owner owner,
            Consumer<String> log,
            Done done) {
        Buffer chunk = buffers.tryAcquire(CHUNK);
        if (chunk == null) {
            buffers.whenReleased(() -> load(request, self, buffers, owner, log, done));
            return;
        }
        new DiskLoader(request, self, buffers, chunk, owner, log, done).readSuperblock();
    }

    private static Placement placement(int index) {
        return switch (index) {
            case AttachRequest.INTERNAL, -1 -> new Placement.Internal();
            case AttachRequest.FLEXIBLE -> new Placement.FlexibleExternal();
            default -> new Placement.Indexed(index);
        };
    }

    private BlockStore meta() {
        return request.meta();
    }

    private void readSuperblock() {
        if (request.index() < AttachRequest.INTERNAL || request.index() > 255) {
            refuse(ErrorCode.INVALID_REQUEST, "metadata index " + request.index() + " does not exist");
            return;
        }
        long offset = MetadataLayout.superblockOffset(placement(request.index()), meta().size());
        if (offset < 0 || offset + Units.BLOCK_BYTES > meta().size()) {
            refuse(
                    ErrorCode.META_DISK_TOO_SMALL,
                    meta().description() + " has " + meta().size() + " bytes, too few for metadata at this place");
            return;
        }
        meta().read(offset, chunk, 0, Units.BLOCK_BYTES, errno -> {
            if (!failed(errno, "read of the superblock")) {
                decodeSuperblock();
            }
        });
    }

    private void decodeSuperblock() {
        try {
            present.put(0, chunk.bytes(), 0, Units.BLOCK_BYTES);
            Superblock read = Superblock.decode(present, 0);
            read.requireOwned(self.value());
            MetadataLayout place = MetadataLayout.of(read, placement(request.index()), meta().size());
            superblock = read;
            layout = place;
            long available = place.usableSectors(request.data().size());
            if (request.options().size() > 0) {
                available = Math.min(available, request.options().size());
            }
            if (available <= 0) {
                refuse(ErrorCode.DISK_TOO_SMALL, request.data().description() + " has no room for data");
                return;
            }
            if (read.effectiveSectors > available && read.has(DeviceFlag.CONSISTENT)) {
                refuse(
                        ErrorCode.DISK_TOO_SMALL,
                        "The volume had " + read.effectiveSectors + " sectors when it was last used, "
                                + request.data().description() + " offers " + available
                                + ". The device shrank, or this is another one; nothing was changed.");
                return;
            }
            sectors = available;
            long size = read.effectiveSectors > 0 ? Math.min(read.effectiveSectors, available) : available;
            BitmapLayout bits = place.bitmapFor(size);
            OutOfSyncBitmap image = new OutOfSyncBitmap(bits);
            bitmap = image;
            ActivityLogReplay log = new ActivityLogReplay(read.ring());
            replay = log;
            readLog(read.ring(), place, log, 0);
        } catch (MetadataException e) {
            refuse(e);
        }
    }

    private void readLog(ActivityLogRing ring, MetadataLayout place, ActivityLogReplay log, int block) {
        int count = Math.min(ring.blocks() - block, CHUNK / Units.BLOCK_BYTES);
        if (count == 0) {
            readBitmap(place, 0);
            return;
        }
        long offset = place.alOffset() + (long) block * Units.BLOCK_BYTES;
        meta().read(offset, chunk, 0, count * Units.BLOCK_BYTES, errno -> {
            if (!failed(errno, "read of the activity log")) {
                for (int i = 0; i < count; i++) {
                    log.add(block + i, chunk.bytes(), i * Units.BLOCK_BYTES);
                }
                readLog(ring, place, log, block + count);
            }
        });
    }

    private void readBitmap(MetadataLayout place, long position) {
        OutOfSyncBitmap image = Objects.requireNonNull(bitmap);
        int count = (int) Math.min(image.bytes() - position, CHUNK);
        if (count == 0) {
            image.loaded();
            repair();
            return;
        }
        meta().read(place.bitmapOffset() + position, chunk, 0, count, errno -> {
            if (!failed(errno, "read of the bitmap")) {
                image.load(position, chunk.bytes(), 0, count);
                readBitmap(place, position + count);
            }
        });
    }

    private void repair() {
        Superblock read = Objects.requireNonNull(superblock);
        OutOfSyncBitmap image = Objects.requireNonNull(bitmap);
        ActivityLogReplay.Result result = Objects.requireNonNull(replay).result();
        boolean primary = read.has(DeviceFlag.PRIMARY_IND);
        crashedPrimary = primary || read.has(DeviceFlag.CRASHED_PRIMARY);
        boolean unreadable = result.outcome() == ActivityLogReplay.Outcome.UNREADABLE
                || result.outcome() == ActivityLogReplay.Outcome.USELESS;
        if (unreadable && primary) {
            refuse(
                    ErrorCode.UNCLEAN_METADATA,
                    "This node was Primary when it stopped, and its activity log is unreadable: which blocks differ"
                            + " from the peers is not known. Invalidate this disk or its peer, or restore the log.");
            return;
        }
        if (result.outcome() == ActivityLogReplay.Outcome.REPLAYED && primary) {
            long before = image.count(0);
            for (int extent : result.hot()) {
                markExtent(image, Integer.toUnsignedLong(extent));
            }
            log.accept("activity log applied: " + result.hot().length + " extents, "
                    + (image.count(0) - before) * 4 + " KiB more out of sync in slot 0"
                    + (result.corrupt() > 0 ? ", " + result.corrupt() + " unreadable blocks" : ""));
        }
        boolean incomplete = primary && result.mayBeIncomplete();
        if (incomplete) {
            log.accept("the activity log has " + result.corrupt()
                    + " unreadable blocks, which no crash leaves: every block counts as out of sync");
        }
        for (int node = 0; node < NodeId.LIMIT; node++) {
            if (read.peer(node).hasSlot()
                    && (incomplete
                            || read.peer(node).has(PeerFlag.FULL_SYNC)
                            || (crashedPrimary && read.has(DeviceFlag.AL_DISABLED)))) {
                image.setAll(read.peer(node).bitmapIndex);
                // The bits say it from now on; the attach stores them before it stores this.
                read.peer(node).set(PeerFlag.FULL_SYNC, false);
            }
        }
        if (result.outcome() == ActivityLogReplay.Outcome.EMPTY) {
            finish();
        } else {
            writeBitmap(0);
        }
    }

    private static void markExtent(OutOfSyncBitmap image, long extent) {
        long first = extent * Units.BITS_PER_AL_EXTENT;
        long last = Math.min(first + Units.BITS_PER_AL_EXTENT, image.bits()) - 1;
        for (int slot = 0; slot < image.slots() && first <= last; slot++) {
            image.set(slot, first, last);
        }
    }

    private void writeBitmap(int from) {
        OutOfSyncBitmap image = Objects.requireNonNull(bitmap);
        MetadataLayout place = Objects.requireNonNull(layout);
        int block = image.nextMarked(from);
        if (block == image.blocks()) {
            meta().flush(errno -> {
                if (!failed(errno, "flush of the bitmap")) {
                    retireLog(place);
                }
            });
            return;
        }
        int count = 1;
        image.takeBlock(block, chunk.segment(), 0);
        while (count < CHUNK / Units.BLOCK_BYTES && block + count < image.blocks() && image.marked(block + count)) {
            image.takeBlock(block + count, chunk.segment(), (long) count * Units.BLOCK_BYTES);
            count++;
        }
        int next = block + count;
        meta().write(
                        place.bitmapOffset() + (long) block * Units.BLOCK_BYTES,
                        chunk,
                        0,
                        count * Units.BLOCK_BYTES,
                        false,
                        errno -> {
                            if (!failed(errno, "write of the bitmap")) {
                                writeBitmap(next);
                            }
                        });
    }

    private void retireLog(MetadataLayout place) {
        Superblock read = Objects.requireNonNull(superblock);
        if (!read.has(DeviceFlag.PRIMARY_IND)) {
            emptyLog(place.ring(), 0);
            return;
        }
        Superblock crashed = read.copy();
        crashed.set(DeviceFlag.PRIMARY_IND, false);
        crashed.set(DeviceFlag.CRASHED_PRIMARY, true);
        ByteBuffer next = ByteBuffer.allocate(Units.BLOCK_BYTES);
        crashed.encode(next, 0);
        new SuperblockWriter(meta(), chunk, true).replace(place.superblockOffset(), present, next, errno -> {
            if (!failed(errno, "write of the superblock")) {
                present = next;
                emptyLog(place.ring(), 0);
            }
        });
    }

    private void emptyLog(ActivityLogRing ring, int block) {
        MetadataLayout place = Objects.requireNonNull(layout);
        int count = Math.min(ring.blocks() - block, CHUNK / Units.BLOCK_BYTES);
        if (count == 0) {
            meta().flush(errno -> {
                if (!failed(errno, "flush of the activity log")) {
                    finish();
                }
            });
            return;
        }
        ActivityLogBlock codec = new ActivityLogBlock();
        for (int i = 0; i < count; i++) {
            codec.encodeInitialised(chunk.bytes(), i * Units.BLOCK_BYTES);
        }
        long offset = place.alOffset() + (long) block * Units.BLOCK_BYTES;
        meta().write(offset, chunk, 0, count * Units.BLOCK_BYTES, false, errno -> {
            if (!failed(errno, "write of the activity log")) {
                emptyLog(ring, block + count);
            }
        });
    }

    private void finish() {
        Superblock read = Objects.requireNonNull(superblock);
        MetadataLayout place = Objects.requireNonNull(layout);
        OutOfSyncBitmap image = Objects.requireNonNull(bitmap);
        ActivityLog activityLog = new ActivityLog(
                Math.min(request.options().alExtents(), place.ring().maxActiveExtents()));
        MetadataWriter writer;
        try {
            writer = new MetadataWriter(
                    request.data(),
                    request.meta(),
                    place,
                    read,
                    image,
                    activityLog,
                    request.options(),
                    present,
                    buffers,
                    owner);
        } catch (IllegalStateException e) {
            refuse(ErrorCode.BITMAP_MEMORY, String.valueOf(e.getMessage()));
            return;
        }
        read.alExtents = activityLog.slots();
        chunk.release();
        done.loaded(new Disk(request, read, place, image, activityLog, writer, sectors), crashedPrimary);
    }

    private boolean failed(int errno, String what) {
        if (errno == Errno.OK) {
            return false;
        }
        refuse(ErrorCode.META_IO_ERROR, what + " failed on " + meta().description() + ": " + Errno.name(errno));
        return true;
    }

    private void refuse(MetadataException e) {
        ErrorCode code = ErrorCode.ofNumber(e.code().attachError());
        refuse(
                code == null ? ErrorCode.INVALID_METADATA : code,
                e.what() + " (" + meta().description() + "): " + e.why() + ". " + e.remedy() + ".");
    }

    private void refuse(ErrorCode code, String detail) {
        chunk.release();
        request.close();
        done.refused(Outcome.of(code, detail));
    }
}
