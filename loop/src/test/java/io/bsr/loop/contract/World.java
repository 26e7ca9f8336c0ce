package io.bsr.loop.contract;

import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Timers;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/** One event loop and the means to act on it from a test. */
public interface World extends AutoCloseable {
    /** Runs {@code action} in one turn of the loop and returns what it returns; what it throws is thrown here. */
    <T> T call(Callable<T> action) throws Exception;

    /** Lets the loop run until {@code condition}, looked at on the loop, holds; fails after ten seconds of its time. */
    void await(String what, BooleanSupplier condition) throws Exception;

    Timers timers();

    BufferPool buffers();

    /** Runs tasks on the loop in a later turn. */
    Executor executor();

    /** Exceptions that callbacks let through so far. A test that does not expect one checks that there is none. */
    int failures();

    @Override
    void close();

    /** {@link #call} for actions without a result. */
    default void run(Action action) throws Exception {
        call(() -> {
            action.run();
            return true;
        });
    }

    /** Something that may fail in any way. */
    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }
}
