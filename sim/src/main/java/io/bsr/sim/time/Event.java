package io.bsr.sim.time;

import org.jspecify.annotations.Nullable;

/** Something that is due at a moment of virtual time. */
public final class Event {
    final long time;
    final long order;
    private @Nullable Runnable action;

    Event(long time, long order, Runnable action) {
        this.time = time;
        this.order = order;
        this.action = action;
    }

    /** It will not happen; no effect if it did already. */
    public void cancel() {
        action = null;
    }

    void happen() {
        Runnable due = action;
        action = null;
        if (due != null) {
            due.run();
        }
    }

    boolean cancelled() {
        return action == null;
    }

    boolean before(Event other) {
        return time != other.time ? time < other.time : order < other.order;
    }
}
