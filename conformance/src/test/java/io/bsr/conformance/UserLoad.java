package io.bsr.conformance;

import io.bsr.frontend.nbd.ExportClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Writers on a node of ours, with sizes of 512 bytes to 1 MiB, until they are stopped or their volume is gone. Each writes
 * to a part of the volume of its own, and remembers what was acknowledged, also from one round to the next.
 */
final class UserLoad implements AutoCloseable {
    private static final int SECTOR = 512;
    private static final int LARGEST_SECTORS = 2048;

    private final List<Acknowledged> parts;
    private final List<CompletableFuture<Void>> writers = new ArrayList<>();
    private volatile boolean stop;

    private UserLoad(List<Acknowledged> parts) {
        this.parts = parts;
    }

    /** So many parts of the first {@code bytes} of a volume, nothing of which is known yet. */
    static List<Acknowledged> parts(int count, long bytes) {
        long part = bytes / count / SECTOR * SECTOR;
        List<Acknowledged> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add(new Acknowledged(i * part, part));
        }
        return parts;
    }

    /** Starts a writer for each part; with {@code most} requests each they end by themselves. */
    static UserLoad start(Node node, int volume, List<Acknowledged> parts, int most, long seed) {
        UserLoad load = new UserLoad(parts);
        for (int i = 0; i < parts.size(); i++) {
            Acknowledged writes = parts.get(i);
            Random random = new Random(seed + i);
            CompletableFuture<Void> ended = new CompletableFuture<>();
            load.writers.add(ended);
            Thread.ofPlatform().daemon(true).name("user load").start(() -> {
                try {
                    load.write(node, volume, writes, most, random);
                    ended.complete(null);
                } catch (IOException e) {
                    // A volume that goes away is what some tests are about.
                    ended.complete(null);
                }
            });
        }
        return load;
    }

    private void write(Node node, int volume, Acknowledged writes, int most, Random random) throws IOException {
        try (ExportClient client = ExportClient.open(node.files().nbdSocket(), Pair.RESOURCE + "/" + volume)) {
            for (int i = 0; i < most && !stop; i++) {
                int sectors = random.nextInt(4) == 0 ? 1 + random.nextInt(LARGEST_SECTORS) : 1 + random.nextInt(32);
                int length = sectors * SECTOR;
                long at = writes.from() + random.nextLong((writes.length() - length) / SECTOR) * SECTOR;
                switch (random.nextInt(24)) {
                    case 0 -> {
                        writes.forget(at, length);
                        client.trim(at, length);
                    }
                    case 1 -> {
                        writes.forget(at, length);
                        client.writeZeroes(at, length);
                        writes.add(at, new byte[length]);
                    }
                    case 2, 3 -> client.flush();
                    default -> {
                        byte[] data = new byte[length];
                        random.nextBytes(data);
                        writes.forget(at, length);
                        client.write(at, data);
                        writes.add(at, data);
                    }
                }
            }
        }
    }

    /** Waits until all have ended. */
    void join() {
        writers.forEach(CompletableFuture::join);
    }

    /** Ends it, and waits. */
    void finish() {
        stop = true;
        join();
    }

    /** Compares what was acknowledged with a backing file; nobody writes any more. */
    void assertKept(Path disk) throws IOException {
        for (Acknowledged writes : parts) {
            writes.assertKept(disk);
        }
    }

    @Override
    public void close() {
        stop = true;
    }
}
