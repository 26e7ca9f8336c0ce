package io.bsr.engine.guard;

import io.bsr.base.port.Timers;
import java.util.ArrayDeque;

/** Timers whose actions run when the test says so, in the order in which they were given. */
final class ManualTimers implements Timers {
    private final ArrayDeque<Runnable> due = new ArrayDeque<>();

    @Override
    public long now() {
        return 0;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable action) {
        due.add(action);
        return () -> due.remove(action);
    }

    /** Runs what was scheduled, and what that schedules. */
    void run() {
        while (!due.isEmpty()) {
            due.remove().run();
        }
    }
}
