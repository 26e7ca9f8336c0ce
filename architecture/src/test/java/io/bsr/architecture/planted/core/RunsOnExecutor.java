package io.bsr.architecture.planted.core;

import java.util.concurrent.Executor;

/** An executor. */
final class RunsOnExecutor {
    private RunsOnExecutor() {}

    static void run(Executor executor, Runnable task) {
        executor.execute(task);
    }
}
