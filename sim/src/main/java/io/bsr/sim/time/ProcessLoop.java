package io.bsr.sim.time;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The event loop of one simulated process: it takes one thing at a time, can be paused (as by a garbage collection) and
 * dies with the process.
 */
public final class ProcessLoop {
    /** What a turn was about, for the event hash. */
    public enum Kind {
        TIMER(1),
        NETWORK(2),
        DISK(3),
        COMMAND(4),
        USER(5);

        private final int code;

        Kind(int code) {
            this.code = code;
        }
    }

    private record Deferred(Kind kind, Runnable action) {}

    private final int node;
    private final VirtualClock clock;
    private final EventHash hash;
    private final double rate;
    private final ArrayDeque<Deferred> deferred = new ArrayDeque<>();
    private final List<Runnable> endOfTurn = new ArrayList<>();
    private Runnable observer = () -> {};
    private boolean alive = true;
    private boolean inTurn;
    private long pausedUntil;

    /**
     * A loop.
     *
     * @param rate how fast the clock of this process runs, 1 for true time
     */
    public ProcessLoop(int node, VirtualClock clock, EventHash hash, double rate) {
        this.node = node;
        this.clock = clock;
        this.hash = hash;
        this.rate = rate;
    }

    public VirtualClock clock() {
        return clock;
    }

    public int node() {
        return node;
    }

    public boolean alive() {
        return alive;
    }

    public boolean paused() {
        return clock.now() < pausedUntil;
    }

    /** The time that the process reads. */
    public long localTime() {
        return (long) (clock.now() * rate);
    }

    /** Called after each turn, when all output of the turn has left. */
    public void observe(Runnable afterTurn) {
        this.observer = afterTurn;
    }

    /** Takes a turn: now, or when the pause is over; never if the process is dead. Not for use within a turn. */
    public void turn(Kind kind, Runnable action) {
        if (!alive) {
            return;
        }
        if (paused() || !deferred.isEmpty()) {
            deferred.add(new Deferred(kind, action));
            return;
        }
        take(kind, action);
    }

    /** Takes a turn {@code delay} of true time from now. */
    public Event later(long delay, Kind kind, Runnable action) {
        return clock.after(delay, () -> turn(kind, action));
    }

    /** Takes a turn {@code delay} of the process's own time from now. */
    Event laterByOwnClock(long delay, Runnable action) {
        return later((long) (Math.max(0, delay) / rate), Kind.TIMER, action);
    }

    /** Runs {@code action} when the present turn is over, before anything else happens. */
    public void atEndOfTurn(Runnable action) {
        if (!inTurn) {
            throw new IllegalStateException("a port was used outside of a turn of its loop");
        }
        endOfTurn.add(action);
    }

    public boolean inTurn() {
        return inTurn;
    }

    /** The process stands still for {@code duration}; what happens to it meanwhile it notices afterwards. */
    public void pause(long duration) {
        pausedUntil = Math.max(pausedUntil, clock.now() + duration);
        clock.at(pausedUntil, this::resume);
    }

    /** The process is gone: nothing reaches it any more. */
    public void die() {
        alive = false;
        deferred.clear();
        endOfTurn.clear();
    }

    private void resume() {
        while (alive && !paused()) {
            Deferred next = deferred.peek();
            if (next == null) {
                return;
            }
            take(next.kind, next.action);
            deferred.poll();
        }
    }

    private void take(Kind kind, Runnable action) {
        if (inTurn) {
            throw new IllegalStateException("a turn within a turn");
        }
        hash.add(clock.now(), node, kind.code);
        inTurn = true;
        try {
            action.run();
            for (int i = 0; i < endOfTurn.size(); i++) {
                endOfTurn.get(i).run();
            }
            endOfTurn.clear();
        } finally {
            inTurn = false;
        }
        if (alive) {
            observer.run();
        }
    }
}
