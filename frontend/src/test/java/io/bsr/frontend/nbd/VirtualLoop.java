package io.bsr.frontend.nbd;

import io.bsr.base.port.Timers;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/** An event loop on virtual time: turns run one after the other, time moves only when asked to. */
final class VirtualLoop implements Timers {
    private record Turn(long time, long number, Runnable action, AtomicBoolean cancelled) implements Comparable<Turn> {
        @Override
        public int compareTo(Turn other) {
            return time != other.time ? Long.compare(time, other.time) : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Turn> turns = new PriorityQueue<>();
    private long now;
    private long number;

    @Override
    public long now() {
        return now;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable action) {
        AtomicBoolean cancelled = new AtomicBoolean();
        turns.add(new Turn(now + delayNanos, number++, action, cancelled));
        return () -> cancelled.set(true);
    }

    /** Runs {@code action} in a later turn. */
    void execute(Runnable action) {
        schedule(0, action);
    }

    /** Runs everything that is due now, and what follows from it. */
    void run() {
        for (int steps = 0; !turns.isEmpty() && turns.peek().time() <= now; steps++) {
            if (steps > 50_000_000) {
                throw new AssertionError("the loop does not come to rest");
            }
            Turn turn = turns.remove();
            if (!turn.cancelled().get()) {
                turn.action().run();
            }
        }
    }

    /** Moves time on by {@code nanos}, running what falls due on the way. */
    void advance(long nanos) {
        long end = now + nanos;
        run();
        while (!turns.isEmpty() && turns.peek().time() <= end) {
            now = turns.peek().time();
            run();
        }
        now = end;
    }
}
