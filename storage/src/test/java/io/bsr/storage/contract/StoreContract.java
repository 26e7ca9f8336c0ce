package io.bsr.storage.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.loop.contract.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a block store must do, wherever it keeps its blocks. */
public abstract class StoreContract {
    protected static final int SIZE = 8 << 20;

    private @Nullable World openWorld;
    private @Nullable BlockStore openStore;

    /** A running loop. */
    protected abstract World openWorld();

    /** An empty store, reading as zeroes, of {@link #SIZE} bytes. */
    protected abstract BlockStore openStore(World world) throws Exception;

    @BeforeEach
    final void open() throws Exception {
        World world = openWorld();
        openWorld = world;
        openStore = openStore(world);
    }

    protected final World world() {
        return Objects.requireNonNull(openWorld);
    }

    protected final BlockStore store() {
        return Objects.requireNonNull(openStore);
    }

    @AfterEach
    final void closeWorld() throws Exception {
        World known = openWorld;
        if (known != null) {
            BlockStore store = openStore;
            if (store != null) {
                known.run(store::close);
            }
            known.close();
        }
    }

    /** Counts its calls and keeps the last answer. */
    protected static final class Answer implements BlockStore.AllocationSink {
        public int calls;
        public int errno = -1;
        public final List<String> extents = new ArrayList<>();
        public long mapped;

        @Override
        public void completed(int result) {
            calls++;
            errno = result;
        }

        @Override
        public void extent(long length, boolean hole) {
            mapped += length;
            extents.add((hole ? "hole " : "data ") + length);
        }
    }

    /** A request, given its completion. */
    @FunctionalInterface
    protected interface Request {
        void begin(Answer answer) throws Exception;
    }

    /** Makes one request and waits for its answer. */
    protected final int result(Request request) throws Exception {
        Answer answer = new Answer();
        world().run(() -> {
            request.begin(answer);
            assertEquals(0, answer.calls, "answered before the call returned");
        });
        world().await("the answer", () -> answer.calls > 0);
        return answer.errno;
    }

    protected final Buffer buffer(int length) throws Exception {
        return world().call(() -> Objects.requireNonNull(world().buffers().tryAcquire(length)));
    }

    private static void fill(Buffer buffer, int offset, int length, int seed) {
        for (int i = 0; i < length; i++) {
            buffer.bytes().put(offset + i, (byte) (seed * 17 + i * 5 + (i >>> 9)));
        }
    }

    protected final byte[] read(long offset, int length) throws Exception {
        Buffer buffer = buffer(length);
        assertEquals(0, result(answer -> store().read(offset, buffer, 0, length, answer)));
        byte[] bytes = new byte[length];
        buffer.bytes().get(0, bytes);
        world().run(buffer::release);
        return bytes;
    }

    protected final int write(long offset, int length, int seed) throws Exception {
        Buffer buffer = buffer(length);
        fill(buffer, 0, length, seed);
        int errno = result(answer -> store().write(offset, buffer, 0, length, false, answer));
        world().run(buffer::release);
        return errno;
    }

    @Test
    void the_geometry_is_as_asked_for() throws Exception {
        assertEquals(SIZE, store().size());
        assertTrue(store().logicalBlockSize() == 512 || store().logicalBlockSize() == 4096);
        assertFalse(store().description().isBlank());
    }

