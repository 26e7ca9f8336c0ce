package io.bsr.engine.command;

import io.bsr.control.status.StatusReport;
import io.bsr.engine.host.HostedResource;
import io.bsr.engine.host.Registry;
import io.bsr.engine.host.StatusBoard;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Tells the status of this moment: whoever has read a line of the log, or heard from a peer, sees at least that state.
 *
 * <p>A loop that does not answer in time hides nothing: its resources are told as they were published last.
 */
final class StatusQuery {
    private static final long PATIENCE_MILLIS = 200;

    private final Registry registry;
    private final StatusBoard board;

    StatusQuery(Registry registry, StatusBoard board) {
        this.registry = registry;
        this.board = board;
    }

    /** The status of all resources, or of one; empty if that does not exist. */
    StatusReport report(@Nullable String resource) throws InterruptedException {
        List<HostedResource> asked;
        if (resource == null) {
            asked = registry.all();
        } else {
            HostedResource one = registry.find(resource);
            asked = one == null ? List.of() : List.of(one);
        }
        try {
            CompletableFuture.allOf(
                            asked.stream().map(HostedResource::renewStatus).toArray(CompletableFuture[]::new))
                    .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return board.report(resource);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a status", e.getCause());
        }
        return board.report(resource);
    }
}
