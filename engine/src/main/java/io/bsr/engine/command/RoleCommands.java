package io.bsr.engine.command;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.core.Resource;
import io.bsr.engine.host.HostedResource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Changes of the role, with the handlers before and after it; handlers reference, sections 2 and 2.2. A handler that says
 * no is why the command is refused, and nothing else happens: the original drops all connections and calls it a success.
 */
final class RoleCommands {
    /** A change of the role, or of more that ends it. */
    @FunctionalInterface
    interface Change {
        Outcome carryOut() throws InterruptedException;
    }

    private RoleCommands() {}

    static Outcome primary(HostedResource resource, boolean force, boolean fullSync, Deadline deadline)
            throws Refusal, InterruptedException {
        Change change = () -> DeviceSteps.afterPromotion(
                resource,
                deadline.await(resource.call((core, reply) -> core.primary(force, fullSync, reply))),
                deadline);
        return resource.primary() ? change.carryOut() : between(resource, "promote", change, deadline);
    }

    static Outcome secondary(HostedResource resource, Deadline deadline) throws Refusal, InterruptedException {
        return demoting(resource, () -> deadline.await(resource.call(Resource::secondary)), deadline);
    }

    /** {@code change} demotes this node if it is Primary. */
    static Outcome demoting(HostedResource resource, Change change, Deadline deadline)
            throws Refusal, InterruptedException {
        if (!resource.primary()) {
            return change.carryOut();
        }
        DeviceSteps.requireUnused(resource, deadline);
        return between(resource, "demote", DeviceSteps.withoutDevices(resource, change, deadline), deadline);
    }

    private static Outcome between(HostedResource resource, String what, Change change, Deadline deadline)
            throws Refusal, InterruptedException {
        String before = "before-" + what;
        int code = await(resource, before, deadline);
        if (code != 0) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "Handler " + before + " says no: it ended with exit code " + code
                            + ". Nothing was changed. Its output is in the log of bsrd.");
        }
        Outcome outcome = change.carryOut();
        if (outcome.success()) {
            resource.tellHandler("after-" + what);
        }
        return outcome;
    }

    private static int await(HostedResource resource, String handler, Deadline deadline)
            throws Refusal, InterruptedException {
        try {
            return resource.callHandler(handler)
                    .get(Math.max(0, deadline.nanoTime() - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new Refusal(
                    ErrorCode.TIMEOUT,
                    "Handler " + handler
                            + " has not ended in time. Nothing was changed, and nothing will be; it goes on.");
        } catch (ExecutionException e) {
            throw new IllegalStateException("a handler", e.getCause());
        }
    }
}
