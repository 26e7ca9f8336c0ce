package io.bsr.storage;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import io.bsr.loop.LoopKind;
import io.bsr.loop.contract.Meter;
import io.bsr.loop.contract.RealWorld;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Random 4 KiB writes, 32 at a time, as a main program: {@code StoreMeasurement FOLDER [SECONDS]}. Not a test: figures
 * mean nothing on a busy machine.
 */
final class StoreMeasurement {
    private static final int FILE_BYTES = 256 << 20;
    private static final int DEPTH = 32;

    private StoreMeasurement() {}

    public static void main(String[] arguments) throws Exception {
        Path path = Files.createTempFile(Path.of(arguments[0]), "measure", ".disk");
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        try {
            fill(path);
            for (LoopKind kind : new LoopKind[] {LoopKind.URING, LoopKind.PORTABLE}) {
                for (int depth : new int[] {1, DEPTH}) {
                    try (RealWorld world = RealWorld.open(kind)) {
                        BlockStore store = BlockStores.open(world.loop(), path, StoreOptions.EXCLUSIVE);
                        System.out.println(world.loop().description() + "; " + store.description());
                        for (int round = 0; round < 2; round++) {
                            System.out.println(measure(world, store, depth, seconds));
                        }
                        world.run(store::close);
                    }
                }
            }
        } finally {
            Files.delete(path);
        }
    }

    private static void fill(Path path) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            byte[] part = new byte[1 << 20];
            for (int i = 0; i < FILE_BYTES >> 20; i++) {
                file.write(part);
            }
            file.getFD().sync();
        }
    }

    private static String measure(RealWorld world, BlockStore store, int depth, int seconds) throws Exception {
        Writer[] writers = new Writer[depth];
        Meter meter = world.call(() -> {
            Meter begun = new Meter();
            long end = System.nanoTime() + seconds * 1_000_000_000L;
            for (int i = 0; i < depth; i++) {
                writers[i] = new Writer(world, store, end, i);
                writers[i].next();
            }
            return begun;
        });
        String[] report = {""};
        while (report[0].isEmpty()) {
            Thread.sleep(100);
            world.run(() -> {
                long count = 0;
                boolean done = true;
                for (Writer writer : writers) {
                    count += writer.count;
                    done &= writer.done;
                }
                if (done) {
                    report[0] = meter.report(world.loop().kind() + " 4 KiB writes, depth " + depth, count);
                }
            });
        }
        return report[0];
    }

    private static final class Writer implements Completion {
        private final RealWorld world;
        private final BlockStore store;
        private final Buffer buffer;
        private final long end;
        private long random;
        private long count;
        private boolean done;

        Writer(RealWorld world, BlockStore store, long end, int seed) {
            this.world = world;
            this.store = store;
            this.end = end;
            this.random = seed * 7919L + 1;
            this.buffer = Objects.requireNonNull(world.buffers().tryAcquire(4096));
        }

        void next() {
            random = random * 6364136223846793005L + 1442695040888963407L;
            long block = (random >>> 33) % (FILE_BYTES / 4096);
            store.write(block * 4096, buffer, 0, 4096, false, this);
        }

        @Override
        public void completed(int errno) {
            if (errno != 0) {
                throw new IllegalStateException("error " + errno);
            }
            count++;
            if (world.timers().now() < end) {
                next();
            } else {
                done = true;
                buffer.release();
            }
        }
    }
}
