package io.bsr.loop.contract;

import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.PortException;
import io.bsr.base.port.Timers;
import io.bsr.loop.EventLoop;
import io.bsr.loop.EventLoops;
import io.bsr.loop.LoopKind;
import io.bsr.loop.LoopOptions;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/** An event loop on its own thread. */
public final class RealWorld implements World {
    private static final long PATIENCE_SECONDS = 10;

    private final EventLoop loop;
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    private RealWorld(LoopKind kind) throws PortException {
        loop = EventLoops.create(LoopOptions.of("test-" + kind, (l, failure) -> failures.add(failure))
                .withKind(kind));
        loop.start();
    }

    /** A running loop; where io_uring is refused, the test that asks for it is skipped. */
    public static RealWorld open(LoopKind kind) {
        try {
            return new RealWorld(kind);
        } catch (PortException e) {
            return Assumptions.abort(e.getMessage());
        }
    }

    public EventLoop loop() {
        return loop;
    }

    public ConcurrentLinkedQueue<Throwable> failureList() {
        return failures;
    }

    @Override
    public <T> T call(Callable<T> action) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                result.complete(action.call());
            } catch (Throwable t) {
                result.completeExceptionally(t);
            }
        });
        return get(result, "the loop's answer");
    }

    @Override
    public void await(String what, BooleanSupplier condition) throws Exception {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        loop.execute(new Runnable() {
            @Override
            public void run() {
                try {
                    if (result.isDone()) {
                        return;
                    }
                    if (condition.getAsBoolean()) {
                        result.complete(true);
                    } else {
                        loop.timers().schedule(200_000, this);
                    }
                } catch (Throwable t) {
                    result.completeExceptionally(t);
                }
            }
        });
        get(result, what);
    }

    private static <T> T get(CompletableFuture<T> result, String what) throws Exception {
        try {
            return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            result.cancel(false);
            throw new AssertionError("not within " + PATIENCE_SECONDS + " s: " + what, e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    @Override
    public Timers timers() {
        return loop.timers();
    }

    @Override
    public BufferPool buffers() {
        return loop.buffers();
    }

    @Override
    public Executor executor() {
        return loop::execute;
    }

    @Override
    public int failures() {
        return failures.size();
    }

    @Override
    public void close() {
        loop.stop();
        boolean stopped = false;
        try {
            stopped = loop.awaitStopped(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!stopped) {
            throw new AssertionError("the loop does not stop");
        }
    }
}
