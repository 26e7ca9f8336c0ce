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
 * <p>A session whose requests do not end (its resource is suspended, its disk hangs) must not stop the others. So each has
 * an equal part of the share, and who holds nothing may take from a reserve beyond it.
 *
 * <p>Who could not be served is served first later, so that a large request is not overtaken for ever by small ones; and in
 * a turn of its own, because a buffer comes back deep inside somebody else's call, where nothing may be submitted.
 */
public final class PayloadBuffers {
    /** The NBD server has up to 75 % of the pool. */
    private static final int SHARE_PERCENT = 15;

    private static final int RESERVE_PERCENT = 5;

    /** Somebody who takes buffers, from {@link #join} to {@link #leave}. */
    abstract static class Taker {
        private long heldBytes;

        /** Try again to get what was not to be had. */
        abstract void retry();
    }

    private final BufferPool pool;
    private final Timers timers;
    private final long shareBytes;
    private final long reserveBytes;
    private final ArrayDeque<Taker> waiting = new ArrayDeque<>();
    private final Runnable serve = this::serve;
    private final Runnable released = this::released;
    private @Nullable Taker serving;
    private int takers;
    private long heldBytes;
    private boolean askedPool;
    private boolean turnScheduled;

    /** In this turn somebody wants more than is left for all: nobody behind him takes of that. */
    private boolean claimed;

    public PayloadBuffers(BufferPool pool, Timers timers) {
        this.pool = pool;
        this.timers = timers;
        this.shareBytes = pool.limitBytes() * SHARE_PERCENT / 100;
        this.reserveBytes = Math.max(BufferPool.LARGEST, pool.limitBytes() * RESERVE_PERCENT / 100);
    }

    void join() {
        takers++;
    }

    /** Of one who holds nothing any more. */
    void leave() {
        takers--;
    }

    /** A buffer of at least so many bytes, or {@code null}: then {@code taker} will be told to try again. */
    @Nullable Buffer acquire(int length, Taker taker) {
        if (serving != taker && !waiting.isEmpty()) {
            waiting.add(taker);
            // Those before him may wait for something that he does not need.
            scheduleTurn();
            return null;
        }
        Buffer buffer = take(length, taker);
        if (buffer == null) {
            waiting.add(taker);
        }
        return buffer;
    }

    void release(Buffer buffer, Taker taker) {
        heldBytes -= buffer.capacity();
        taker.heldBytes -= buffer.capacity();
        buffer.release();
        if (!waiting.isEmpty()) {
            scheduleTurn();
        }
    }

    /** {@code taker} does not wait any more. */
    void cancel(Taker taker) {
        if (waiting.remove(taker) && !waiting.isEmpty()) {
            scheduleTurn();
        }
    }

    /** Bytes of the buffers that sessions hold. */
    long heldBytes() {
        return heldBytes;
    }

    private @Nullable Buffer take(int length, Taker taker) {
        if (!mayTake(BufferPool.capacityFor(length), taker)) {
            return null;
        }
        Buffer buffer = pool.tryAcquire(length);
        if (buffer != null) {
            heldBytes += buffer.capacity();
            taker.heldBytes += buffer.capacity();
        } else if (!askedPool) {
            askedPool = true;
            pool.whenReleased(released);
        }
        return buffer;
    }

    private boolean mayTake(int bytes, Taker taker) {
        if (taker.heldBytes == 0) {
            return heldBytes == 0 || heldBytes + bytes <= shareBytes + reserveBytes;
        }
        if (taker.heldBytes + bytes > shareBytes / Math.max(1, takers)) {
            return false;
        }
        if (heldBytes + bytes > shareBytes) {
            claimed = serving != null;
            return false;
        }
        return !claimed;
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

    /** Everybody once, in the order of their coming: who fails again has gone to the end, and so the order stays. */
    private void serve() {
        turnScheduled = false;
        claimed = false;
        for (int left = waiting.size(); left > 0 && !waiting.isEmpty(); left--) {
            Taker first = waiting.remove();
            serving = first;
            first.retry();
            serving = null;
        }
        claimed = false;
    }
}
