package io.bsr.sim.disk;

import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.VirtualClock;

/**
 * What a simulated disk is like. Times in ns.
 *
 * @param logicalBlockSize 512 or 4096; also the size that is written all or not at all
 * @param volatileCache completed writes may be lost by a power failure until they are flushed
 * @param discards discard is supported
 * @param latency usual time of an operation
 * @param flushLatency usual time of a flush
 * @param bytesPerSecond throughput
 */
public record DiskCharacter(
        int logicalBlockSize,
        boolean volatileCache,
        boolean discards,
        long latency,
        long flushLatency,
        long bytesPerSecond) {
    /** A fast disk with a volatile cache. */
    public static final DiskCharacter PLAIN = new DiskCharacter(
            512, true, true, 80 * VirtualClock.MICROSECOND, 400 * VirtualClock.MICROSECOND, 2_000_000_000L);

    public static DiskCharacter random(SimRandom random, int logicalBlockSize, boolean volatileCache) {
        long latency = random.scaled(20 * VirtualClock.MICROSECOND, 4 * VirtualClock.MILLISECOND);
        return new DiskCharacter(
                logicalBlockSize,
                volatileCache,
                random.chance(0.8),
                latency,
                latency * random.between(1, 6),
                random.scaled(100_000_000L, 3_000_000_000L));
    }
}
