package io.bsr.engine.command;

import io.bsr.base.Minor;
import io.bsr.base.VolumeNumber;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.port.BlockStore;
import io.bsr.base.state.DiskState;
import io.bsr.control.command.Command;
import io.bsr.core.Reply;
import io.bsr.core.ResizeRequest;
import io.bsr.core.Resource;
import io.bsr.core.disk.AttachRequest;
import io.bsr.core.option.DiskOptions;
import io.bsr.core.snapshot.VolumeSnapshot;
import io.bsr.engine.fault.FaultKind;
import io.bsr.engine.host.GivenOptions.Target;
import io.bsr.engine.host.HostedResource;
import io.bsr.engine.host.Registry;
import java.util.Map;

/** Volumes and their disks; they are named by their minor numbers. */
final class DiskCommands {
    private final Registry registry;

    DiskCommands(Registry registry) {
        this.registry = registry;
    }

    /** What a command does to one volume. */
    @FunctionalInterface
    interface VolumeAction {
        void on(Resource core, VolumeNumber volume, Reply reply);
    }

    Outcome onVolume(int minor, Deadline deadline, VolumeAction action) throws Refusal, InterruptedException {
        Registry.VolumeAddress address = Lookups.minor(registry, minor);
        VolumeNumber volume = new VolumeNumber(address.volume());
        return deadline.await(address.resource().call((core, reply) -> action.on(core, volume, reply)));
    }

    Outcome detach(Command.Detach command, Deadline deadline) throws Refusal, InterruptedException {
        Registry.VolumeAddress address = Lookups.minor(registry, command.minor());
        VolumeNumber volume = new VolumeNumber(address.volume());
        return deadline.await(
                address.resource().callAndRelease((core, reply) -> core.detach(volume, command.force(), reply)));
    }

    Outcome newMinor(Command.NewMinor command, Deadline deadline) throws Refusal, InterruptedException {
        HostedResource hosted = Lookups.resource(registry, command.resource());
        VolumeNumber volume = Lookups.volume(command.volume());
        Minor minor = Lookups.minor(command.minor());
        Registry.VolumeAddress address = new Registry.VolumeAddress(hosted, command.volume());
        if (registry.has(hosted, command.volume()) || !registry.reserve(command.minor(), address)) {
            throw new Refusal(ErrorCode.MINOR_OR_VOLUME_EXISTS, "");
        }
        Outcome outcome = deadline.await(hosted.call((core, reply) -> {
            Outcome created = OptionSetting.taken(() -> core.newVolume(volume, minor, command.options()));
            if (created.success()) {
                hosted.export(core, volume);
            }
            reply.done(created);
        }));
        if (!outcome.success() && outcome.code() != ErrorCode.TIMEOUT) {
            registry.release(command.minor(), address);
        }
        return outcome;
    }

    Outcome delMinor(Command.DelMinor command, Deadline deadline) throws Refusal, InterruptedException {
        Registry.VolumeAddress address = Lookups.minor(registry, command.minor());
        HostedResource hosted = address.resource();
        Outcome free = deadline.await(hosted.call((core, reply) -> reply.done(diskless(core, address.volume()))));
        if (free.success()) {
            // Otherwise it is refused, and the device has to stay.
            DeviceSteps.release(hosted, address.volume(), deadline);
        }
        return deadline.await(hosted.call((core, reply) -> {
            Outcome outcome = core.deleteVolume(new VolumeNumber(address.volume()));
            if (outcome.success()) {
                hosted.withdraw(address.volume());
                hosted.options().forgetVolume(address.volume());
                registry.release(command.minor(), address);
            }
            reply.done(outcome);
        }));
    }

