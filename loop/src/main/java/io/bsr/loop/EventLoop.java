package io.bsr.loop;

import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Timers;

/**
 * A thread that runs callbacks one after the other, and sleeps when there is nothing to do.
 *
 * <p>{@link #execute}, {@link #start}, {@link #stop}, {@link #awaitStopped}, {@link #isInLoop}, {@link #name} and
 * {@link #statistics} may be called from every thread; everything else belongs to the loop's own thread.
 */
public sealed interface EventLoop permits TurnLoop {
    /** The name given at creation; the thread is called the same. */
    String name();

    /** What it runs on and why, for {@code bsrd --info} and {@code status}; one line. */
    String description();

    /** {@link LoopKind#URING} or {@link LoopKind#PORTABLE}. */
    LoopKind kind();

    /** Starts the thread. Called once. */
    void start();

    /**
     * Asks the loop to end: streams and listeners are closed without a callback, I/O of block stores in flight completes,
     * then the thread ends. Returns at once; idempotent.
     */
    void stop();

    /**
     * Waits until the thread has ended.
     *
     * @return false if it has not within {@code timeoutNanos}
     */
    boolean awaitStopped(long timeoutNanos) throws InterruptedException;

    /** True on the loop's own thread. */
    boolean isInLoop();

    /**
     * Runs {@code task} on the loop, in a later turn. Tasks of one thread run in the order they were given. A task given
     * to a loop that has stopped is dropped.
     */
    void execute(Runnable task);

    /** Runs {@code task} once after all callbacks of this turn, before the loop sleeps: the place to gather output. */
    void atEndOfTurn(Runnable task);

    /** Runs {@code task} on the loop when it is asked to stop, before the wait for I/O in flight. */
    void whenStopping(Runnable task);

    /**
     * Runs {@code work} that blocks (system calls that have no asynchronous form) on a helper thread of this loop, one
     * piece after the other. The work hands its result back with {@link #execute}.
     */
    void offload(Runnable work);

    /** The loop's clock and timers. */
    Timers timers();

    /** The loop's buffers. */
    BufferPool buffers();

    /** What the loop has done so far. */
    LoopStatistics statistics();
}
