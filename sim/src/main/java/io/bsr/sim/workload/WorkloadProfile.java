package io.bsr.sim.workload;

import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.VirtualClock;

/**
 * Reads and writes at random.
 *
 * @param pattern where
 * @param depth requests in flight at most
 * @param think ns between requests on average, while busy
 * @param busy ns that a busy period lasts on average; {@code idle} likewise
 * @param reads share of reads
 * @param flushes share of flushes
 * @param trims share of trims; {@code zeroes} likewise
 * @param fua share of writes with FUA
 * @param large share of writes of up to 1 MiB
 */
public record WorkloadProfile(
        Pattern pattern,
        int depth,
        long think,
        long busy,
        long idle,
        double reads,
        double flushes,
        double trims,
        double zeroes,
        double fua,
        double large)
        implements Workload {
    /** Where requests go. */
    public enum Pattern {
        UNIFORM,
        /** Few places get most requests. */
        ZIPF,
        SEQUENTIAL,
        /** All within 32 KiB: most requests overlap others. */
        OVERLAPPING,
        /** One small place in each activity-log extent, so that extents are replaced all the time. */
        SPREAD
    }

    /** The same by a user who waits for nothing and writes most of the time. */
    public WorkloadProfile hurried(SimRandom random) {
        return new WorkloadProfile(
                pattern,
                24,
                random.scaled(2 * VirtualClock.MILLISECOND, 8 * VirtualClock.MILLISECOND),
                4 * VirtualClock.SECOND,
                idle,
                0.0,
                0.0,
                trims,
                zeroes,
                fua,
                large);
    }

    public static WorkloadProfile random(SimRandom random, boolean manyExtents) {
        Pattern pattern = manyExtents
                ? Pattern.SPREAD
                : random.pick(Pattern.UNIFORM, Pattern.ZIPF, Pattern.ZIPF, Pattern.SEQUENTIAL, Pattern.OVERLAPPING);
        return new WorkloadProfile(
                pattern,
                (int) random.scaled(1, 24),
                random.scaled(VirtualClock.MILLISECOND, 50 * VirtualClock.MILLISECOND),
                random.scaled(200 * VirtualClock.MILLISECOND, 4 * VirtualClock.SECOND),
                random.scaled(100 * VirtualClock.MILLISECOND, 3 * VirtualClock.SECOND),
                random.pick(0.0, 0.2, 0.4),
                random.pick(0.0, 0.02, 0.1, 0.3),
                random.pick(0.0, 0.0, 0.05),
                random.pick(0.0, 0.0, 0.05),
                random.pick(0.0, 0.05, 0.3),
                random.pick(0.0, 0.0, 0.02));
    }
}
