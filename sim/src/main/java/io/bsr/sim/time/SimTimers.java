package io.bsr.sim.time;

import io.bsr.base.port.Timers;

/** The time port of one process. */
public final class SimTimers implements Timers {
    private final ProcessLoop loop;

    public SimTimers(ProcessLoop loop) {
        this.loop = loop;
    }

    @Override
    public long now() {
        return loop.localTime();
    }

    @Override
    public Timer schedule(long delayNanos, Runnable action) {
        return loop.laterByOwnClock(delayNanos, action)::cancel;
    }
}
