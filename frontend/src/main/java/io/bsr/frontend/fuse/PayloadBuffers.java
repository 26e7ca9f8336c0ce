package io.bsr.frontend.fuse;

import io.bsr.base.memory.Buffer;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Timers;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of all sessions of one loop: a share of its pool, so that replication and other users, which must go on for
 * the requests here to end, keep the rest.
 *
 * <p>Who could not be served is served first later, so that a large request is not overtaken for ever by small ones; and in
 * a turn of its own, because a buffer comes back deep inside somebody else's call, where nothing may be submitted.
 */
public final class PayloadBuffers {
    /** The NBD server has up to 75 % of the pool. */
    private static final int SHARE_PERCENT = 15;

    /** Somebody who could not get a buffer. */
    interface Waiter {
        /** Try again; who fails again waits at the head of the queue. */
        void retry();
    }

    private final BufferPool pool;
    private final Timers timers;
    private final long shareBytes;
    private final ArrayDeque<Waiter> waiting = new ArrayDeque<>();
    private final Runnable serve = this::serve;
    private final Runnable released = this::released;
    private @Nullable Waiter serving;
    private long heldBytes;
    private boolean askedPool;
    private boolean turnScheduled;

    public PayloadBuffers(BufferPool pool, Timers timers) {
        this.pool = pool;
        this.timers = timers;
        this.shareBytes = pool.limitBytes() * SHARE_PERCENT / 100;
    }

    /** A buffer of at least so many bytes, or {@code null}: then {@code waiter} will be told to try again. */
    @Nullable Buffer acquire(int length, Waiter waiter) {
        boolean mayTake = waiting.isEmpty() || serving == waiter;
        Buffer buffer = mayTake ? take(length) : null;
        if (buffer == null && serving == waiter) {
            waiting.addFirst(waiter);
        } else if (buffer == null) {
            waiting.add(waiter);
        }
        return buffer;
    }

    void release(Buffer buffer) {
        heldBytes -= buffer.capacity();
        buffer.release();
        if (!waiting.isEmpty()) {
            scheduleTurn();
        }
    }

    /** {@code waiter} does not wait any more. */
    void cancel(Waiter waiter) {
        if (waiting.remove(waiter) && !waiting.isEmpty()) {
            scheduleTurn();
        }
    }

    /** Bytes of the buffers that sessions hold. */
    long heldBytes() {
        return heldBytes;
    }

    private @Nullable Buffer take(int length) {
        if (heldBytes != 0 && heldBytes + length > shareBytes) {
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

    private void released() {
        askedPool = false;
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
        Waiter stillHungry = null;
        while (stillHungry == null && !waiting.isEmpty()) {
            Waiter first = waiting.remove();
            serving = first;
            first.retry();
            serving = null;
            stillHungry = waiting.peek() == first ? first : null;
        }
    }
}
