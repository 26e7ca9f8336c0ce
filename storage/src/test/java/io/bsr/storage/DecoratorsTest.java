package io.bsr.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.memory.Buffer;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Errno;
import io.bsr.base.port.Timers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Stores that fail, delay and record, without a loop: turns are made by hand. */
final class DecoratorsTest {
    private static final int SIZE = 1 << 20;
    private final ArrayDeque<Runnable> turn = new ArrayDeque<>();
    private final MemoryStore memory = new MemoryStore(turn::add, SIZE);
    private final BufferPool pool = new BufferPool(8 << 20);
    private final List<Integer> answers = new ArrayList<>();

    private Buffer block(int value) {
        Buffer buffer = Objects.requireNonNull(pool.tryAcquire(4096));
        for (int i = 0; i < 4096; i++) {
            buffer.bytes().put(i, (byte) value);
        }
        return buffer;
    }

    private void write(BlockStore store, long offset, int value) {
        store.write(offset, block(value), 0, 4096, false, answers::add);
    }

    private void runTurns() {
        for (Runnable next = turn.poll(); next != null; next = turn.poll()) {
            next.run();
        }
    }

    @Test
    void the_nth_write_fails_once_and_does_not_reach_the_store() {
        FaultStore store = new FaultStore(memory, turn::add);
        FaultStore.Fault fault = store.fail(Set.of(FaultStore.Operation.WRITE), 2, 1, Errno.EIO);

        for (int i = 0; i < 4; i++) {
            write(store, i * 4096L, 7);
            store.flush(errno -> {});
        }
        runTurns();

        assertEquals(List.of(0, Errno.EIO, 0, 0), answers);
        assertEquals(0, memory.contents(4096, 1)[0]);
        assertEquals(1, fault.hits());
    }

    @Test
    void a_sticky_fault_lasts_until_it_is_lifted() {
        FaultStore store = new FaultStore(memory, turn::add);
        FaultStore.Fault fault = store.fail(FaultStore.EVERYTHING, 2, Long.MAX_VALUE, Errno.ENOSPC);

        for (int i = 0; i < 3; i++) {
            store.flush(answers::add);
        }
        fault.lift();
        store.flush(answers::add);
        runTurns();

        assertEquals(List.of(0, Errno.ENOSPC, Errno.ENOSPC, 0), answers);
    }

    @Test
    void a_bad_range_fails_every_request_that_touches_it() {
        FaultStore store = new FaultStore(memory, turn::add);
        store.failRange(Set.of(FaultStore.Operation.READ, FaultStore.Operation.WRITE), 8192, 512, Errno.EIO);
        Buffer buffer = block(0);

        write(store, 4096, 1);
        write(store, 8192, 1);
        write(store, 12288, 1);
        store.read(8192 + 512, buffer, 0, 512, answers::add);
        store.read(4096, buffer, 0, 4096, answers::add);
        store.read(8192 - 512, buffer, 0, 1024, answers::add);
        runTurns();

        assertEquals(List.of(0, Errno.EIO, 0, 0, 0, Errno.EIO), answers);
    }

    @Test
    void answers_come_after_the_delay_and_not_while_the_disk_hangs() {
        List<Long> delays = new ArrayList<>();
        ArrayDeque<Runnable> due = new ArrayDeque<>();
        Timers timers = new Timers() {
            @Override
            public long now() {
                return 0;
            }

            @Override
            public Timer schedule(long delayNanos, Runnable action) {
                delays.add(delayNanos);
                due.add(action);
                return () -> {};
            }
        };
        DelayStore store = new DelayStore(memory, timers, () -> 5_000);

        write(store, 0, 3);
        runTurns();
        assertEquals(List.of(), answers);
        assertEquals(List.of(5_000L), delays);
        store.hang();
        due.remove().run();
        assertEquals(List.of(), answers);
        assertEquals(1, store.heldAnswers());

        store.release();
        due.remove().run();

        assertEquals(List.of(0), answers);
        assertEquals(3, memory.contents(0, 1)[0]);
    }

    @Test
    void a_crash_may_lose_what_was_not_flushed_and_nothing_else() {
        RecordingStore store = new RecordingStore(memory);
        write(store, 0, 1);
        write(store, 4096, 2);
        runTurns();
        store.flush(answers::add);
        write(store, 8192, 3);
        runTurns();
        store.write(12288, block(4), 0, 4096, true, answers::add);
        runTurns();
        write(store, 0, 5);

        CrashImages images = new CrashImages(new byte[SIZE], store.changes());
        byte[] least = images.least(store.points());
        byte[] all = images.prefix(store.points());

        assertEquals(1, least[0]);
        assertEquals(2, least[4096]);
        assertEquals(0, least[8192], "not covered: it completed after the flush began");
        assertEquals(4, least[12288], "written through");
        assertEquals(5, all[0]);
        assertEquals(3, all[8192]);
        assertEquals(2, images.uncertain(store.points()).size());
        runTurns();
    }

    @Test
    void an_uncertain_write_can_be_torn_at_any_sector() {
        RecordingStore store = new RecordingStore(memory);
        write(store, 4096, 9);
        runTurns();
        CrashImages images = new CrashImages(new byte[SIZE], store.changes());

        byte[] torn = images.image(store.points(), change -> 3);

        assertEquals(9, torn[4096 + 3 * 512 - 1]);
        assertEquals(0, torn[4096 + 3 * 512]);
    }

    @Test
    void nothing_is_there_before_it_was_begun() {
        RecordingStore store = new RecordingStore(memory);
        write(store, 0, 1);
        runTurns();
        store.writeZeroes(0, 4096, true, answers::add);
        runTurns();
        CrashImages images = new CrashImages(new byte[SIZE], store.changes());

        assertEquals(0, images.prefix(0)[0]);
        assertEquals(1, images.prefix(1)[0]);
        assertEquals(1, images.prefix(2)[0]);
        assertEquals(0, images.prefix(3)[0]);
        assertTrue(store.changes().get(1).zero());
    }
}
