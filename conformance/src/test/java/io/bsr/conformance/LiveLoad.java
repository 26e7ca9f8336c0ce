package io.bsr.conformance;

import io.bsr.frontend.nbd.ExportClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Writers on the Primary, ours or the kernel's, with sizes of 512 bytes to 1 MiB, until they are stopped. Those on our node
 * write to a part of the volume each, and remember what was acknowledged.
 */
final class LiveLoad implements AutoCloseable {
    private static final int SECTOR = 512;
    private static final int WRITERS = 3;
    private static final int LARGEST_SECTORS = 2048;

    private final List<CompletableFuture<Void>> writers = new ArrayList<>();
    private final List<Acknowledged> acknowledged = new ArrayList<>();
    private final boolean ours;
    private final KernelNode kernel;
    private volatile boolean stop;

    private LiveLoad(boolean ours, KernelNode kernel) {
        this.ours = ours;
        this.kernel = kernel;
    }

    /** Starts writers; with {@code most} requests each they end by themselves. */
    static LiveLoad start(boolean onOurs, Node node, KernelNode kernel, int volume, long bytes, int most, long seed) {
        LiveLoad load = new LiveLoad(onOurs, kernel);
        if (onOurs) {
            for (int i = 0; i < WRITERS; i++) {
                Random random = new Random(seed + i);
                long part = bytes / WRITERS / SECTOR * SECTOR;
                Acknowledged writes = new Acknowledged(i * part, part);
                load.acknowledged.add(writes);
                load.writers.add(load.background(() -> load.write(node, volume, writes, most, random)));
            }
        } else {
            load.writers.add(load.background(() -> kernel.must(script(volume, bytes, most, seed))));
        }
        return load;
    }

    private interface Work {
        void run() throws IOException;
    }

    /** A writer whose volume goes away ends: that is what some rows are about. */
    private CompletableFuture<Void> background(Work work) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Thread.ofPlatform().daemon(true).name("live load").start(() -> {
            try {
                work.run();
                ended.complete(null);
            } catch (IOException e) {
                ended.complete(null);
            } catch (AssertionError e) {
                ended.completeExceptionally(e);
            }
        });
        return ended;
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

    /** Compares what was acknowledged with the backing file of our node. */
    void assertKept(Path disk) throws IOException {
        for (Acknowledged writes : acknowledged) {
            writes.assertKept(disk);
        }
    }

    /** It says something all the time, for a silent script is given up; and it fails where a write does. */
    private static String script(int volume, long bytes, int most, long seed) {
        String device = KernelNode.device(volume);
        return "rm -f /tmp/stop; i=0; while [ ! -e /tmp/stop ] && [ $i -lt " + Math.max(1, most / 60)
                + " ]; do i=$((i+1)); fio --name=w --filename=" + device
                + " --rw=randwrite --bsrange=512-1M --blockalign=512 --direct=1 --ioengine=libaio"
                + " --iodepth=8 --size=" + bytes + " --number_ios=60 --randrepeat=0 --fsync=16 --random_generator=lfsr"
                + " --norandommap=1 --output=/tmp/fio.out --randseed=$((" + (seed & 0xffff)
                + "+i)) || { cat /tmp/fio.out; exit 1; }; echo .;"
                + " blkdiscard -o $((i%64*65536)) -l 131072 " + device
                + "; blkdiscard -z -o $((i%64*65536+1048576)) -l 65536 "
                + device + "; done; sync";
    }

    /** Waits until all have written what they were to write. */
    void join() {
        writers.forEach(CompletableFuture::join);
    }

    /** Ends it, and waits. */
    void finish() throws IOException {
        stop = true;
        if (!ours) {
            kernel.run("touch /tmp/stop");
        }
        join();
    }

    @Override
    public void close() {
        stop = true;
    }
}
