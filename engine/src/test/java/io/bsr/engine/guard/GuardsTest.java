package io.bsr.engine.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.base.port.IoRequest;
import io.bsr.base.port.VolumePort;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GuardsTest {
    private final ManualTimers timers = new ManualTimers();
    private final List<Throwable> failures = new ArrayList<>();
    private final Fence fence = new Fence(timers, failures::add);
    private final IllegalStateException planted = new IllegalStateException("planted");

    @Test
    void an_exception_of_a_timer_breaks_the_fence_once_and_later_timers_do_nothing() {
        GuardedTimers guarded = new GuardedTimers(fence, timers);
        int[] ran = new int[1];
        guarded.schedule(1, () -> fail());
        guarded.schedule(2, () -> ran[0]++);

        timers.run();

        assertTrue(fence.broken());
        assertEquals(List.of(planted), failures);
        assertEquals(0, ran[0]);
    }

    @Test
    void requests_of_users_are_passed_on_and_completed_once_each() {
        CoreVolume core = new CoreVolume();
        GuardedVolume volume = new GuardedVolume(fence, core);
        Request first = new Request(4096, 512);
        Request second = new Request(8192, 1024);

        volume.submit(first);
        volume.submit(second);
        assertEquals(2, volume.requestsInFlight());
        core.taken.remove().completed(0);
        core.taken.remove().completed(Errno.ENOSPC);

        assertEquals(List.of(0), first.results);
        assertEquals(List.of(Errno.ENOSPC), second.results);
        assertEquals(0, volume.requestsInFlight());
        assertEquals(List.of("WRITE 4096+512 fua", "WRITE 8192+1024 fua"), core.seen);
    }

    @Test
    void passages_of_requests_are_used_again() {
        CoreVolume core = new CoreVolume();
        GuardedVolume volume = new GuardedVolume(fence, core);
        volume.submit(new Request(0, 512));
        IoRequest passage = core.taken.remove();
        passage.completed(0);

        volume.submit(new Request(0, 512));

        assertSame(passage, core.taken.remove());
    }

    @Test
    void when_the_fence_breaks_requests_in_flight_end_with_an_error_in_a_later_turn() {
        CoreVolume core = new CoreVolume();
        GuardedVolume volume = new GuardedVolume(fence, core);
        Request waiting = new Request(0, 512);
        Request culprit = new Request(512, 512);
        volume.submit(waiting);
        core.failNext = true;

        volume.submit(culprit);
        assertEquals(List.of(), culprit.results, "inside of the call");
        timers.run();

        assertEquals(List.of(Errno.EIO), waiting.results);
        assertEquals(List.of(Errno.EIO), culprit.results);
    }

    @Test
    void behind_a_broken_fence_requests_end_with_an_error_in_a_later_turn() {
        CoreVolume core = new CoreVolume();
        GuardedVolume volume = new GuardedVolume(fence, core);
        fence.breakDown(planted);
        timers.run();
        Request late = new Request(0, 512);

        volume.submit(late);
        assertEquals(List.of(), late.results, "inside of the call");
        timers.run();

        assertEquals(List.of(Errno.EIO), late.results);
        assertEquals(0, core.taken.size());
    }

    @Test
    void users_are_asked_to_leave_and_new_ones_are_refused() {
        GuardedVolume volume = new GuardedVolume(fence, new CoreVolume());
        Visitor visitor = new Visitor();
        assertNull(volume.open(visitor));

        fence.breakDown(planted);
        timers.run();

        assertEquals(1, visitor.revocations);
        String refusal = volume.open(new Visitor());
        assertTrue(refusal != null && refusal.contains("internal error"), refusal);
        assertEquals(1 << 20, volume.size(), "the size stays what it was");
    }

    @Test
    void a_question_for_the_allocation_ends_when_the_fence_breaks() {
        GuardedVolume volume = new GuardedVolume(fence, new CoreVolume());
        List<Integer> results = new ArrayList<>();
        volume.mapAllocation(0, 4096, sink(results));

        fence.breakDown(planted);
        timers.run();

        assertEquals(List.of(Errno.EIO), results);
    }

    @Test
    void an_exception_of_a_completion_breaks_the_fence_and_closes_the_store() {
        DiskStore disk = new DiskStore();
        GuardedStore store = new GuardedStore(fence, disk, "/dev/x");
        List<Integer> results = new ArrayList<>();
        store.flush(errno -> fail());
        store.flush(results::add);

        disk.pending.remove().completed(0);
        timers.run();
        disk.pending.remove().completed(0);

        assertEquals(List.of(planted), failures);
        assertTrue(disk.closed);
        assertEquals(List.of(), results, "nothing enters the resource any more");
        assertEquals("/dev/x", store.description());
    }

    @Test
    void a_store_that_was_closed_before_is_not_closed_again() {
        DiskStore disk = new DiskStore();
        GuardedStore store = new GuardedStore(fence, disk, "/dev/x");
        store.close();
        disk.closed = false;

        fence.breakDown(planted);
        timers.run();

        assertFalse(disk.closed);
    }

    private void fail() {
        throw planted;
    }

    private static BlockStore.AllocationSink sink(List<Integer> results) {
        return new BlockStore.AllocationSink() {
            @Override
            public void extent(long length, boolean hole) {}

            @Override
            public void completed(int errno) {
                results.add(errno);
            }
        };
    }

    private static final class Request extends IoRequest {
        final List<Integer> results = new ArrayList<>();

        Request(long at, int bytes) {
            operation = Operation.WRITE;
            offset = at;
            length = bytes;
            forceUnitAccess = true;
        }

        @Override
        public void completed(int errno) {
            results.add(errno);
        }
    }

    private static final class Visitor implements VolumePort.User {
        int revocations;

        @Override
        public String description() {
            return "visitor";
        }

        @Override
        public void resized(long size) {}

        @Override
        public void revoked(String reason) {
            revocations++;
        }
    }

    private final class CoreVolume implements VolumePort {
        final ArrayDeque<IoRequest> taken = new ArrayDeque<>();
        final List<String> seen = new ArrayList<>();
        boolean failNext;

        @Override
        public long size() {
            return 1 << 20;
        }

        @Override
        public int logicalBlockSize() {
            return 512;
        }

        @Override
        public boolean discards() {
            return true;
        }

        @Override
        public @Nullable String open(User user) {
            return null;
        }

        @Override
        public void close(User user) {}

        @Override
        public void submit(IoRequest request) {
            taken.add(request);
            seen.add(request.operation + " " + request.offset + "+" + request.length
                    + (request.forceUnitAccess ? " fua" : ""));
            if (failNext) {
                fail();
            }
        }

        @Override
        public void mapAllocation(long offset, long length, BlockStore.AllocationSink sink) {}
    }

    private static final class DiskStore implements BlockStore {
        final ArrayDeque<Completion> pending = new ArrayDeque<>();
        boolean closed;

        @Override
        public long size() {
            return 1 << 20;
        }

        @Override
        public void remeasure(Completion completion) {
            pending.add(completion);
        }

        @Override
        public int logicalBlockSize() {
            return 512;
        }

        @Override
        public boolean volatileCache() {
            return true;
        }

        @Override
        public boolean discards() {
            return true;
        }

        @Override
        public String description() {
            return "disk";
        }

        @Override
        public void read(long offset, Buffer target, int targetOffset, int length, Completion completion) {
            pending.add(completion);
        }

        @Override
        public void write(
                long offset, Buffer source, int sourceOffset, int length, boolean fua, Completion completion) {
            pending.add(completion);
        }

        @Override
        public void flush(Completion completion) {
            pending.add(completion);
        }

        @Override
        public void discard(long offset, long length, Completion completion) {
            pending.add(completion);
        }

        @Override
        public void writeZeroes(long offset, long length, boolean mayUnmap, Completion completion) {
            pending.add(completion);
        }

        @Override
        public void mapAllocation(long offset, long length, AllocationSink sink) {
            pending.add(sink);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
