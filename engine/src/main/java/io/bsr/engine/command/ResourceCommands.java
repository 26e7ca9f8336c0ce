package io.bsr.engine.command;

import io.bsr.base.NodeId;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.control.command.Command;
import io.bsr.engine.host.HostedResource;
import io.bsr.engine.host.Registry;

/** Resources come and go. */
public final class ResourceCommands {
    private static final int MOST_NAME_CHARACTERS = 127;

    /** Finds a place for a new resource. */
    @FunctionalInterface
    public interface Founder {
        HostedResource found(String name);
    }

    private final Registry registry;
    private final Founder founder;

    ResourceCommands(Registry registry, Founder founder) {
        this.registry = registry;
        this.founder = founder;
    }

    Outcome create(Command.NewResource command, Deadline deadline) throws Refusal, InterruptedException {
        String name = command.resource();
        requireName(name);
        NodeId self = Lookups.nodeId(command.nodeId());
        HostedResource resource = founder.found(name);
        if (!registry.add(resource)) {
            throw new Refusal(ErrorCode.INVALID_REQUEST, "Resource " + name + " exists already. Take it down first.");
        }
        Outcome outcome = deadline.await(resource.create(self, command.options()));
        if (!outcome.success() && outcome.code() != ErrorCode.TIMEOUT) {
            remove(resource);
        }
        return outcome;
    }

    Outcome delete(String name, Deadline deadline) throws Refusal, InterruptedException {
        HostedResource resource = Lookups.resource(registry, name);
        return deadline.await(resource.call((core, reply) -> {
            var snapshot = core.snapshot();
            if (!snapshot.volumes().isEmpty()) {
                reply.done(Outcome.of(ErrorCode.RESOURCE_IN_USE, ""));
            } else if (!snapshot.connections().isEmpty()) {
                reply.done(Outcome.of(ErrorCode.NET_CONFIGURED, "Delete its peers first."));
            } else {
                core.down(outcome -> {
                    if (outcome.success()) {
                        forget(resource);
                    }
                    reply.done(outcome);
                });
            }
        }));
    }

    /** Of a resource that does not exist, this is true already. */
    Outcome down(String name, Deadline deadline) throws Refusal, InterruptedException {
        HostedResource resource = registry.find(name);
        if (resource == null) {
            return Outcome.OK;
        }
        RoleCommands.Change goDown = () -> deadline.await(resource.callAndRelease((core, reply) -> core.down(ended -> {
            if (ended.success()) {
                forget(resource);
            }
            reply.done(ended);
        })));
        Outcome outcome = RoleCommands.demoting(resource, goDown, deadline);
        if (outcome.code() == ErrorCode.INVALID_REQUEST && removeIfStopped(resource, deadline)) {
            return Outcome.OK;
        }
        return outcome;
    }

    /** What an internal error has stopped cannot be asked to go down, only be forgotten. */
    private boolean removeIfStopped(HostedResource resource, Deadline deadline) throws InterruptedException {
        Outcome outcome = deadline.await(resource.forgetIfStopped());
        if (outcome.success()) {
            registry.remove(resource);
        }
        return outcome.success();
    }

    /** On the loop. */
    private void forget(HostedResource resource) {
        resource.forget();
        registry.remove(resource);
    }

    private void remove(HostedResource resource) {
        registry.remove(resource);
        resource.host().loop().execute(resource::forget);
    }

    private static void requireName(String name) throws Refusal {
        boolean good = !name.isEmpty()
                && name.length() <= MOST_NAME_CHARACTERS
                && name.chars().allMatch(c -> c > ' ' && c != 0x7f && c != '/')
                && !name.equals("all");
        if (!good) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "The name of a resource has 1 … " + MOST_NAME_CHARACTERS
                            + " characters without blanks and slashes, and is not \"all\".");
        }
    }
}
