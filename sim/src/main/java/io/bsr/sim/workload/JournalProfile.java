package io.bsr.sim.workload;

import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.VirtualClock;

/**
 * Keeps a small journaling file system, which notices by itself when the order of writes is broken.
 *
 * @param layout where what is
 * @param largest blocks that a transaction changes at most
 * @param depth requests in flight at most
 * @param think ns between transactions on average, while busy
 * @param busy ns that a busy period lasts on average; {@code idle} likewise
 * @param lazy share of transactions that nobody waits for until a later flush
 * @param checksummed share of transactions whose commit record does not wait for their blocks
 */
public record JournalProfile(
        JournalLayout layout, int largest, int depth, long think, long busy, long idle, double lazy, double checksummed)
        implements Workload {
    public static JournalProfile random(SimRandom random) {
        int largest = (int) random.scaled(1, 14);
        // Small rings wrap around often; the largest transaction has to fit in twice.
        int ring = (int) random.between(2L * (largest + 2), 64);
        return new JournalProfile(
                new JournalLayout(ring, (int) random.between(16, 96)),
                largest,
                (int) random.scaled(1, 16),
                random.scaled(VirtualClock.MILLISECOND, 100 * VirtualClock.MILLISECOND),
                random.scaled(500 * VirtualClock.MILLISECOND, 6 * VirtualClock.SECOND),
                random.scaled(100 * VirtualClock.MILLISECOND, 2 * VirtualClock.SECOND),
                random.pick(0.0, 0.3, 0.7),
                random.pick(0.0, 0.0, 0.4));
    }
}
