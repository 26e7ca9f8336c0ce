package io.bsr.sim.network;

import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.VirtualClock;

/**
 * What a network is like.
 *
 * @param latency ns one way
 * @param jitter ns added at random
 * @param bytesPerSecond of one connection in one direction
 * @param window bytes that one direction of a connection holds between the two processes
 * @param fineCuts probability that a segment ends at a random place after few bytes
 * @param giveUp ns after which TCP gives up on data that is not acknowledged
 */
public record LinkQuality(long latency, long jitter, long bytesPerSecond, int window, double fineCuts, long giveUp) {
    public static final LinkQuality PLAIN = new LinkQuality(
            100 * VirtualClock.MICROSECOND,
            50 * VirtualClock.MICROSECOND,
            1_000_000_000L,
            256 << 10,
            0.1,
            60 * VirtualClock.SECOND);

    /** The same link, if need be so much faster that some hundred megabytes pass within half a minute. */
    public LinkQuality wide() {
        return new LinkQuality(
                latency, jitter, Math.max(bytesPerSecond, 40_000_000L), Math.max(window, 4 << 20), fineCuts, giveUp);
    }

    public static LinkQuality random(SimRandom random) {
        long latency = random.scaled(20 * VirtualClock.MICROSECOND, 20 * VirtualClock.MILLISECOND);
        return new LinkQuality(
                latency,
                (long) (latency * random.unit() * random.unit() * 2),
                random.scaled(10_000_000L, 2_000_000_000L),
                (int) random.scaled(32 << 10, 2 << 20),
                random.pick(0.0, 0.05, 0.3),
                random.scaled(8 * VirtualClock.SECOND, 120 * VirtualClock.SECOND));
    }
}
