package io.bsr.engine.command;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Until when an answer is due.
 *
 * @param nanoTime on the clock of {@link System#nanoTime}
 */
record Deadline(long nanoTime) {
    /** Waits for {@code result}; a timeout is an outcome too. */
    Outcome await(CompletableFuture<Outcome> result) throws InterruptedException {
        try {
            return result.get(Math.max(0, nanoTime - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return Outcome.of(
                    ErrorCode.TIMEOUT,
                    "The command was begun and has not ended in time; it goes on. Ask for the status to see what it"
                            + " waits for.");
        } catch (ExecutionException e) {
            throw new IllegalStateException("a command", e.getCause());
        }
    }
}
