package io.bsr.frontend.nbd;

import io.bsr.base.memory.Buffer;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Timers;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of all connections of a server: a share of the pool, given out in the order of asking.
 *
 * <p>Who comes while others wait, waits behind them, so that a large request is not overtaken for ever by small ones.
 * Waiters are served in a turn of their own: a buffer comes back deep inside somebody else's call, where nothing may be
 * submitted.
 */
final class BufferSupply {
    /** Somebody who waits for one buffer. */
    interface Waiter {
        /** How long the buffer has to be, in bytes. */
        int neededBytes();

        /** Whether it holds other buffers and has not moved since {@link Starvation#begins}: then it harms itself. */
        boolean stalled();

        /** Here it is; the waiter does not wait any more. */
        void granted(Buffer buffer);
    }

    /** Told when nothing moves although somebody waits. */
    interface Starvation {
        /** Somebody has to wait: note how far everybody has come. */
        void begins();

        /** Nobody was served since: who has not moved may be in the way. */
        void goesOn();
    }

    private final BufferPool pool;
    private final Timers timers;
    private final long shareBytes;
    private final ArrayDeque<Waiter> waiting = new ArrayDeque<>();
    private final Runnable serve = this::serve;
    private final Runnable released = this::released;
    private final long stallNanos;
    private final Starvation starvation;
    private long heldBytes;
    private long outgoingBytes;
    private long grants;
    private long grantsWhenWatched;
    private int idlePeriods;
    private boolean watching;
    private boolean askedPool;
    private boolean wokenByPool;
    private boolean turnScheduled;

    BufferSupply(BufferPool pool, Timers timers, NbdLimits limits, Starvation starvation) {
        this.pool = pool;
        this.timers = timers;
        this.shareBytes = pool.limitBytes() * limits.poolPercent() / 100;
        this.stallNanos = limits.stallNanos();
        this.starvation = starvation;
    }

    /** A buffer, or {@code null}: then {@code waiter} is in the queue and will be granted one. */
    @Nullable Buffer acquire(int length, Waiter waiter) {
        Buffer buffer = waiting.isEmpty() ? take(length) : null;
        if (buffer == null) {
            waiting.add(waiter);
            watch();
        }
        return buffer;
    }

    /** Gives back the reference that came with the buffer. Others (the stream, the volume) may keep theirs. */
    void release(Buffer buffer) {
        heldBytes -= buffer.capacity();
        buffer.release();
        if (!waiting.isEmpty()) {
            scheduleTurn();
        }
    }

    /** The bytes in replies that streams have yet to send changed by {@code delta}. */
    void outgoing(long delta) {
        outgoingBytes += delta;
        if (delta < 0 && !waiting.isEmpty()) {
            scheduleTurn();
        }
    }

    /** {@code waiter} does not wait any more. */
    void cancel(Waiter waiter) {
        waiting.remove(waiter);
    }

    /** Bytes of the buffers that connections hold. */
    long heldBytes() {
        return heldBytes;
    }

    private @Nullable Buffer take(int length) {
        if (!withinShare(length)) {
            return null;
        }
        Buffer buffer = pool.tryAcquire(length);
        if (buffer != null) {
            heldBytes += buffer.capacity();
        } else if (!askedPool) {
            askedPool = true;
            pool.whenReleased(released);
        }
        return buffer;
    }

    private boolean withinShare(int length) {
        long used = heldBytes + outgoingBytes;
        return used == 0 || used + length <= shareBytes;
    }

    private void released() {
        askedPool = false;
        wokenByPool = true;
        scheduleTurn();
    }

    private void scheduleTurn() {
        if (!turnScheduled) {
            turnScheduled = true;
            timers.schedule(0, serve);
        }
    }

    private void serve() {
        turnScheduled = false;
        boolean wakeUnused = wokenByPool;
        wokenByPool = false;
        for (Waiter first = waiting.peek(); first != null; first = waiting.peek()) {
            Buffer buffer = take(first.neededBytes());
            if (buffer == null) {
                break;
            }
            wakeUnused = false;
            waiting.remove();
            grants++;
            first.granted(buffer);
        }
        if (wakeUnused && !askedPool) {
            passOnWake();
        }
    }

    private void watch() {
        if (!watching) {
            watching = true;
            grantsWhenWatched = grants;
            starvation.begins();
            timers.schedule(stallNanos, this::watched);
        }
    }

    private void watched() {
        watching = false;
        idlePeriods = grants == grantsWhenWatched ? idlePeriods + 1 : 0;
        if (waiting.isEmpty()) {
            idlePeriods = 0;
            return;
        }
        // In the first period some were still busy with what they had when it began; the second one tells.
        if (idlePeriods >= 2 && somebodyStarves()) {
            starvation.goesOn();
        }
        watch();
    }

    private boolean somebodyStarves() {
        for (Waiter waiter : waiting) {
            if (!waiter.stalled()) {
                return true;
            }
        }
        return false;
    }

    /** The pool wakes one waiter for each buffer that comes back; what we do not need, the next one may. */
    private void passOnWake() {
        Buffer buffer = pool.tryAcquire(1);
        if (buffer != null) {
            buffer.release();
        }
    }
}
