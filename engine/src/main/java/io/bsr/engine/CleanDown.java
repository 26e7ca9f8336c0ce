package io.bsr.engine;

import io.bsr.base.error.Outcome;
import io.bsr.engine.host.HostedResource;
import io.bsr.engine.host.LoopHost;
import io.bsr.engine.host.Registry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;

/** Takes everything down at the end of the engine: first the users of volumes, then the resources. */
final class CleanDown {
    private final Registry registry;
    private final List<LoopHost> hosts;
    private final Logger logger;

    CleanDown(Registry registry, List<LoopHost> hosts, Logger logger) {
        this.registry = registry;
        this.hosts = hosts;
        this.logger = logger;
    }

    /** Returns whether all of it ended within {@code limit}. */
    boolean run(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        List<HostedResource> resources = registry.all();
        List<CompletableFuture<Boolean>> devices =
                resources.stream().map(CleanDown::devicesGo).toList();
        boolean clean = true;
        for (CompletableFuture<Boolean> gone : devices) {
            clean &= ended(gone, deadline, "block devices");
        }
        List<CompletableFuture<Boolean>> users =
                hosts.stream().map(CleanDown::usersLeave).toList();
        for (CompletableFuture<Boolean> left : users) {
            clean &= ended(left, deadline, "NBD clients");
        }
        List<CompletableFuture<Boolean>> downs =
                resources.stream().map(this::down).toList();
        for (int i = 0; i < downs.size(); i++) {
            clean &= ended(downs.get(i), deadline, resources.get(i).name());
        }
        return clean;
    }

    /** Cached data are written first; a device that is in use goes nevertheless. */
    private static CompletableFuture<Boolean> devicesGo(HostedResource resource) {
        return resource.devices().tear().thenApply(Outcome::success);
    }

    private static CompletableFuture<Boolean> usersLeave(LoopHost host) {
        CompletableFuture<Boolean> left = new CompletableFuture<>();
        host.loop().execute(() -> host.nbd().close(() -> left.complete(true)));
        return left;
    }

    private CompletableFuture<Boolean> down(HostedResource resource) {
        CompletableFuture<Outcome> outcome = resource.call((core, reply) -> core.down(reply));
        return outcome.thenApply(ended -> {
            if (!ended.success()) {
                logger.warn(
                        "{}: did not go down: {} {}",
                        resource.name(),
                        ended.code().text(),
                        ended.detail());
            }
            return ended.success();
        });
    }

    private boolean ended(CompletableFuture<Boolean> part, long deadline, String what) {
        try {
            return part.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            logger.warn("{}: not down in time", what);
            return false;
        } catch (ExecutionException e) {
            logger.error("{}: an internal error while going down", what, e.getCause());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
