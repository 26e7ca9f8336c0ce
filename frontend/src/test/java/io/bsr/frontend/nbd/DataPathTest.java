package io.bsr.frontend.nbd;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.bsr.frontend.nbd.ServerOnLoop.Outcome;
import io.bsr.loop.LoopKind;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The path of a small request allocates nothing: measured on the thread of the loop while fio works. */
@Timeout(120)
final class DataPathTest {
    private static final long SECONDS = 1;
    private static final int ROUNDS = 4;
    private static final long ALLOWED = 8;

    @ParameterizedTest
    @CsvSource({
        "PORTABLE, randwrite, 4k",
        "PORTABLE, randread, 4k",
        "URING, randwrite, 4k",
        "URING, randread, 4k",
        "URING, write, 1M",
        "URING, read, 1M"
    })
    void no_request_allocates(LoopKind kind, String pattern, String blockSize) throws Exception {
        try (ServerOnLoop here = new ServerOnLoop(kind, 256 << 20, 512)) {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long thread = here.onLoop(() -> Thread.currentThread().threadId());
            long connecting = connecting(here, threads, thread);
            long best = Long.MAX_VALUE;
            // The first rounds may still meet interpreted code, which allocates where compiled code does not.
            for (int round = 0; round < ROUNDS && best > ALLOWED; round++) {
                best = Math.min(best, measure(here, threads, thread, connecting, kind + " " + pattern, blockSize));
            }

            // The JDK's selector and channels allocate on every call; the io_uring edge does not.
            long allowed = kind == LoopKind.PORTABLE ? 2048 : ALLOWED;
            assertTrue(best <= allowed, best + " bytes allocated for each request");
        }
    }

    /** What a connection costs that makes next to no requests: on a slow day there are few to share it. */
    private static long connecting(ServerOnLoop here, ThreadMXBean threads, long thread) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long bytes = threads.getThreadAllocatedBytes(thread);
            here.run("nbdinfo", "--size", here.unixUri()).assertSuccess();
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - bytes);
        }
        return least;
    }

    private static long measure(
            ServerOnLoop here, ThreadMXBean threads, long thread, long connecting, String what, String blockSize) {
        String pattern = what.substring(what.indexOf(' ') + 1);
        long cpu = threads.getThreadCpuTime(thread);
        long bytes = threads.getThreadAllocatedBytes(thread);
        long requests = here.onLoop(() -> here.volume.submitted);
        Outcome outcome = fio(here, pattern, blockSize, SECONDS);
        bytes = Math.max(0, threads.getThreadAllocatedBytes(thread) - bytes - connecting);
        cpu = threads.getThreadCpuTime(thread) - cpu;
        requests = here.onLoop(() -> here.volume.submitted) - requests;
        System.out.printf(
                "%s %s: each %.2f us of the loop's CPU and %.2f bytes of heap; %s%n",
                what, blockSize, cpu / 1e3 / requests, (double) bytes / requests, iops(outcome));
        assertTrue(requests > 100, outcome.text());
        return bytes / requests;
    }

    private static Outcome fio(ServerOnLoop here, String pattern, String blockSize, long seconds) {
        Outcome outcome = here.run(
                "fio",
                "--name=a",
                "--ioengine=nbd",
                "--uri=" + here.unixUri(),
                "--rw=" + pattern,
                "--bs=" + blockSize,
                "--size=256M",
                "--iodepth=" + (blockSize.equals("1M") ? 4 : 32),
                "--time_based",
                "--runtime=" + seconds,
                "--norandommap",
                "--thread",
                "--randrepeat=0");
        outcome.assertSuccess();
        return outcome;
    }

    private static String iops(Outcome outcome) {
        return outcome.text()
                .lines()
                .filter(line -> line.contains("IOPS="))
                .findFirst()
                .orElse("")
                .strip();
    }
}
