package io.bsr.core.resync;

/**
 * What a resync may move beside users who write. While they do, it gets as many bytes as they, and besides the minimum
 * that is guaranteed to it ({@code c-min-rate}): a large sequential transfer costs the disks and processors less per byte
 * than small writes do, so users keep more than half of what they had. Without users there is no limit here; {@link
 * RateController} has another one.
 */
public final class ResyncShare {
    /** How long after their last write users still count as writing, ns. */
    public static final long PATIENCE_NANOS = 100_000_000L;

    /** What may be saved up, bytes. */
    private static final long BURST = 1L << 20;

    private boolean users;
    private long lastUse;
    private long guaranteedAt;
    private long allowance;

    /** Users have written {@code bytes} at {@code now}, ns. */
    public void used(long bytes, long now) {
        if (!sharing(now)) {
            allowance = BURST;
            guaranteedAt = now;
        }
        users = true;
        lastUse = now;
        allowance = Math.min(BURST, allowance + bytes);
    }

    /** True if users have written a short while ago. */
    public boolean sharing(long now) {
        return users && now - lastUse < PATIENCE_NANOS;
    }

    /**
     * Whether the resync may move on.
     *
     * @param minRate KiB/s that are guaranteed, 0 … 4194304
     */
    public boolean permits(long now, int minRate) {
        if (!sharing(now)) {
            return true;
        }
        if (allowance <= 0) {
            long elapsed = Math.min(now - guaranteedAt, 1_000_000_000L);
            allowance += elapsed * minRate / 1_000_000 * 1024 / 1000;
            guaranteedAt = now;
        }
        return allowance > 0;
    }

    /** The resync moves {@code bytes}. */
    public void taken(int bytes, long now) {
        if (sharing(now)) {
            allowance -= bytes;
        }
    }
}
