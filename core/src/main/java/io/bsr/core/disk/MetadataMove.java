package io.bsr.core.disk;

import io.bsr.base.Units;
import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import io.bsr.metadata.ActivityLogBlock;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Superblock;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Gives the metadata of a disk in use another size or place (activity-log reference, section 4.8). Nobody writes metadata
 * meanwhile, and no user or peer begins a write.
 *
 * <pre>
 *   stay:   marked bitmap blocks → flush → superblock
 *   apart:  activity log, bitmap at the new place → flush → superblock there → old superblock zeroed
 *   near:   cautious superblock at the new place → as above
 * </pre>
 *
 * <ol>
 *   <li>Until the new superblock is valid, everything that the old one names is as it was, except where the new place
 *       overlaps the old one ("near"). Then a superblock that asks for a full resync with every peer is valid before the
 *       first overlapping write, so that no bit is lost, though all of them may be set by a crash.
 *   <li>A superblock is replaced in one step, whichever of its sectors a power loss leaves out ({@link
 *       SuperblockWriter}).
 *   <li>Users get no block of the old place before it has ceased to be metadata.
 * </ol>
 */
final class MetadataMove {
    /** How it ended. */
    interface Done {
        /** Everything is durable. */
        void moved();

        /** An operation failed; which of the two superblocks is valid is not known. */
        void failed(String operation, int errno);
    }

    private interface Step {
        void run(Completion then);
    }

    private record Named(String name, Step step) {}

    private final BlockStore data;
    private final BlockStore meta;
    private final MetadataLayout from;
    private final MetadataLayout to;
    private final OutOfSyncBitmap bitmap;
    private final ActivityLog activityLog;
    private final boolean flushData;
    private final boolean flushMeta;
    private final Buffer block;
    private final Buffer batch;
    private final SuperblockWriter superblocks;
    private final Done done;
    private final ArrayDeque<Named> steps = new ArrayDeque<>();
    private final ActivityLogBlock codec = new ActivityLogBlock();

    MetadataMove(
            BlockStore data,
            BlockStore meta,
            MetadataLayout from,
            MetadataLayout to,
            OutOfSyncBitmap bitmap,
            ActivityLog activityLog,
            boolean flushData,
            boolean flushMeta,
            Buffer block,
            Buffer batch,
            SuperblockWriter superblocks,
            Done done) {
        this.data = data;
        this.meta = meta;
        this.from = from;
        this.to = to;
        this.bitmap = bitmap;
        this.activityLog = activityLog;
        this.flushData = flushData;
        this.flushMeta = flushMeta;
        this.block = block;
        this.batch = batch;
        this.superblocks = superblocks;
        this.done = done;
    }

    /** True if anything of the metadata changes its place. */
    static boolean moves(MetadataLayout from, MetadataLayout to) {
        return from.superblockOffset() != to.superblockOffset()
                || from.bitmapOffset() != to.bitmapOffset()
                || from.alOffset() != to.alOffset()
                || !from.ring().equals(to.ring());
    }

    /**
     * Begins.
     *
     * @param next the superblock to be, as it is at this moment
     * @param formerSectors size of the volume before
     * @param firstTransaction number of the first transaction of the new ring, a multiple of its blocks
     */
    void start(Superblock next, long formerSectors, int firstTransaction) {
        ByteBuffer encoded = ByteBuffer.allocate(Units.BLOCK_BYTES);
        next.encode(encoded, 0);
        if (flushData) {
            steps.add(new Named("flush of the data store before metadata", data::flush));
        }
        if (moves(from, to)) {
            boolean apart = to.firstByte() >= from.superblockOffset() + Superblock.BYTES;
            if (!apart) {
                Superblock cautious = next.cautious();
                cautious.effectiveSectors = formerSectors;
                ByteBuffer wary = ByteBuffer.allocate(Units.BLOCK_BYTES);
                cautious.encode(wary, 0);
                steps.add(new Named(
                        "write of the superblock", then -> superblocks.replace(to.superblockOffset(), wary, then)));
            }
            steps.add(new Named("write of the activity log", then -> writeRing(0, firstTransaction, then)));
            bitmap.markAll();
            steps.add(new Named("write of the bitmap", then -> writeBitmap(0, then)));
            long tail = to.bitmapAreaBytes() - bitmap.bytes();
            if (tail > 0 && to.placement().internal()) {
                long offset = to.bitmapOffset() + bitmap.bytes();
                steps.add(new Named("write of the bitmap", then -> meta.writeZeroes(offset, tail, true, then)));
            }
        } else {
            steps.add(new Named("write of the bitmap", then -> writeBitmap(0, then)));
        }
        steps.add(new Named("flush of the bitmap", this::flush));
        steps.add(new Named(
                "write of the superblock", then -> superblocks.replace(to.superblockOffset(), encoded, then)));
        boolean leavesOld = from.superblockOffset() != to.superblockOffset()
                && from.superblockOffset() + Superblock.BYTES <= to.firstByte();
        if (leavesOld) {
            steps.add(new Named("zeroing of the former superblock", this::zeroFormer));
            steps.add(new Named("flush of the metadata", this::flush));
        }
        next();
    }

