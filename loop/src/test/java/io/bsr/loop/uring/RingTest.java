package io.bsr.loop.uring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.memory.Buffer;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Errno;
import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A ring by itself, with the flags of this kernel and with those of older ones. */
final class RingTest {
    private static Ring open(int firstChoice) {
        try {
            Ring ring = Ring.create(firstChoice);
            ring.enable();
            return ring;
        } catch (RingRefusedException e) {
            return Assumptions.abort(e.getMessage());
        }
    }

    private static final class Noted extends RingOperation {
        private final List<Integer> results;

        Noted(List<Integer> results) {
            this.results = results;
        }

        @Override
        protected void completed(int result, int flags) {
            results.add(result);
        }
    }

    private static void runUntil(Ring ring, List<Integer> results, int count) {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (results.size() < count) {
            assertTrue(System.nanoTime() < deadline, "only " + results.size() + " of " + count + " completions");
            ring.await(100_000_000L);
            ring.dispatch(failure -> {
                throw new AssertionError(failure);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void more_operations_than_both_rings_hold_all_complete_once(int firstChoice) {
        Ring ring = open(firstChoice);
        int zero = Libc.open("/dev/zero", Linux.O_RDONLY, 0);
        List<Integer> results = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            int count = 10_000;
            MemorySegment memory = arena.allocate(count);
            memory.fill((byte) 1);
            List<Noted> operations = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Noted operation = new Noted(results);
                operations.add(operation);
                ring.add(operation);
                ring.read(operation, zero, memory.address() + i, 1);
            }
            assertEquals(count, ring.inFlight());

            runUntil(ring, results, count);

            assertEquals(count, results.size());
            assertEquals(count, results.stream().mapToInt(r -> r).sum());
            assertEquals(0, ring.inFlight());
            for (int i = 0; i < count; i++) {
                assertEquals(0, memory.get(ValueLayout.JAVA_BYTE, i));
                assertFalse(operations.get(i).submitted());
                ring.remove(operations.get(i));
            }
        }
        Libc.close(zero);
        ring.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void a_registered_file_is_used_and_can_be_replaced(int firstChoice) {
        Ring ring = open(firstChoice);
        int zero = Libc.open("/dev/zero", Linux.O_RDONLY, 0);
        int empty = Libc.open("/dev/null", Linux.O_RDONLY, 0);
        List<Integer> results = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(8);
            Noted operation = new Noted(results);
            ring.add(operation);

            int name = ring.registerFile(zero);
            ring.readFile(operation, name, 0, memory.address(), 8, -1);
            runUntil(ring, results, 1);
            ring.unregisterFile(name);
            int other = ring.registerFile(empty);
            ring.readFile(operation, other, 0, memory.address(), 8, -1);
            runUntil(ring, results, 2);

            assertTrue(name < 0, "the file got a place in the table: " + name);
            assertEquals(name, other);
            assertEquals(List.of(8, 0), results);
        }
        Libc.close(zero);
        Libc.close(empty);
        ring.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void buffers_are_pinned_on_first_use_up_to_a_limit_and_read_the_same_beyond_it(int firstChoice) {
        Ring ring = open(firstChoice);
        int zero = Libc.open("/dev/zero", Linux.O_RDONLY, 0);
        BufferPool pool = new BufferPool(32 << 20);
        List<Integer> results = new ArrayList<>();
        List<Buffer> buffers = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            buffers.add(Objects.requireNonNull(pool.tryAcquire(4096)));
        }
        Assumptions.assumeTrue(ring.bufferIndex(buffers.get(0)) >= 0, "a kernel that pins single buffers is needed");
        int pinned = 0;
        for (Buffer buffer : buffers) {
            buffer.bytes().putLong(0, -1).putLong(4088, -1);
            int index = ring.bufferIndex(buffer);
            assertEquals(index, ring.bufferIndex(buffer));
            pinned += index >= 0 ? 1 : 0;
            Noted operation = new Noted(results);
            ring.add(operation);
            ring.readFile(operation, zero, 0, buffer.address(), 4096, index);
        }

        runUntil(ring, results, buffers.size());

        assertEquals(4096, pinned);
        for (Buffer buffer : buffers) {
            assertEquals(0, buffer.bytes().getLong(0));
            assertEquals(0, buffer.bytes().getLong(4088));
        }
        Libc.close(zero);
        ring.close();
    }

    @Test
    void a_cancelled_operation_completes_once_with_ecanceled() {
        Ring ring = open(0);
        int event = Libc.eventfd(0, Linux.EFD_CLOEXEC);
        List<Integer> results = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(8);
            Noted operation = new Noted(results);
            ring.add(operation);
            ring.read(operation, event, memory.address(), 8);
            ring.await(0);
            ring.dispatch(failure -> {});

            ring.cancel(operation);
            runUntil(ring, results, 1);

            assertEquals(List.of(-Linux.ECANCELED), results);
        }
        Libc.close(event);
        ring.close();
    }

    @Test
    void an_operation_cannot_be_submitted_twice_or_removed_while_submitted() {
        Ring ring = open(0);
        int event = Libc.eventfd(0, Linux.EFD_CLOEXEC);
        List<Integer> results = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            long address = arena.allocate(8).address();
            Noted operation = new Noted(results);
            assertThrows(IllegalStateException.class, () -> ring.read(operation, event, address, 8));
            ring.add(operation);
            ring.read(operation, event, address, 8);

            assertThrows(IllegalStateException.class, () -> ring.read(operation, event, address, 8));
            assertThrows(IllegalStateException.class, () -> ring.remove(operation));
            assertThrows(IllegalStateException.class, () -> ring.add(operation));

            ring.cancel(operation);
            runUntil(ring, results, 1);
        }
        Libc.close(event);
        ring.close();
    }

    @Test
    void waiting_ends_with_the_time_when_nothing_happens() {
        Ring ring = open(0);
        long before = System.nanoTime();

        ring.await(20_000_000);

        assertTrue(System.nanoTime() - before >= 20_000_000);
        assertFalse(ring.ready());
        ring.close();
    }

    @Test
    void a_refusal_says_what_forbids_io_uring() {
        assertTrue(String.valueOf(RingRefusedException.of(Errno.EPERM).getMessage())
                .contains("io_uring_disabled"));
        assertTrue(String.valueOf(RingRefusedException.of(Linux.ENOSYS).getMessage())
                .contains("no io_uring"));
    }
}
