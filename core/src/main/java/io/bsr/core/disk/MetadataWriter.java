package io.bsr.core.disk;

import io.bsr.base.Units;
import io.bsr.base.memory.Buffer;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import io.bsr.core.option.DiskOptions;
import io.bsr.metadata.ActivityLogBlock;
import io.bsr.metadata.BitmapLayout;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Superblock;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the metadata of one disk, one operation at a time, each in its crash-safe order:
 *
 * <pre>
 *   transaction   copy bitmap blocks of evicted extents → flush data → write them → flush → activity-log block (FUA)
 *   persist       copy marked bitmap blocks → flush data → write them → … → flush → superblock (FUA)
 *   lazy          copy marked bitmap blocks → flush data → write them → …
 *   move          see MetadataMove
 * </pre>
 *
 * Requests made while an operation runs are served by the next one of their kind, so a burst of them costs one.
 */
public final class MetadataWriter {
    /** Told of what the writer cannot decide. */
    public interface Owner {
        /** A transaction is on disk: waiting writes may go on. */
        void transactionCommitted();

        /** A superblock is on disk, or will never be: what waited for that may go on. */
        void superblockSettled();

        /** A metadata operation failed; the disk must be given up. Nothing more is written. */
        void metadataFailed(String operation, int errno);
    }

    /** Told once how a {@link #persist} ended. */
    @FunctionalInterface
    public interface Persisted {
        /**
         * The write has ended.
         *
         * @param durable false if the disk failed or was closed before
         */
        void done(boolean durable);
    }

    private enum Step {
        IDLE,
        DATA_FLUSH,
        BITMAP,
        META_FLUSH,
        FINAL_BLOCK
    }

    private enum Operation {
        TRANSACTION,
        PERSIST,
        LAZY,
        MOVE
    }

    /** Metadata that wait to be moved. */
    private record Move(Runnable change, MetadataLayout next, Persisted then) {}

    private static final int BITMAP_WRITES = 8;

    /** Bitmap blocks per batch: as many as the largest buffer holds. */
    private static final int BATCH = BufferPool.LARGEST / Units.BLOCK_BYTES;

    private final BlockStore data;
    private final BlockStore meta;
    private MetadataLayout layout;
    private final Superblock superblock;
    private final OutOfSyncBitmap bitmap;
    private final ActivityLog activityLog;
    private final BitmapLayout bitmapLayout;
    private final Owner owner;
    private final boolean flushData;
    private final boolean flushMeta;
    private final boolean logTransactions;

    private final ActivityLogBlock codec = new ActivityLogBlock();
    private final Buffer block;
    private final Buffer batch;
    private final SuperblockWriter superblocks;

    /** The superblock as it is on disk, and as the running operation will leave it. */
    private ByteBuffer present;

    private ByteBuffer coming = ByteBuffer.allocate(Units.BLOCK_BYTES);
    private final int[] batchBlocks = new int[BATCH];
    private final BitmapWrite[] bitmapWrites = new BitmapWrite[BITMAP_WRITES];

    private Step step = Step.IDLE;
    private Operation operation = Operation.LAZY;
    private boolean failed;
    private boolean closed;
    private boolean lazyWanted;
    private boolean persistWanted;
    private final ArrayDeque<Move> moves = new ArrayDeque<>();
    private @Nullable Move moving;
    private List<Persisted> persistWaiters = new ArrayList<>();
    private List<Persisted> persistRunning = new ArrayList<>();
    private int transaction;
    private int contextCursor;
    private int transactionSize;
    private int bitmapCursor;
    private int batchSize;
    private int batchNext;
    private boolean batchLazy;
    private int bitmapInFlight;

    /** Bitmap blocks were written since the last flush, by this operation or by a lazy one before it. */
    private boolean bitmapWritten;

    private long transactionsWritten;
    private long bitmapBlocksWritten;
    private @Nullable Runnable whenIdle;