    private void next() {
        Named named = steps.poll();
        if (named == null) {
            done.moved();
            return;
        }
        named.step.run(errno -> {
            if (errno == 0) {
                next();
            } else {
                steps.clear();
                done.failed(named.name, errno);
            }
        });
    }

    private void flush(Completion then) {
        if (flushMeta) {
            meta.flush(then);
        } else {
            then.completed(0);
        }
    }

    private void zeroFormer(Completion then) {
        for (int at = 0; at < Units.BLOCK_BYTES; at += Long.BYTES) {
            block.bytes().putLong(at, 0);
        }
        meta.write(from.superblockOffset(), block, 0, Units.BLOCK_BYTES, flushMeta, then);
    }

    // ------------------------------------------------------------------------------------------------ activity log

    /** How many transactions it takes to repeat every slot of the active set. */
    private int contexts() {
        return Math.ceilDiv(activityLog.slots(), ActivityLogBlock.CONTEXT);
    }

    /** The slot where the context of the transaction after the last one of the new ring begins. */
    int nextContext() {
        return to.ring().blocks() % contexts() * ActivityLogBlock.CONTEXT;
    }

    /** Fills the whole ring with transactions that change nothing and repeat the active set, in the order of the disk. */
    private void writeRing(int from, int firstTransaction, Completion then) {
        ActivityLogRing ring = to.ring();
        int count = Math.min(ring.blocks() - from, batch.capacity() / Units.BLOCK_BYTES);
        if (count == 0) {
            then.completed(0);
            return;
        }
        for (int i = 0; i < count; i++) {
            int position = ring.positionOf(from + i);
            codec.encode(
                    batch.bytes(),
                    i * Units.BLOCK_BYTES,
                    firstTransaction + position,
                    0,
                    activityLog.pendingSlots(),
                    activityLog.pendingExtents(),
                    activityLog.committed(),
                    activityLog.slots(),
                    position % contexts() * ActivityLogBlock.CONTEXT);
        }
        long offset = to.alOffset() + (long) from * Units.BLOCK_BYTES;
        meta.write(offset, batch, 0, count * Units.BLOCK_BYTES, false, errno -> {
            if (errno == 0) {
                writeRing(from + count, firstTransaction, then);
            } else {
                then.completed(errno);
            }
        });
    }

    // ------------------------------------------------------------------------------------------------ bitmap

    private void writeBitmap(int fromBlock, Completion then) {
        int first = bitmap.nextMarked(fromBlock);
        if (first >= bitmap.blocks()) {
            then.completed(0);
            return;
        }
        int count = 0;
        boolean cleared = false;
        while (count < batch.capacity() / Units.BLOCK_BYTES
                && first + count < bitmap.blocks()
                && bitmap.marked(first + count)) {
            cleared |= bitmap.lazy(first + count);
            bitmap.takeBlock(first + count, batch.segment(), (long) count * Units.BLOCK_BYTES);
            count++;
        }
        int taken = count;
        Completion write = flushed -> {
            if (flushed != 0) {
                then.completed(flushed);
                return;
            }
            long offset = to.bitmapOffset() + (long) first * Units.BLOCK_BYTES;
            meta.write(offset, batch, 0, taken * Units.BLOCK_BYTES, false, errno -> {
                if (errno == 0) {
                    writeBitmap(first + taken, then);
                } else {
                    then.completed(errno);
                }
            });
        };
        // A cleared bit stands for data that the first flush may not have covered.
        if (flushData && cleared) {
            data.flush(write);
        } else {
            write.completed(0);
        }
    }
}
