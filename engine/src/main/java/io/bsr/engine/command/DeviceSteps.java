package io.bsr.engine.command;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.port.VolumePort;
import io.bsr.core.Resource;
import io.bsr.core.snapshot.VolumeSnapshot;
import io.bsr.engine.device.ResourceDevices;
import io.bsr.engine.host.HostedResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What commands have to do about block devices: they come after a promotion and go before a demotion. */
final class DeviceSteps {
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(30);

    private DeviceSteps() {}

    /** Promotes and makes the devices. Where these are demanded and cannot be had, the node is not Primary after all. */
    static Outcome afterPromotion(HostedResource resource, Outcome promoted, Deadline deadline)
            throws InterruptedException {
        if (!promoted.success()) {
            return promoted;
        }
        Outcome attached = attach(resource, deadline);
        if (attached.success()) {
            return promoted;
        }
        if (attached.code() == ErrorCode.TIMEOUT) {
            return attached;
        }
        if (!required(resource, deadline)) {
            return Outcome.of(promoted.code(), attached.detail());
        }
        if (promoted.code() == ErrorCode.NOTHING_TO_DO) {
            return attached;
        }
        Outcome detached = detach(resource, resource.devices().detach(deadline.nanoTime()), deadline);
        Outcome demoted = detached.success() ? deadline.await(resource.call(Resource::secondary)) : detached;
        return Outcome.of(
                attached.code(),
                attached.detail()
                        + (demoted.success()
                                ? "\nThe node is Secondary again, because the option attach demands a device."
                                : "\nThe node is Primary and could not be demoted: " + demoted.detail()));
    }

    /** A Primary has got one more volume with data: makes its device, and says so with the outcome if that fails. */
    static Outcome told(Outcome outcome, HostedResource resource, Deadline deadline) throws InterruptedException {
        Outcome attached = outcome.success() ? attach(resource, deadline) : outcome;
        return attached.success() ? outcome : Outcome.of(outcome.code(), attached.detail());
    }

    /** Makes the devices that are wanted and not there. */
    static Outcome attach(HostedResource resource, Deadline deadline) throws InterruptedException {
        List<ResourceDevices.Candidate> candidates = new ArrayList<>();
        Map<String, String> options = new HashMap<>();
        Outcome asked = deadline.await(resource.call((core, reply) -> {
            options.putAll(resource.options().resourceAndNode());
            if (resource.devices().concerned(options)) {
                for (VolumeSnapshot volume : core.snapshot().volumes()) {
                    VolumePort port = resource.exported(volume.number());
                    if (port != null && port.size() > 0) {
                        candidates.add(new ResourceDevices.Candidate(
                                volume.number(),
                                volume.minor(),
                                port,
                                port.logicalBlockSize(),
                                resource.proof(volume.number())));
                    }
                }
            }
            reply.done(Outcome.OK);
        }));
        if (!asked.success() || candidates.isEmpty()) {
            return asked;
        }
        return shown(resource, deadline.await(resource.devices().attach(candidates, options)), deadline);
    }

    private static boolean required(HostedResource resource, Deadline deadline) throws InterruptedException {
        boolean[] required = new boolean[1];
        deadline.await(resource.call((core, reply) -> {
            required[0] = resource.devices().required(resource.options().resourceAndNode());
            reply.done(Outcome.OK);
        }));
        return required[0];
    }

    /** Refuses if somebody uses a device, or the volume in another way: then nothing has been changed. */
    static void requireUnused(HostedResource resource, Deadline deadline) throws Refusal, InterruptedException {
        if (resource.devices().none()) {
            return;
        }
        Outcome asked = deadline.await(resource.call((core, reply) -> {
            List<String> others = new ArrayList<>();
            for (VolumeSnapshot volume : core.snapshot().volumes()) {
                for (String user : volume.users()) {
                    if (!resource.devices().isDevice(user)) {
                        others.add(user + " (volume " + resource.name() + "/" + volume.number() + ")");
                    }
                }
            }
            reply.done(
                    others.isEmpty()
                            ? Outcome.OK
                            : Outcome.of(ErrorCode.DEVICE_IN_USE, "held open by " + String.join(", ", others)));
        }));
        // One that an internal error has stopped cannot be asked, and may go down nevertheless.
        if (asked.code() != ErrorCode.INVALID_REQUEST) {
            require(asked);
        }
        require(deadline.await(resource.devices().unused()));
    }

    private static void require(Outcome outcome) throws Refusal {
        if (!outcome.success()) {
            throw new Refusal(outcome.code(), outcome.detail());
        }
    }

    /** Takes the devices away, then changes; makes them again if it comes to no change. */
    static RoleCommands.Change withoutDevices(HostedResource resource, RoleCommands.Change change, Deadline deadline) {
        return () -> {
            if (resource.devices().none()) {
                return change.carryOut();
            }
            Outcome detached = detach(resource, resource.devices().detach(deadline.nanoTime()), deadline);
            Outcome outcome = detached.success() ? change.carryOut() : detached;
            if (!outcome.success() && outcome.code() != ErrorCode.TIMEOUT) {
                attach(resource, deadline);
            }
            return outcome;
        };
    }

    /** Takes the device of one volume away, unless somebody uses it. */
    static void release(HostedResource resource, int volume, Deadline deadline) throws Refusal, InterruptedException {
        if (!resource.devices().none()) {
            CompletableFuture<Outcome> detaching = resource.devices().detach(volume, deadline.nanoTime());
            require(shown(resource, detach(resource, detaching, deadline), deadline));
        }
    }

    /** Waits for devices to go. If that takes too long nobody goes on after it, so that they are made again then. */
    private static Outcome detach(HostedResource resource, CompletableFuture<Outcome> detaching, Deadline deadline)
            throws InterruptedException {
        Outcome detached = deadline.await(detaching);
        if (detached.code() != ErrorCode.TIMEOUT) {
            return detached;
        }
        var unused = detaching.thenRunAsync(() -> again(resource), task -> Thread.ofPlatform()
                .name("again-" + resource.name())
                .daemon(true)
                .start(task));
        return Outcome.of(
                ErrorCode.TIMEOUT,
                "The block devices did not go in time: what is cached of them is still being written. The node stays"
                        + " Primary, and devices that have gone come again. Try again later.");
    }

    private static void again(HostedResource resource) {
        try {
            if (resource.primary()) {
                attach(resource, new Deadline(System.nanoTime() + AGAIN_NANOS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Has the status show what devices there are. */
    private static Outcome shown(HostedResource resource, Outcome outcome, Deadline deadline)
            throws InterruptedException {
        deadline.await(resource.call((core, reply) -> reply.done(Outcome.OK)));
        return outcome;
    }
}