    MetadataWriter(
            BlockStore data,
            BlockStore meta,
            MetadataLayout layout,
            Superblock superblock,
            OutOfSyncBitmap bitmap,
            ActivityLog activityLog,
            DiskOptions options,
            ByteBuffer present,
            BufferPool buffers,
            Owner owner) {
        this.data = data;
        this.meta = meta;
        this.layout = layout;
        this.superblock = superblock;
        this.bitmap = bitmap;
        this.activityLog = activityLog;
        this.bitmapLayout = new BitmapLayout(bitmap.slots(), bitmap.bits());
        this.owner = owner;
        flushData = flushes(options, data);
        flushMeta = options.metadataFlushes() && meta.volatileCache();
        logTransactions = options.activityLogUpdates();
        block = acquire(buffers, Units.BLOCK_BYTES);
        batch = acquire(buffers, BufferPool.LARGEST);
        superblocks = new SuperblockWriter(meta, block, flushMeta);
        this.present = present;
        for (int i = 0; i < BITMAP_WRITES; i++) {
            bitmapWrites[i] = new BitmapWrite();
        }
    }

    /** Whether durability needs a flush of this data store under these options. */
    static boolean flushes(DiskOptions options, BlockStore data) {
        return switch (options.flushes()) {
            case "no" -> false;
            case "yes" -> true;
            default -> data.volatileCache();
        };
    }

    private static Buffer acquire(BufferPool buffers, int bytes) {
        Buffer buffer = buffers.tryAcquire(bytes);
        if (buffer == null) {
            throw new IllegalStateException("the buffer pool has no memory left for the metadata of another disk");
        }
        return buffer;
    }

    /** True if completed writes of the data store need a flush to be durable. */
    public boolean flushesData() {
        return flushData;
    }

    /** True after an operation failed: nothing is written any more. */
    public boolean failed() {
        return failed;
    }

    public long transactionsWritten() {
        return transactionsWritten;
    }

    public long bitmapBlocksWritten() {
        return bitmapBlocksWritten;
    }

    /** True while the superblock on disk may be older than the one in memory and a write of it is due. */
    public boolean persistPending() {
        return persistWanted
                || moving != null
                || !moves.isEmpty()
                || (step != Step.IDLE && operation == Operation.PERSIST);
    }

    /** Starts a transaction soon if there are pending changes; {@code transactionCommitted} tells when they are done. */
    public void commitTransaction() {
        pump();
    }

    /** Writes marked bitmap blocks some time later. */
    public void writeLazily() {
        lazyWanted = true;
        pump();
    }

    /** Makes bitmap and superblock durable as they are now, then tells {@code then}; at once if that is impossible. */
    public void persist(Persisted then) {
        if (failed || closed) {
            then.done(false);
            return;
        }
        persistWanted = true;
        persistWaiters.add(then);
        pump();
    }

    /**
     * Gives the metadata the layout {@code next}, as soon as nothing else is being written. Until that is done, the
     * superblock counts as not yet on disk.
     *
     * @param change called when the change begins: makes it in superblock and bitmap in memory
     */
    void move(Runnable change, MetadataLayout next, Persisted then) {
        if (failed || closed) {
            then.done(false);
            return;
        }
        moves.add(new Move(change, next, then));
        pump();
    }

    /** Nothing more is begun; {@code then} is called when nothing is in flight. */
    public void close(Runnable then) {
        closed = true;
        notDurable();
        if (step == Step.IDLE) {
            free();
            then.run();
        } else {
            whenIdle = then;
        }
    }

    private void free() {
        block.release();
        batch.release();
    }

    private void pump() {
        if (step != Step.IDLE || failed || closed) {
            return;
        }
        Move move = moves.poll();
        if (move != null) {
            begin(move);
        } else if (persistWanted) {
            persistWanted = false;
            List<Persisted> waiters = persistWaiters;
            persistWaiters = persistRunning;
            persistRunning = waiters;
            begin(Operation.PERSIST);
        } else if (activityLog.pendingCount() > 0) {
            transactionSize = activityLog.transactionSize();
            begin(Operation.TRANSACTION);
        } else if (lazyWanted) {
            lazyWanted = false;
            begin(Operation.LAZY);
        }
    }

    private void begin(Operation next) {
        operation = next;
        bitmapCursor = 0;
        if (next == Operation.PERSIST) {
            // As it is now: a flag that is set while this operation runs may need a flush that comes after it.
            superblock.encode(coming, 0);
        }
        takeBatch();
        boolean needsFlush = flushData
                && switch (next) {
                    case TRANSACTION -> logTransactions && evicts();
                    case PERSIST -> true;
                    case LAZY -> batchLazy;
                    case MOVE -> false;
                };
        flushThenWriteBatch(needsFlush);
    }

