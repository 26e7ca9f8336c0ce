package io.bsr.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Writers on the Primary, ours or the kernel's, with sizes of 512 bytes to 1 MiB, until they are stopped. */
final class LiveLoad implements AutoCloseable {
    private static final int WRITERS = 3;

    private final KernelNode kernel;
    private final @Nullable UserLoad ours;
    private final CompletableFuture<Void> kernels = new CompletableFuture<>();

    private LiveLoad(KernelNode kernel, @Nullable UserLoad ours) {
        this.kernel = kernel;
        this.ours = ours;
    }

    /** Starts writers; with {@code most} requests each they end by themselves. */
    static LiveLoad start(boolean onOurs, Node node, KernelNode kernel, int volume, long bytes, int most, long seed) {
        if (onOurs) {
            return new LiveLoad(kernel, UserLoad.start(node, volume, UserLoad.parts(WRITERS, bytes), most, seed));
        }
        LiveLoad load = new LiveLoad(kernel, null);
        Thread.ofPlatform().daemon(true).name("live load").start(() -> load.run(script(volume, bytes, most, seed)));
        return load;
    }

    private void run(String script) {
        try {
            kernel.must(script);
            kernels.complete(null);
        } catch (IOException e) {
            // A machine that crashes is what some rows are about.
            kernels.complete(null);
        } catch (AssertionError e) {
            kernels.completeExceptionally(e);
        }
    }

    /** Compares what was acknowledged with the backing file of our node. */
    void assertKept(Path disk) throws IOException {
        if (ours != null) {
            ours.assertKept(disk);
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
        if (ours != null) {
            ours.join();
        } else {
            kernels.join();
        }
    }

    /** Ends it, and waits. */
    void finish() throws IOException {
        if (ours != null) {
            ours.finish();
        } else {
            kernel.run("touch /tmp/stop");
            kernels.join();
        }
    }

    @Override
    public void close() {
        if (ours != null) {
            ours.close();
        }
    }
}
