package io.bsr.base.port;

/** Time, as the loop tells it. */
public interface Timers {
    /**
     * Monotonic time in nanoseconds. It stands still while one callback runs, so everything that happens in a turn
     * happens at one time.
     */
    long now();

    /** Calls {@code action} once, {@code delayNanos} from now, on the loop. */
    Timer schedule(long delayNanos, Runnable action);

    /** A pending call. */
    interface Timer {
        /** The action will not be called; no effect if it was already. */
        void cancel();
    }
}
