package io.bsr.sim.world;

import io.bsr.sim.time.VirtualClock;

/**
 * How much happens in a world.
 *
 * @param shortestStorm ns
 * @param longestStorm ns
 * @param requests of users during the storm, at most
 * @param largestVolume bytes
 * @param hugeVolumes probability of a volume with more activity-log extents than slots
 */
public record Scale(long shortestStorm, long longestStorm, long requests, long largestVolume, double hugeVolumes) {
    /** For each commit: many small worlds. */
    public static final Scale SMOKE = new Scale(8 * VirtualClock.SECOND, 40 * VirtualClock.SECOND, 1200, 6 << 20, 0.02);

    /** For long runs. */
    public static final Scale LONG =
            new Scale(30 * VirtualClock.SECOND, 600 * VirtualClock.SECOND, 20_000, 16 << 20, 0.05);
}