    @Test
    void random_operations_leave_what_a_model_has() throws Exception {
        int block = store().logicalBlockSize();
        byte[] model = new byte[SIZE];
        boolean[] unknown = new boolean[SIZE / block];
        Random random = new Random(4);
        Buffer buffer = buffer(1 << 20);
        for (int step = 0; step < 250; step++) {
            int length = block * (1 + random.nextInt(random.nextInt(8) == 0 ? (1 << 20) / block : 16));
            int offset = block * random.nextInt((SIZE - length) / block + 1);
            int inBuffer = block * random.nextInt(((1 << 20) - length) / block + 1);
            int first = offset / block;
            int last = (offset + length) / block;
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> {
                    boolean fua = random.nextBoolean();
                    fill(buffer, inBuffer, length, step);
                    buffer.bytes().get(inBuffer, model, offset, length);
                    Arrays.fill(unknown, first, last, false);
                    assertEquals(0, result(answer -> store().write(offset, buffer, inBuffer, length, fua, answer)));
                }
                case 3 -> {
                    boolean unmap = random.nextBoolean();
                    Arrays.fill(model, offset, offset + length, (byte) 0);
                    Arrays.fill(unknown, first, last, false);
                    assertEquals(0, result(answer -> store().writeZeroes(offset, length, unmap, answer)));
                }
                case 4 -> {
                    int errno = result(answer -> store().discard(offset, length, answer));
                    if (store().discards()) {
                        assertEquals(0, errno);
                        Arrays.fill(unknown, first, last, true);
                    } else {
                        assertEquals(Errno.EOPNOTSUPP, errno);
                    }
                }
                default -> {
                    assertEquals(0, result(answer -> store().read(offset, buffer, inBuffer, length, answer)));
                    for (int i = 0; i < length; i++) {
                        if (!unknown[(offset + i) / block]) {
                            assertEquals(
                                    model[offset + i],
                                    buffer.bytes().get(inBuffer + i),
                                    "step " + step + ", byte " + (offset + i));
                        }
                    }
                }
            }
        }
        assertEquals(0, result(answer -> store().flush(answer)));
        byte[] whole = new byte[SIZE];
        for (int at = 0; at < SIZE; at += 1 << 20) {
            System.arraycopy(read(at, 1 << 20), 0, whole, at, 1 << 20);
        }
        for (int i = 0; i < SIZE; i++) {
            if (!unknown[i / block]) {
                assertEquals(model[i], whole[i], "byte " + i);
            }
        }
    }

    @Test
    void many_writes_and_reads_at_once_do_not_mix() throws Exception {
        int count = 256;
        List<Buffer> buffers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Buffer buffer = buffer(4096);
            fill(buffer, 0, 4096, i);
            buffers.add(buffer);
        }
        Answer written = new Answer();
        world().run(() -> {
            for (int i = 0; i < count; i++) {
                store().write(i * 8192L, buffers.get(i), 0, 4096, i % 7 == 0, written);
            }
        });
        world().await("the writes", () -> written.calls == count);

        Answer read = new Answer();
        world().run(() -> {
            for (int i = 0; i < count; i++) {
                store().read(i * 8192L, buffers.get(count - 1 - i), 0, 4096, read);
            }
        });
        world().await("the reads", () -> read.calls == count);

        Buffer expected = buffer(4096);
        for (int i = 0; i < count; i++) {
            fill(expected, 0, 4096, i);
            assertEquals(
                    -1, expected.segment().mismatch(buffers.get(count - 1 - i).segment()), "block " + i);
        }
    }

    @Test
    void requests_out_of_range_or_not_aligned_fail_and_touch_nothing() throws Exception {
        int block = store().logicalBlockSize();
        Buffer buffer = buffer(1 << 20);
        fill(buffer, 0, 1 << 20, 1);
        long[][] wrong = {
            {-block, block, 0},
            {SIZE, block, 0},
            {SIZE - block, 2L * block, 0},
            {Long.MAX_VALUE - block + 1, block, 0},
            {1, block, 0},
            {block / 2, block, 0},
            {0, block / 2, 0},
            {0, 0, 0},
            {0, -block, 0},
            {0, block, 1},
            {0, block, -block},
            {0, block, 1 << 20},
            {0, (1 << 20) + block, 0},
            {0, 1 << 20, block}
        };
        for (long[] w : wrong) {
            String what = "offset " + w[0] + ", length " + w[1] + ", buffer offset " + w[2];
            assertEquals(
                    Errno.EINVAL,
                    result(answer -> store().write(w[0], buffer, (int) w[2], (int) w[1], false, answer)),
                    "write, " + what);
            assertEquals(
                    Errno.EINVAL,
                    result(answer -> store().read(w[0], buffer, (int) w[2], (int) w[1], answer)),
                    "read, " + what);
            if (w[2] == 0 && w[1] <= 1 << 20) {
                assertEquals(
                        Errno.EINVAL, result(answer -> store().writeZeroes(w[0], w[1], true, answer)), "zero, " + what);
            }
        }
        assertArrayEquals(new byte[1 << 20], read(0, 1 << 20));
        assertArrayEquals(new byte[65536], read(SIZE - 65536, 65536));
    }

    @Test
    void a_closed_store_refuses_requests_but_answers_those_in_flight() throws Exception {
        Buffer buffer = buffer(65536);
        Answer before = new Answer();
        Answer after = new Answer();
        world().run(() -> {
            for (int i = 0; i < 20; i++) {
                store().write(i * 65536L, buffer, 0, 65536, false, before);
            }
            store().flush(before);
            store().writeZeroes(4 << 20, 65536, true, before);
            store().mapAllocation(0, SIZE, before);

            store().close();
            store().close();

            store().write(0, buffer, 0, 4096, false, after);
            store().read(0, buffer, 0, 4096, after);
            store().flush(after);
            store().discard(0, 4096, after);
            store().writeZeroes(0, 4096, true, after);
            store().mapAllocation(0, 4096, after);
        });

        world().await("all answers", () -> before.calls == 23 && after.calls == 6);
        assertEquals(Errno.ESHUTDOWN, after.errno);
        assertEquals(0, before.errno);
        world().run(() -> {});
        assertEquals(23, world().call(() -> before.calls).intValue());
        assertEquals(0, world().failures());
    }

    @Test
    void the_allocation_map_covers_the_range_without_gaps_and_never_calls_data_a_hole() throws Exception {
        assertEquals(0, write(1 << 20, 1 << 20, 3));
        assertEquals(0, write(5 << 20, 4096, 4));
        Answer map = new Answer();

        world().run(() -> store().mapAllocation(65536, SIZE - 65536, map));

        world().await("the map", () -> map.calls == 1);
        assertEquals(0, map.errno);
        assertEquals(SIZE - 65536, map.mapped);
        long at = 65536;
        for (String extent : map.extents) {
            long length = Long.parseLong(extent.substring(5));
            assertTrue(length > 0, extent);
            if (extent.startsWith("hole")) {
                assertFalse(at < 2 << 20 && at + length > 1 << 20, extent + " at " + at);
                assertFalse(at < (5 << 20) + 4096 && at + length > 5 << 20, extent + " at " + at);
            }
            at += length;
        }
    }

    @Test
    void an_exception_of_a_completion_is_reported_and_the_store_goes_on() throws Exception {
        Completion broken = errno -> {
            throw new IllegalStateException("planted");
        };
        Buffer buffer = buffer(4096);

        world().run(() -> {
            store().write(0, buffer, 0, 4096, false, broken);
            store().flush(broken);
            store().writeZeroes(8192, 4096, false, broken);
        });

        world().await("three reports", () -> world().failures() == 3);
        assertEquals(0, write(0, 4096, 9));
    }
}
