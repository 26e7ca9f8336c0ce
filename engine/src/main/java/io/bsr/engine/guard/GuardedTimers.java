package io.bsr.engine.guard;

import io.bsr.base.port.Timers;

/** Timers whose actions go through a fence. */
public final class GuardedTimers implements Timers {
    private final Fence fence;
    private final Timers timers;

    public GuardedTimers(Fence fence, Timers timers) {
        this.fence = fence;
        this.timers = timers;
    }

    @Override
    public long now() {
        return timers.now();
    }

    @Override
    public Timer schedule(long delayNanos, Runnable action) {
        return timers.schedule(delayNanos, () -> fence.enter(action));
    }
}
