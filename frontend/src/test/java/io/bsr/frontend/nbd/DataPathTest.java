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
    private static final long SECONDS = Long.getLong("io.bsr.fio.seconds", 2);

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
            fio(here, pattern, blockSize, 1);

            long cpuBefore = threads.getThreadCpuTime(thread);
            long bytesBefore = threads.getThreadAllocatedBytes(thread);
            long requestsBefore = here.onLoop(() -> here.volume.submitted);
            Outcome outcome = fio(here, pattern, blockSize, SECONDS);
            long bytes = threads.getThreadAllocatedBytes(thread) - bytesBefore;
            long cpu = threads.getThreadCpuTime(thread) - cpuBefore;
            long requests = here.onLoop(() -> here.volume.submitted) - requestsBefore;

            System.out.printf(
                    "%s %s %s: %d requests/s, each %.2f us of the loop's CPU and %.2f bytes of heap; %s%n",
                    kind,
                    pattern,
                    blockSize,
                    requests / SECONDS,
                    cpu / 1e3 / requests,
                    (double) bytes / requests,
                    iops(outcome));
            assertTrue(requests > 500, outcome.text());
            // The JDK's selector and channels allocate on every call; the io_uring edge does not.
            long allowed = kind == LoopKind.PORTABLE ? 2048 : 8;
            assertTrue(bytes / requests < allowed, bytes + " bytes allocated for " + requests + " requests");
        }
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
