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

        /** Here it is; the waiter does not wait any more. */
        void granted(Buffer buffer);
    }

    private final BufferPool pool;
    private final Timers timers;
    private final long shareBytes;
    private final ArrayDeque<Waiter> waiting = new ArrayDeque<>();
    private final Runnable serve = this::serve;
    private final Runnable released = this::released;
    private long heldBytes;
    private boolean askedPool;
    private boolean wokenByPool;
    private boolean turnScheduled;

    /**
     * @param poolPercent how much of the pool may be held at a time; one buffer may always be held
     */
    BufferSupply(BufferPool pool, Timers timers, int poolPercent) {
        this.pool = pool;
        this.timers = timers;
        this.shareBytes = pool.limitBytes() * poolPercent / 100;
    }

    /** A buffer, or {@code null}: then {@code waiter} is in the queue and will be granted one. */
    @Nullable Buffer acquire(int length, Waiter waiter) {
        Buffer buffer = waiting.isEmpty() ? take(length) : null;
        if (buffer == null) {
            waiting.add(waiter);
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
        return heldBytes == 0 || heldBytes + length <= shareBytes;
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
            first.granted(buffer);
        }
        if (wakeUnused && !askedPool) {
            passOnWake();
        }
    }

    /** The pool wakes one waiter for each buffer that comes back; what we do not need, the next one may. */
    private void passOnWake() {
        Buffer buffer = pool.tryAcquire(1);
        if (buffer != null) {
            buffer.release();
        }
    }
}
