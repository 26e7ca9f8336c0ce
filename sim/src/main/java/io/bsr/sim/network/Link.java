package io.bsr.sim.network;

import io.bsr.sim.time.SimRandom;

/** The way from one host to another. */
final class Link {
    final Host from;
    final Host to;
    private LinkQuality quality;
    private boolean cut;
    private long cutSince;
    private long cutDuration;
    private long clogDivisor = 1;
    private long extraLatency;

    Link(Host from, Host to, LinkQuality quality) {
        this.from = from;
        this.to = to;
        this.quality = quality;
    }

    LinkQuality quality() {
        return quality;
    }

    void quality(LinkQuality changed) {
        this.quality = changed;
    }

    /** True if a packet gets through now. */
    boolean open() {
        return !cut && from.up() && to.up();
    }

    boolean isCut() {
        return cut;
    }

    void cut(long now) {
        if (!cut) {
            cut = true;
            cutSince = now;
        }
    }

    void heal(long now) {
        if (cut) {
            cut = false;
            cutDuration = now - cutSince;
        }
    }

    /** How long after the end of a cut TCP tries again: its pauses double, so up to as long as the cut was. */
    long retransmission(SimRandom random) {
        long longest = Math.max(200_000_000L, cutDuration);
        return random.between(10_000_000L, Math.min(longest, 30_000_000_000L));
    }

    void clog(long divisor, long latency) {
        this.clogDivisor = Math.max(1, divisor);
        this.extraLatency = latency;
    }

    boolean clogged() {
        return clogDivisor > 1 || extraLatency > 0;
    }

    long delay(SimRandom random) {
        return quality.latency() + extraLatency + (quality.jitter() == 0 ? 0 : random.between(0, quality.jitter()));
    }

    long transmission(int bytes) {
        return bytes * 1_000_000_000L / Math.max(1, quality.bytesPerSecond() / clogDivisor);
    }
}
