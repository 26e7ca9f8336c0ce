package io.bsr.storage;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import io.bsr.loop.LoopKind;
import io.bsr.loop.contract.Meter;
import io.bsr.loop.contract.RealWorld;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store of a ring allocates nothing for a request once it has warmed up. */
final class StoreAllocationTest {
    private static final int ROUND = 10_000;
    private static final int ROUNDS = 15;

    /** Bytes: half of the smallest object. The test's own waiting on the loop allocates a little. */
    private static final double BOUND = 8;

    private static final int FILE_BYTES = 1 << 20;

    @TempDir
    @Nullable Path folder;

    @Test
    void reads_through_a_ring_allocate_nothing() throws Exception {
        try (RealWorld world = RealWorld.open(LoopKind.URING)) {
            Path path = StoresTest.file(folder, FILE_BYTES);
            // Through the cache, so that the disk does not decide how long this takes.
            BlockStore store = BlockStores.open(world.loop(), path, StoreOptions.EXCLUSIVE.withDirect(false));
            double least = Double.MAX_VALUE;
            for (int round = 0; round < ROUNDS && least > BOUND; round++) {
                Reader reader = new Reader(store, world);
                world.run(() -> {
                    reader.meter = new Meter();
                    for (int i = 0; i < 16; i++) {
                        reader.next();
                    }
                });
                world.await("a round", () -> reader.allocated >= 0);
                least = Math.min(least, (double) reader.allocated / ROUND);
            }

            assertTrue(least <= BOUND, least + " bytes for each request");
            world.run(store::close);
        }
    }

    private static final class Reader implements Completion {
        private final BlockStore store;
        private final Buffer buffer;
        private Meter meter = new Meter();
        private int begun;
        private int ended;
        private long allocated = -1;

        Reader(BlockStore store, RealWorld world) throws Exception {
            this.store = store;
            this.buffer =
                    world.call(() -> Objects.requireNonNull(world.buffers().tryAcquire(65536)));
        }

        void next() {
            if (begun < ROUND) {
                long block = begun * 7919L % (FILE_BYTES / 4096);
                store.read(block * 4096, buffer, (begun & 15) * 4096, 4096, this);
                begun++;
            }
        }

        @Override
        public void completed(int errno) {
            if (errno != 0) {
                throw new IllegalStateException("error " + errno);
            }
            if (++ended == ROUND) {
                allocated = meter.allocatedBytes();
            } else {
                next();
            }
        }
    }
}
