package io.bsr.loop;

import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Timers;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The turn that both loops share; how a loop sleeps, and where completions come from, is theirs. */
abstract sealed class TurnLoop implements EventLoop permits RingLoop, PortableLoop {
    /** How long a stopping loop waits for I/O in flight before it gives up and leaves its memory to the kernel. */
    static final long STOP_PATIENCE_NANOS = 10_000_000_000L;

    /** How old the counters may be that other threads see, while the loop is busy. */
    private static final long PUBLISH_NANOS = 100_000_000L;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final long HELPER_KEEP_ALIVE_SECONDS = 10;

    /**
     * Loops that ended with I/O in flight. The kernel may still write into their memory, which must therefore never be
     * collected.
     */
    private static final ConcurrentLinkedQueue<TurnLoop> LEFT_BEHIND = new ConcurrentLinkedQueue<>();

    private final LoopOptions options;
    private final Thread thread;
    private final BufferPool buffers;
    private final TimerHeap timers = new TimerHeap(System.nanoTime());
    private final ConcurrentLinkedQueue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Runnable> ownTasks = new ArrayDeque<>();
    private final ArrayDeque<Runnable> endOfTurn = new ArrayDeque<>();
    private final List<Runnable> stopHooks = new ArrayList<>();
    private final ThreadPoolExecutor helper;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** True while the loop is, or is about to be, asleep: whoever turns it to false must wake the loop. */
    private final AtomicBoolean sleeping = new AtomicBoolean();

    private volatile boolean stopping;
    private volatile boolean ended;

    private volatile long startedAt;
    private long turns;
    private long tasks;
    private long failures;
    private int offloaded;
    private volatile LoopStatistics published = new LoopStatistics(0, 0, 0, 0, 0, 0, 0, 0);
    private long publishedAt;

    TurnLoop(LoopOptions options) {
        this.options = options;
        this.buffers = new BufferPool(options.bufferBytes());
        this.thread = Thread.ofPlatform().name(options.name()).daemon(true).unstarted(this::run);
        this.helper = workers(1);
    }