    Outcome attach(Command.Attach command, Deadline deadline) throws Refusal, InterruptedException {
        Registry.VolumeAddress address = Lookups.minor(registry, command.minor());
        HostedResource hosted = address.resource();
        DiskOptions options = options(command.options());
        int index = DiskOpening.index(command.metaIndex());
        // Asked before the disk is opened: it would be found claimed, by this very volume.
        Outcome free = deadline.await(hosted.call((core, reply) -> reply.done(diskless(core, address.volume()))));
        if (!free.success()) {
            return free;
        }
        DiskOpening.Stores stores =
                DiskOpening.open(hosted.host().loop(), command.disk(), command.metaDisk(), index, deadline);
        boolean[] handedOver = new boolean[1];
        Outcome outcome = deadline.await(hosted.callAndRelease((core, reply) -> {
            handedOver[0] = true;
            BlockStore data = hosted.guard(stores.data(), command.disk());
            BlockStore meta = stores.meta() == stores.data() ? data : hosted.guard(stores.meta(), command.metaDisk());
            AttachRequest request = new AttachRequest(
                    hosted.watched(address.volume(), hosted.handle(data, FaultKind.DATA, command.minor())),
                    hosted.handle(meta, FaultKind.METADATA, command.minor()),
                    hosted.watched(address.volume(), hosted.handle(data, FaultKind.RESYNC, command.minor())),
                    index,
                    options);
            core.attach(new VolumeNumber(address.volume()), request, attached -> {
                if (attached.success()) {
                    hosted.attached(address.volume());
                    hosted.options().set(new Target.OfDisk(address.volume()), command.options());
                }
                reply.done(attached);
            });
        }));
        // Tasks of a loop run in their order: if the resource was gone or stopped, nobody has taken the stores.
        hosted.host().loop().execute(() -> {
            if (!handedOver[0]) {
                stores.close();
            }
        });
        return hosted.primary() ? DeviceSteps.told(outcome, hosted, deadline) : outcome;
    }

    private static Outcome diskless(Resource core, int number) {
        for (VolumeSnapshot volume : core.snapshot().volumes()) {
            if (volume.number() == number && volume.disk() != DiskState.DISKLESS) {
                return Outcome.of(ErrorCode.DISK_CONFIGURED, "It is " + volume.backing() + ", " + volume.disk() + ".");
            }
        }
        return Outcome.OK;
    }

    Outcome resize(Command.Resize command, Deadline deadline) throws Refusal, InterruptedException {
        if (command.size() < 0 || command.alStripes() < 0 || command.alStripeSizeKb() < 0) {
            throw new Refusal(ErrorCode.INVALID_REQUEST, "a size is not negative");
        }
        ResizeRequest wanted = new ResizeRequest(
                command.size(),
                command.assumePeerHasSpace(),
                command.assumeClean(),
                command.alStripes(),
                command.alStripeSizeKb());
        Registry.VolumeAddress address = Lookups.minor(registry, command.minor());
        HostedResource hosted = address.resource();
        Target target = new Target.OfDisk(address.volume());
        return deadline.await(
                hosted.call((core, reply) -> core.resize(new VolumeNumber(address.volume()), wanted, outcome -> {
                    if (outcome.success()) {
                        // The limit of the next attach, and what "adjust" compares with the configuration.
                        Map<String, String> size = Map.of("size", Long.toString(command.size()));
                        hosted.options().set(target, hosted.options().with(target, false, size));
                    }
                    reply.done(outcome);
                })));
    }

    Outcome setOptions(Command.DiskOptions command, Deadline deadline) throws Refusal, InterruptedException {
        if (command.options().containsKey("size")) {
            throw new Refusal(ErrorCode.INVALID_REQUEST, "the size of a volume is changed by resize");
        }
        Registry.VolumeAddress address = Lookups.minor(registry, command.minor());
        HostedResource hosted = address.resource();
        Target target = new Target.OfDisk(address.volume());
        return deadline.await(hosted.call((core, reply) -> {
            Map<String, String> options = hosted.options().with(target, command.setDefaults(), command.options());
            OptionSetting.apply(
                    reply,
                    hosted,
                    target,
                    options,
                    () -> core.setDiskOptions(new VolumeNumber(address.volume()), options));
        }));
    }

    private static DiskOptions options(Map<String, String> options) throws Refusal {
        try {
            return DiskOptions.from(options);
        } catch (IllegalArgumentException e) {
            throw new Refusal(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()));
        }
    }
}
