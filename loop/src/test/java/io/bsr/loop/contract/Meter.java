package io.bsr.loop.contract;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Time, processor time and allocation between two moments on the thread that asks. */
public final class Meter {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final long wall = System.nanoTime();
    private final long thread = THREADS.getCurrentThreadCpuTime();
    private final long process = SYSTEM.getProcessCpuTime();
    private final long allocated = THREADS.getCurrentThreadAllocatedBytes();

    /** Bytes that this thread has allocated since. */
    public long allocatedBytes() {
        return THREADS.getCurrentThreadAllocatedBytes() - allocated;
    }

    /** What {@code operations} operations took, in one line. */
    public String report(String what, long operations) {
        double seconds = (System.nanoTime() - wall) / 1e9;
        return String.format(
                "%-34s %8.0f/s  %6.2f us thread CPU  %6.2f us process CPU  %7.2f bytes allocated each",
                what,
                operations / seconds,
                (THREADS.getCurrentThreadCpuTime() - thread) / 1e3 / operations,
                (SYSTEM.getProcessCpuTime() - process) / 1e3 / operations,
                (double) allocatedBytes() / operations);
    }
}
