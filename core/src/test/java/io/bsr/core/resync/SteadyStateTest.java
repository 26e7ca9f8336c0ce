package io.bsr.core.resync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The data path allocates nothing per request. */
final class SteadyStateTest {
    private static final class Write extends RangeNode {}

    private long written;

    private void oneRound(RangeLocks locks, Write[] writes, ResyncRequests requests, RateController rate, int round) {
        for (int i = 0; i < writes.length; i++) {
            writes[i].startSector = (round * 977L + i * 4096L) & 0xFFFFF8;
            writes[i].endSector = writes[i].startSector + 64;
            if (!locks.anyOverlap(writes[i].startSector, writes[i].endSector)) {
                locks.insert(writes[i]);
            }
            int handle = requests.add(i * 2048L, 1024);
            rate.requested(1024);
            requests.overwritten(i * 2048L + 100, 20);
            requests.stale(i * 2048L + 700, 8);
            int from = requests.nextToWrite(handle, 0);
            while (from != ResyncRequests.NONE) {
                int end = requests.endOfWrite(handle, from);
                written += end - from;
                from = requests.nextToWrite(handle, end);
            }
            for (int at = 0; at < 1024; at = requests.endOfAck(handle, at)) {
                written += requests.inSync(handle, at) ? 1 : 0;
            }
            rate.received(1024);
        }
        for (int i = 0; i < writes.length; i++) {
            if (writes[i].inserted()) {
                locks.remove(writes[i]);
            }
            requests.remove(requests.find(i * 2048L, 1024));
        }
        written += rate.blocksForNextTurn();
    }

    @Test
    void requests_ranges_and_rate_allocate_nothing_in_steady_state() {
        Assumptions.assumeTrue(
                ManagementFactory.getThreadMXBean() instanceof ThreadMXBean, "this JVM does not count allocations");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        RangeLocks locks = new RangeLocks(64);
        ResyncRequests requests = new ResyncRequests(64);
        RateController rate = new RateController(RateOptions.DEFAULT, 118, 16000);
        Write[] writes = new Write[64];
        for (int i = 0; i < writes.length; i++) {
            writes[i] = new Write();
        }
        for (int round = 0; round < 500; round++) {
            oneRound(locks, writes, requests, rate, round);
        }

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int round = 0; round < 500; round++) {
            oneRound(locks, writes, requests, rate, round);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertTrue(allocated < 4096, allocated + " bytes for 32000 requests");
        assertEquals(0, requests.size());
        assertTrue(written > 0);
    }
}