    private void begin(Move move) {
        operation = Operation.MOVE;
        step = Step.FINAL_BLOCK;
        moving = move;
        MetadataLayout former = layout;
        long formerSectors = superblock.effectiveSectors;
        move.change.run();
        superblock.encode(coming, 0);
        int blocks = move.next.ring().blocks();
        int surplus = Integer.remainderUnsigned(transaction, blocks);
        int first = surplus == 0 ? transaction : transaction + blocks - surplus;
        MetadataMove[] running = new MetadataMove[1];
        running[0] = new MetadataMove(
                data,
                meta,
                former,
                move.next,
                bitmap,
                activityLog,
                flushData,
                flushMeta,
                block,
                batch,
                superblocks,
                new MetadataMove.Done() {
                    @Override
                    public void moved() {
                        if (MetadataMove.moves(former, move.next)) {
                            transaction = first + blocks;
                            contextCursor = running[0].nextContext();
                        }
                        layout = move.next;
                        comingIsPresent();
                        bitmapWritten = false;
                        boolean awaited = moving != null;
                        moving = null;
                        ended();
                        if (awaited) {
                            move.then.done(true);
                            owner.superblockSettled();
                        }
                    }

                    @Override
                    public void failed(String what, int errno) {
                        fail(what, errno);
                    }
                });
        running[0].start(superblock, formerSectors, first);
    }

    private boolean evicts() {
        for (int i = 0; i < transactionSize; i++) {
            if (activityLog.evicted(i) != ActivityLogBlock.FREE) {
                return true;
            }
        }
        return false;
    }

    /**
     * Copies marked blocks. The copies are taken before the data store is flushed: a bit that is cleared while the flush
     * runs stands for data that the flush may not cover, so it must not reach the disk with this batch.
     */
    private void takeBatch() {
        batchSize = 0;
        batchLazy = false;
        while (batchSize < BATCH) {
            int next = nextBitmapBlock();
            if (next < 0) {
                return;
            }
            batchLazy |= bitmap.lazy(next);
            bitmap.takeBlock(next, batch.segment(), (long) batchSize * Units.BLOCK_BYTES);
            batchBlocks[batchSize++] = next;
        }
    }

    private void flushThenWriteBatch(boolean flush) {
        if (flush) {
            step = Step.DATA_FLUSH;
            data.flush(this::dataFlushed);
        } else {
            beginBitmap();
        }
    }

    private void dataFlushed(int errno) {
        if (errno != 0) {
            fail("flush of the data store before metadata", errno);
        } else {
            beginBitmap();
        }
    }

    private void beginBitmap() {
        step = Step.BITMAP;
        batchNext = 0;
        continueBitmap();
    }

    private void continueBitmap() {
        for (int i = 0; i < BITMAP_WRITES && batchNext < batchSize && !failed; i++) {
            if (!bitmapWrites[i].inFlight) {
                bitmapWrites[i].start();
            }
        }
        if (bitmapInFlight > 0) {
            return;
        }
        if (failed) {
            ended();
            return;
        }
        takeBatch();
        if (batchSize > 0) {
            flushThenWriteBatch(flushData && batchLazy);
        } else {
            bitmapDone();
        }
    }

    /** The next block that this operation must write; -1 if there is none. Each block comes once per operation. */
    private int nextBitmapBlock() {
        if (operation != Operation.TRANSACTION) {
            int next = bitmap.nextMarked(bitmapCursor);
            bitmapCursor = next + 1;
            return next < bitmap.blocks() ? next : -1;
        }
        if (!logTransactions) {
            return -1;
        }
        // For a transaction the cursor counts changes; an extent's bits lie in a few neighbouring blocks.
        while (bitmapCursor < transactionSize) {
            int evicted = activityLog.evicted(bitmapCursor);
            if (evicted != ActivityLogBlock.FREE) {
                long last = Math.min(bitmapLayout.lastBlockOfExtent(evicted), bitmap.blocks() - 1L);
                for (long b = bitmapLayout.firstBlockOfExtent(evicted); b <= last; b++) {
                    if (bitmap.marked((int) b)) {
                        return (int) b;
                    }
                }
            }
            bitmapCursor++;
        }
        return -1;
    }