    /** Worker threads that end by themselves when there is nothing to do. */
    final ThreadPoolExecutor workers(int count) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                count,
                count,
                HELPER_KEEP_ALIVE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform()
                        .name(options.name() + "-helper-", 0)
                        .daemon(true)
                        .factory());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Takes possession of what only the loop's thread may own. Called once, on the loop. */
    abstract void begin();

    /**
     * Submits what is prepared and waits for something to happen.
     *
     * @param timeoutNanos 0 to return at once, {@link Long#MAX_VALUE} to wait without limit
     */
    abstract void await(long timeoutNanos);

    /** Calls back for everything that {@link #await} found. */
    abstract void dispatch();

    /** Ends an {@link #await} of the loop; called from any thread. */
    abstract void wake();

    /** True if something is known to be waiting for {@link #dispatch} or for submission already. */
    abstract boolean pending();

    /** Operations that the kernel or a worker thread still has. */
    abstract int inFlight();

    abstract long completions();

    abstract long systemCalls();

    /** Gives everything back. Called once, on the loop; {@code quiet} if nothing is in flight. */
    abstract void end(boolean quiet);

    @Override
    public final String name() {
        return options.name();
    }

    @Override
    public final void start() {
        startedAt = System.nanoTime();
        thread.start();
    }

    @Override
    public final void stop() {
        stopping = true;
        if (thread.getState() == Thread.State.NEW) {
            endUnstarted();
            return;
        }
        if (sleeping.compareAndSet(true, false)) {
            wake();
        }
    }

    private synchronized void endUnstarted() {
        if (!ended) {
            ended = true;
            end(true);
            stopped.countDown();
        }
    }

    @Override
    public final boolean awaitStopped(long timeoutNanos) throws InterruptedException {
        return stopped.await(timeoutNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public final boolean isInLoop() {
        return Thread.currentThread() == thread;
    }

    @Override
    public final void execute(Runnable task) {
        if (isInLoop()) {
            ownTasks.add(task);
            return;
        }
        if (ended) {
            return;
        }
        inbox.add(task);
        if (sleeping.get() && sleeping.compareAndSet(true, false)) {
            wake();
        }
    }

    @Override
    public final void atEndOfTurn(Runnable task) {
        assert isInLoop() : "end-of-turn work is given on the loop";
        endOfTurn.add(task);
    }

    @Override
    public final void whenStopping(Runnable task) {
        if (isInLoop()) {
            stopHooks.add(task);
        } else {
            execute(() -> stopHooks.add(task));
        }
    }

    @Override
    public final void offload(Runnable work) {
        assert isInLoop() : "work is offloaded on the loop";
        offloaded++;
        helper.execute(() -> {
            Throwable failure = null;
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            offloadEnded(failure);
        });
    }

    private void offloadEnded(@Nullable Throwable failure) {
        execute(() -> {
            offloaded--;
            if (failure != null) {
                report(failure);
            }
        });
    }

    @Override
    public final Timers timers() {
        return timers;
    }

    @Override
    public final BufferPool buffers() {
        return buffers;
    }

    @Override
    public final LoopStatistics statistics() {
        if (isInLoop()) {
            publish();
        }
        LoopStatistics last = published;
        if (startedAt == 0 || ended) {
            return last;
        }
        // The counters may be a moment old; the times need no help of the loop.
        return new LoopStatistics(
                last.turns(),
                last.completions(),
                last.tasks(),
                last.timers(),
                last.systemCalls(),
                processorNanos(),
                System.nanoTime() - startedAt,
                last.failures());
    }

    /** Of the loop's thread, while it lives. */
    private long processorNanos() {
        return Math.max(0, THREADS.getThreadCpuTime(thread.threadId()));
    }

    private void publish() {
        publishedAt = System.nanoTime();
        published = new LoopStatistics(
                turns,
                completions(),
                tasks,
                timers.fired(),
                systemCalls(),
                processorNanos(),
                publishedAt - startedAt,
                failures);
    }

    /** Tells the failure handler; a handler that throws itself must not end the loop either. */
    final void report(Throwable failure) {
        failures++;
        try {
            options.failures().failed(this, failure);
        } catch (RuntimeException | Error second) {
            System.err.println(
                    "the failure handler of loop " + name() + " failed: " + second + "; it was told of: " + failure);
        }
    }

    private void run() {
        boolean quiet = false;
        try {
            begin();
            while (!stopping) {
                turn(Long.MAX_VALUE);
            }
            quiet = drain();
        } catch (RuntimeException | Error failure) {
            report(failure);
        } finally {
            publish();
            ended = true;
            helper.shutdownNow();
            if (!quiet) {
                LEFT_BEHIND.add(this);
            }
            end(quiet);
            stopped.countDown();
        }
    }

    private boolean drain() {
        for (Runnable hook : stopHooks) {
            guarded(hook);
        }
        long deadline = System.nanoTime() + STOP_PATIENCE_NANOS;
        while (inFlight() > 0 || offloaded > 0 || moreWork()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            turn(left);
        }
        return true;
    }

    private boolean moreWork() {
        return !ownTasks.isEmpty() || !endOfTurn.isEmpty() || !inbox.isEmpty() || pending();
    }

    private void turn(long longestSleep) {
        turns++;
        sleep(longestSleep);
        try {
            dispatch();
        } catch (RuntimeException | Error failure) {
            // What is left is found again by the next turn: an operation is taken off its queue before it is called.
            report(failure);
        }
        runTimers();
        runTasks();
        runEndOfTurn();
    }

    /** Waits for work, unless there is some. */
    private void sleep(long longestSleep) {
        long before = System.nanoTime();
        if (before - publishedAt > PUBLISH_NANOS) {
            publish();
        }
        long timeout = 0;
        if (!moreWork()) {
            timeout = Math.min(longestSleep, timers.nanosToNext(before));
        }
        if (timeout > 0) {
            sleeping.set(true);
            if (!inbox.isEmpty() || (stopping && longestSleep == Long.MAX_VALUE)) {
                timeout = 0;
            }
        }
        await(timeout);
        timers.advance(timeout > 0 ? System.nanoTime() : before);
        sleeping.set(false);
    }

    private void runTimers() {
        long bound = timers.nextSequence();
        Runnable action = timers.pollDue(bound);
        while (action != null) {
            guarded(action);
            action = timers.pollDue(bound);
        }
    }

    private void runTasks() {
        for (int left = ownTasks.size(); left > 0; left--) {
            Runnable task = ownTasks.poll();
            if (task != null) {
                tasks++;
                guarded(task);
            }
        }
        // A bound, so that a flood from other threads cannot keep the loop from its sockets and disks.
        for (int left = 1024; left > 0; left--) {
            Runnable task = inbox.poll();
            if (task == null) {
                break;
            }
            tasks++;
            guarded(task);
        }
    }

    private void runEndOfTurn() {
        for (int left = endOfTurn.size(); left > 0; left--) {
            Runnable task = endOfTurn.poll();
            if (task != null) {
                guarded(task);
            }
        }
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error failure) {
            report(failure);
        }
    }
}
