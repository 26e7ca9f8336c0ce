package io.bsr.engine;

import io.bsr.base.error.Outcome;
import io.bsr.engine.host.HostedResource;
import io.bsr.engine.host.LoopHost;
import io.bsr.engine.host.Registry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
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
        Map<HostedResource, CompletableFuture<Boolean>> devices = new LinkedHashMap<>();
        resources.forEach(resource -> devices.put(resource, devicesGo(resource, limit)));
        Map<LoopHost, CompletableFuture<Boolean>> users = new LinkedHashMap<>();
        hosts.forEach(host -> users.put(host, usersLeave(host, devices, limit)));
        boolean clean = true;
        List<CompletableFuture<Boolean>> downs = resources.stream()
                .map(resource -> present(users.get(resource.host())).thenCompose(left -> down(resource)))
                .toList();
        for (int i = 0; i < downs.size(); i++) {
            String name = resources.get(i).name();
            clean &= ended(downs.get(i), deadline, name);
            clean &= ended(present(devices.get(resources.get(i))), deadline, name + ": block devices");
        }
        for (CompletableFuture<Boolean> left : users.values()) {
            clean &= ended(left, deadline, "NBD clients");
        }
        return clean;
    }

    private static CompletableFuture<Boolean> present(@Nullable CompletableFuture<Boolean> part) {
        return Objects.requireNonNull(part);
    }

    /** Cached data are written first; a device that is in use goes nevertheless. */
    private static CompletableFuture<Boolean> devicesGo(HostedResource resource, Duration limit) {
        return resource.devices().tear(ofDevices(limit)).thenApply(Outcome::success);
    }

    private static Duration ofDevices(Duration limit) {
        return limit.multipliedBy(3).dividedBy(4);
    }

    /**
     * After the devices of the same loop, which may be among them. Devices that do not go in time hold up nobody else, and
     * make the downs of their resources fail.
     */
    private static CompletableFuture<Boolean> usersLeave(
            LoopHost host, Map<HostedResource, CompletableFuture<Boolean>> devices, Duration limit) {
        CompletableFuture<?>[] ofLoop = devices.entrySet().stream()
                .filter(entry -> entry.getKey().host() == host)
                .map(entry -> entry.getValue()
                        .exceptionally(failure -> false)
                        .completeOnTimeout(false, ofDevices(limit).toNanos(), TimeUnit.NANOSECONDS))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture<Boolean> left = new CompletableFuture<>();
        var unused = CompletableFuture.allOf(ofLoop)
                .thenRun(() -> host.loop().execute(() -> host.nbd().close(() -> left.complete(true))));
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
