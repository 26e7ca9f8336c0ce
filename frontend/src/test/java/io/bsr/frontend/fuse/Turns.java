package io.bsr.frontend.fuse;

import io.bsr.base.port.Timers;
import java.util.ArrayDeque;

/** The turns of a loop that nothing drives but a test; its timers are due at once. */
final class Turns implements Timers {
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

    void add(Runnable turn) {
        waiting.add(turn);
    }

    /** Runs all turns there are. */
    void run() {
        for (Runnable turn = waiting.poll(); turn != null; turn = waiting.poll()) {
            turn.run();
        }
    }

    @Override
    public long now() {
        return 0;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable action) {
        add(action);
        return () -> waiting.remove(action);
    }
}
