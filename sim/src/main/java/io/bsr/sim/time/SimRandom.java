package io.bsr.sim.time;

import io.bsr.base.port.Entropy;

/** A stream of pseudo-random numbers (SplitMix64); independent streams are split off by name. */
public final class SimRandom implements Entropy {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private final long origin;
    private long state;

    public SimRandom(long seed) {
        this.origin = mix(seed + GOLDEN);
        this.state = origin;
    }

    /** A bijective scrambling of 64 bits. */
    public static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** A stream that depends on the seed and the name only, not on what was drawn from this one. */
    public SimRandom split(String name) {
        long seed = origin;
        for (int i = 0; i < name.length(); i++) {
            seed = mix(seed + name.charAt(i) + GOLDEN);
        }
        return new SimRandom(seed);
    }

    /** How far the stream is; see {@link #seek}. */
    public long position() {
        return state;
    }

    /** Goes on, or back, to a position at which it was before. */
    public void seek(long position) {
        state = position;
    }

    @Override
    public long nextLong() {
        state += GOLDEN;
        return mix(state);
    }

    @Override
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound " + bound + " is not positive");
        }
        return (int) (((nextLong() >>> 33) * bound) >>> 31);
    }

    @Override
    public void fill(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (nextLong() >>> 56);
        }
    }

    /** Uniform in low … high, both included. */
    public long between(long low, long high) {
        long range = high - low + 1;
        if (range <= 0) {
            throw new IllegalArgumentException("no number is in " + low + " … " + high);
        }
        return low + (long) (unit() * range);
    }

    /** True with this probability. */
    public boolean chance(double probability) {
        return unit() < probability;
    }

    /** Uniform in 0 (included) … 1 (excluded). */
    public double unit() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** Between low and high so that each order of magnitude is equally likely; low must be positive. */
    public long scaled(long low, long high) {
        return (long) (low * Math.pow((double) high / low, unit()));
    }

    /** Waiting time of a memoryless process, at most twenty times the mean. */
    public long exponential(long mean) {
        return (long) Math.min(20.0 * mean, -Math.log(1 - unit()) * mean);
    }

    @SafeVarargs
    public final <T> T pick(T... choices) {
        return choices[nextInt(choices.length)];
    }
}