    private void bitmapDone() {
        if (operation == Operation.LAZY) {
            ended();
        } else if (flushMeta && bitmapWritten) {
            step = Step.META_FLUSH;
            meta.flush(this::metaFlushed);
        } else {
            writeFinalBlock();
        }
    }

    private void metaFlushed(int errno) {
        if (errno != 0) {
            fail("flush of the bitmap", errno);
        } else {
            bitmapWritten = false;
            writeFinalBlock();
        }
    }

    private void writeFinalBlock() {
        step = Step.FINAL_BLOCK;
        if (operation == Operation.PERSIST) {
            superblocks.replace(layout.superblockOffset(), present, coming, this::superblockWritten);
        } else if (logTransactions) {
            codec.encode(
                    block.bytes(),
                    0,
                    transaction,
                    transactionSize,
                    activityLog.pendingSlots(),
                    activityLog.pendingExtents(),
                    activityLog.committed(),
                    activityLog.slots(),
                    contextCursor);
            meta.write(
                    layout.transactionOffset(transaction),
                    block,
                    0,
                    Units.BLOCK_BYTES,
                    flushMeta,
                    this::transactionWritten);
        } else {
            transactionWritten(0);
        }
    }

    private void superblockWritten(int errno) {
        if (errno != 0) {
            fail("write of the superblock", errno);
            return;
        }
        comingIsPresent();
        List<Persisted> done = persistRunning;
        persistRunning = new ArrayList<>();
        ended();
        for (Persisted then : done) {
            then.done(true);
        }
        owner.superblockSettled();
    }

    private void comingIsPresent() {
        ByteBuffer former = present;
        present = coming;
        coming = former;
    }

    private void transactionWritten(int errno) {
        if (errno != 0) {
            fail("write of the activity log", errno);
            return;
        }
        transaction++;
        contextCursor += ActivityLogBlock.CONTEXT;
        if (contextCursor >= activityLog.slots()) {
            contextCursor = 0;
        }
        transactionsWritten++;
        activityLog.commit(transactionSize);
        ended();
        owner.transactionCommitted();
    }

    private void notDurable() {
        List<Persisted> waiters = new ArrayList<>(persistRunning);
        waiters.addAll(persistWaiters);
        if (moving != null) {
            waiters.add(moving.then);
            moving = null;
        }
        moves.forEach(move -> waiters.add(move.then));
        moves.clear();
        persistRunning.clear();
        persistWaiters.clear();
        persistWanted = false;
        for (Persisted then : waiters) {
            then.done(false);
        }
        owner.superblockSettled();
    }

    private void fail(String what, int errno) {
        if (!failed) {
            failed = true;
            notDurable();
            owner.metadataFailed(what, errno);
        }
        if (bitmapInFlight == 0) {
            ended();
        }
    }

    private void ended() {
        if (step != Step.IDLE && bitmapInFlight > 0) {
            return;
        }
        step = Step.IDLE;
        Runnable idle = whenIdle;
        if (idle != null) {
            whenIdle = null;
            free();
            idle.run();
            return;
        }
        pump();
    }

    /** One write of neighbouring blocks out of the batch. */
    private final class BitmapWrite implements Completion {
        boolean inFlight;
        private int first;
        private int count;

        void start() {
            inFlight = true;
            bitmapInFlight++;
            bitmapWritten = true;
            first = batchNext;
            count = 1;
            while (first + count < batchSize && batchBlocks[first + count] == batchBlocks[first] + count) {
                count++;
            }
            batchNext += count;
            meta.write(
                    layout.bitmapOffset() + (long) batchBlocks[first] * Units.BLOCK_BYTES,
                    batch,
                    first * Units.BLOCK_BYTES,
                    count * Units.BLOCK_BYTES,
                    false,
                    this);
        }

        @Override
        public void completed(int errno) {
            inFlight = false;
            bitmapInFlight--;
            bitmapBlocksWritten += count;
            if (errno != 0) {
                for (int i = first; i < first + count; i++) {
                    bitmap.mark(batchBlocks[i]);
                }
                fail("write of the bitmap", errno);
            } else {
                continueBitmap();
            }
        }
    }
}
