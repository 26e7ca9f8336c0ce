package io.bsr.core.disk;

import io.bsr.base.port.Completion;
import io.bsr.metadata.ActivityLogBlock;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Superblock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Everything that was asked of some stores and what they answered, in one order, so that every power failure can be tried
 * afterwards ({@link CrashStates}).
 *
 * <p>An event is the submission of a write, or the completion of a write or a flush. Operations complete in an order that
 * the random source chooses, and a flush covers what had completed when it was submitted, as the port says: nothing more.
 */
public final class Recording {
    static final int SECTOR = 512;

    /** 512 bytes of a write. */
    public static final class Sector {
        private static final AtomicLong IDS = new AtomicLong();

        static final Sector ZERO = new Sector(new byte[SECTOR]);

        /** Differs from sector to sector: equal numbers mean equal contents. */
        final long id = IDS.incrementAndGet();

        final byte[] bytes;

        Sector(byte[] bytes) {
            this.bytes = bytes;
        }
    }

    /** A sector of a store. */
    record Place(RecordedStore store, long number) {}

    /** A write or, if it has no sectors, a flush. */
    public static final class Operation {
        final RecordedStore store;
        final boolean flush;
        final long first;
        final List<Sector> sectors;
        final boolean fua;

        /** Events before the submission was over. */
        final int submitted;

        /** Events when it had completed, {@link Integer#MAX_VALUE} as long as it has not. */
        int completed = Integer.MAX_VALUE;

        /** It is answered like any other, and nothing is made durable. */
        boolean ignored;

        Operation(RecordedStore store, boolean flush, long first, List<Sector> sectors, boolean fua, int submitted) {
            this.store = store;
            this.flush = flush;
            this.first = first;
            this.sectors = sectors;
            this.fua = fua;
            this.submitted = submitted;
        }

        /** The numbers that its sectors begin with. */
        List<Long> numbers() {
            return sectors.stream()
                    .map(s -> ByteBuffer.wrap(s.bytes).getLong(0))
                    .toList();
        }

        boolean overlaps(Operation other) {
            return store == other.store
                    && first < other.first + other.sectors.size()
                    && other.first < first + sectors.size();
        }
    }

    /** What happened: an operation was submitted, or has completed. */
    record Event(Operation operation, boolean completion) {}

    private record Pending(@Nullable Operation operation, Completion completion) {}

    private final Random random;
    private final List<Event> events = new ArrayList<>();
    private final List<Pending> pending = new ArrayList<>();
    private final List<Operation> writing = new ArrayList<>();
    private final Map<Place, Sector> first = new HashMap<>();
    private IntPredicate ignoredFlush = number -> false;
    private Runnable beforeEvent = () -> {};
    private Consumer<Operation> afterWrite = write -> {};
    private int flushes;

    public Recording(Random random) {
        this.random = random;
    }

    /** Events so far. */
    public int now() {
        return events.size();
    }

    List<Event> events() {
        return events;
    }

    /** What the stores held durably when the recording began. */
    Map<Place, Sector> first() {
        return first;
    }

    /** Called before each submission is noted. */
    public void beforeEvent(Runnable action) {
        beforeEvent = action;
    }

    /** Called when the submission of a write has been noted. */
    public void afterWrite(Consumer<Operation> action) {
        afterWrite = action;
    }

    /** A lie of the stores, by the number of the flush: it is answered, and does nothing. */
    void ignoreFlush(IntPredicate which) {
        ignoredFlush = which;
    }

    /** Puts something on the medium before anything is recorded. */
    private void prepare(RecordedStore store, long offset, byte[] bytes) {
        for (int at = 0; at < bytes.length; at += SECTOR) {
            Sector sector = new Sector(Arrays.copyOfRange(bytes, at, at + SECTOR));
            store.now.put(offset / SECTOR + at / SECTOR, sector);
            first.put(new Place(store, offset / SECTOR + at / SECTOR), sector);
        }
    }

    /** Puts metadata on the medium: a superblock, an empty activity log, and no bit. */
    public void prepareMetadata(RecordedStore store, MetadataLayout layout, Superblock superblock) {
        ByteBuffer block = ByteBuffer.allocate(Superblock.BYTES);
        superblock.encode(block, 0);
        prepare(store, layout.superblockOffset(), block.array().clone());
        new ActivityLogBlock().encodeInitialised(block, 0);
        for (int i = 0; i < layout.ring().blocks(); i++) {
            prepare(store, layout.alOffset() + (long) i * ActivityLogBlock.BYTES, block.array());
        }
    }

    void write(RecordedStore store, long firstSector, List<Sector> sectors, boolean fua, Completion completion) {
        beforeEvent.run();
        Operation write = new Operation(store, false, firstSector, sectors, fua, events.size() + 1);
        for (Operation other : writing) {
            if (write.overlaps(other)) {
                throw new IllegalStateException("two writes of sector " + firstSector + " at once");
            }
        }
        writing.add(write);
        events.add(new Event(write, false));
        for (int i = 0; i < sectors.size(); i++) {
            store.now.put(firstSector + i, sectors.get(i));
        }
        pending.add(new Pending(write, completion));
        afterWrite.accept(write);
    }

    void flush(RecordedStore store, Completion completion) {
        beforeEvent.run();
        Operation flush = new Operation(store, true, 0, List.of(), false, events.size() + 1);
        flush.ignored = ignoredFlush.test(flushes++);
        events.add(new Event(flush, false));
        pending.add(new Pending(flush, completion));
    }

    /** Answers without being part of the record: a read. */
    void answer(Completion completion) {
        pending.add(new Pending(null, completion));
    }

    /** Flushes submitted so far. */
    int flushes() {
        return flushes;
    }

    /** Completes one of the operations in flight; false if there is none. */
    public boolean step() {
        if (pending.isEmpty()) {
            return false;
        }
        Pending next = pending.remove(random.nextInt(pending.size()));
        Operation operation = next.operation;
        if (operation != null) {
            events.add(new Event(operation, true));
            operation.completed = events.size();
            writing.remove(operation);
        }
        next.completion.completed(0);
        return true;
    }

    /** Completes everything. */
    public void run() {
        while (step()) {
            // The next one.
        }
    }

    /** What the stores hold now is durable, and the record begins here. Nothing may be in flight. */
    public void settle(RecordedStore... stores) {
        if (!pending.isEmpty()) {
            throw new IllegalStateException("operations are in flight");
        }
        events.clear();
        first.clear();
        for (RecordedStore store : stores) {
            store.now.forEach((number, sector) -> first.put(new Place(store, number), sector));
        }
    }
}
