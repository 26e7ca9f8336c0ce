package io.bsr.engine.command;

import io.bsr.base.NodeId;
import io.bsr.base.VolumeNumber;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.control.command.Command;
import io.bsr.control.server.CommandHandler;
import io.bsr.control.setting.LogSettings;
import io.bsr.control.status.Answer;
import io.bsr.core.Resource;
import io.bsr.core.option.FencingPolicy;
import io.bsr.engine.device.ResourceDevices;
import io.bsr.engine.host.GivenOptions.Target;
import io.bsr.engine.host.HostedResource;
import io.bsr.engine.host.Registry;
import io.bsr.engine.host.StatusBoard;
import io.bsr.engine.parameter.ParameterException;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** Carries out the commands of the control interface. */
public final class CommandExecutor implements CommandHandler {
    private final Registry registry;
    private final StatusBoard board;
    private final ResourceCommands resources;
    private final DiskCommands disks;
    private final StatusQuery status;
    private final ExportQuery exports;
    private final EngineAccess engine;

    public CommandExecutor(
            Registry registry, StatusBoard board, EngineAccess engine, ResourceCommands.Founder founder) {
        this.engine = engine;
        this.registry = registry;
        this.board = board;
        this.resources = new ResourceCommands(registry, founder);
        this.disks = new DiskCommands(registry);
        this.status = new StatusQuery(registry, board);
        this.exports = new ExportQuery(registry);
    }

    @Override
    public Feed follow() {
        return board.follow();
    }

    @Override
    public Answer handle(Command command, long nanoTime) throws InterruptedException {
        Deadline deadline = new Deadline(nanoTime);
        try {
            return switch (command) {
                case Command.Status c -> Answer.of(status.report(c.resource()));
                case Command.Info c -> Answer.of(engine.info().get());
                case Command.Diagnose c -> Answer.of(SelfDiagnosis.now());
                case Command.Exports c -> Answer.of(exports.list(c.resource(), deadline));
                case Command.Events c -> throw new IllegalArgumentException("events are streamed, not handled");
                default -> Answer.of(carryOut(command, deadline));
            };
        } catch (Refusal refusal) {
            return Answer.of(refusal.outcome());
        }
    }

    private Outcome carryOut(Command command, Deadline deadline) throws Refusal, InterruptedException {
        return switch (command) {
            case Command.NewResource c -> IneffectiveOptions.resource(resources.create(c, deadline), c.options());
            case Command.DelResource c -> resources.delete(c.resource(), deadline);
            case Command.Down c -> resources.down(c.resource(), deadline);
            case Command.ResourceOptions c -> {
                Outcome outcome = setResourceOptions(
                        c.resource(), new Target.OfResource(), c.setDefaults(), c.options(), deadline);
                yield IneffectiveOptions.resource(outcome, c.options());
            }
            case Command.NodeOptions c ->
                setResourceOptions(c.resource(), new Target.OfNode(), c.setDefaults(), c.options(), deadline);

            case Command.NewMinor c -> disks.newMinor(c, deadline);
            case Command.DelMinor c -> disks.delMinor(c, deadline);
            case Command.Attach c -> disks.attach(c, deadline);
            case Command.DiskOptions c -> disks.setOptions(c, deadline);
            case Command.Detach c -> disks.detach(c, deadline);
            case Command.Resize c -> disks.resize(c, deadline);
            case Command.Outdate c -> disks.onVolume(c.minor(), deadline, Resource::outdate);
            case Command.SuspendIo c ->
                disks.onVolume(c.minor(), deadline, (core, number, reply) -> reply.done(core.suspendIo(number)));
            case Command.ResumeIo c ->
                disks.onVolume(c.minor(), deadline, (core, number, reply) -> reply.done(core.resumeIo(number)));
            case Command.NewCurrentUuid c ->
                disks.onVolume(
                        c.minor(),
                        deadline,
                        (core, number, reply) ->
                                core.newCurrentUuid(number, c.clearBitmap(), !c.noRotateBitmap(), reply));
            case Command.ForgetPeer c -> {
                NodeId peer = peer(c.peerNodeId());
                yield on(c.resource(), deadline, (core, reply) -> core.forgetPeer(peer, reply));
            }
            case Command.Invalidate c -> {
                Integer from = c.syncFromPeerNodeId();
                NodeId source = from == null ? null : peer(from);
                yield disks.onVolume(
                        c.minor(), deadline, (core, number, reply) -> core.invalidate(number, source, reply));
            }

            case Command.NewPeer c -> {
                NodeId peer = peer(c.peerNodeId());
                requireHandlersFor(c.options());
                yield set(
                        c.resource(),
                        new Target.OfPeer(c.peerNodeId()),
                        true,
                        c.options(),
                        deadline,
                        core -> options ->
                                IneffectiveOptions.twoPrimaries(core.newPeer(peer, options), c.options(), options));
            }
            case Command.NetOptions c -> {
                NodeId peer = peer(c.peerNodeId());
                requireHandlersFor(c.options());
                yield set(
                        c.resource(),
                        new Target.OfPeer(c.peerNodeId()),
                        c.setDefaults(),
                        c.options(),
                        deadline,
                        core -> options -> IneffectiveOptions.twoPrimaries(
                                core.setNetOptions(peer, options), c.options(), options));
            }
            case Command.PeerDeviceOptions c -> {
                NodeId peer = peer(c.peerNodeId());
                VolumeNumber volume = volume(c.volume());
                Target target = new Target.OfPeerDevice(c.peerNodeId(), c.volume());
                yield set(
                        c.resource(),
                        target,
                        c.setDefaults(),
                        c.options(),
                        deadline,
                        core -> options -> core.setPeerDeviceOptions(peer, volume, options));
            }
            case Command.DelPeer c -> delPeer(c, deadline);
            case Command.NewPath c ->
                onPeer(
                        c.resource(),
                        c.peerNodeId(),
                        deadline,
                        (core, peer) -> core.newPath(peer, c.local(), c.remote()));
            case Command.DelPath c ->
                onPeer(
                        c.resource(),
                        c.peerNodeId(),
                        deadline,
                        (core, peer) -> core.deletePath(peer, c.local(), c.remote()));

            case Command.Connect c -> {
                NodeId peer = peer(c.peerNodeId());
                yield on(
                        c.resource(),
                        deadline,
                        (core, reply) -> core.connect(peer, c.discardMyData(), c.tentative(), reply));
            }
            case Command.Disconnect c -> {
                NodeId peer = peer(c.peerNodeId());
                yield on(c.resource(), deadline, (core, reply) -> core.disconnect(peer, c.force(), reply));
            }
            case Command.Primary c ->
                RoleCommands.primary(Lookups.resource(registry, c.resource()), c.force(), c.fullSync(), deadline);
            case Command.Secondary c -> RoleCommands.secondary(Lookups.resource(registry, c.resource()), deadline);
            case Command.InvalidateRemote c -> {
                NodeId peer = peer(c.peerNodeId());
                VolumeNumber volume = volume(c.volume());
                yield on(c.resource(), deadline, (core, reply) -> {
                    if (c.useCurrentOos()) {
                        reply.done(core.resyncMarkedBlocks(peer, volume));
                    } else {
                        core.invalidateRemote(peer, volume, reply);
                    }
                });
            }
            case Command.Verify c -> {
                NodeId peer = peer(c.peerNodeId());
                VolumeNumber volume = volume(c.volume());
                long start = sector("start", c.start());
                long stop = sector("stop", c.stop());
                yield on(
                        c.resource(),
                        deadline,
                        (core, reply) -> core.verify(peer, volume, start, stop, c.autoSync(), reply));
            }
            case Command.VerifyStop c -> {
                VolumeNumber volume = volume(c.volume());
                yield onPeer(c.resource(), c.peerNodeId(), deadline, (core, peer) -> core.verifyStop(peer, volume));
            }
            case Command.PauseSync c -> {
                VolumeNumber volume = volume(c.volume());
                yield onPeer(c.resource(), c.peerNodeId(), deadline, (core, peer) -> core.pauseSync(peer, volume));
            }
            case Command.ResumeSync c -> {
                VolumeNumber volume = volume(c.volume());
                yield onPeer(c.resource(), c.peerNodeId(), deadline, (core, peer) -> core.resumeSync(peer, volume));
            }

            case Command.SetParameter c -> {
                try {
                    engine.parameters().change(c.name(), c.value());
                    engine.log().info("bsrd: parameter {} is set to {}", c.name(), c.value());
                } catch (ParameterException e) {
                    throw new Refusal(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()));
                }
                yield Outcome.OK;
            }
            case Command.ReadSettings c -> engine.readSettings().get();
            case Command.WriteLog c -> writeLog(c);

            case Command.Status c -> throw notACommand(c);
            case Command.Info c -> throw notACommand(c);
            case Command.Diagnose c -> throw notACommand(c);
            case Command.Exports c -> throw notACommand(c);
            case Command.Events c -> throw notACommand(c);
        };
    }

    private Outcome writeLog(Command.WriteLog command) throws Refusal {
        if (command.level() < 0 || command.level() > LogSettings.MOST_DETAILED) {
            throw new Refusal(ErrorCode.INVALID_REQUEST, "a level is 0 … 7, not " + command.level());
        }
        Level level = command.level() <= 3
                ? Level.ERROR
                : command.level() == 4 ? Level.WARN : command.level() <= 6 ? Level.INFO : Level.DEBUG;
        engine.log().atLevel(level).log("{}", command.text());
        return Outcome.OK;
    }

    private static IllegalArgumentException notACommand(Command query) {
        return new IllegalArgumentException(query + " changes nothing");
    }

    private Outcome on(String resource, Deadline deadline, HostedResource.Action action)
            throws Refusal, InterruptedException {
        return deadline.await(Lookups.resource(registry, resource).call(action));
    }

    private Outcome onPeer(
            String resource, int peerNodeId, Deadline deadline, BiFunction<Resource, NodeId, Outcome> action)
            throws Refusal, InterruptedException {
        NodeId peer = peer(peerNodeId);
        return on(resource, deadline, (core, reply) -> reply.done(action.apply(core, peer)));
    }

    private Outcome setResourceOptions(
            String resource, Target target, boolean setDefaults, Map<String, String> changes, Deadline deadline)
            throws Refusal, InterruptedException {
        HostedResource hosted = Lookups.resource(registry, resource);
        return deadline.await(hosted.call((core, reply) -> {
            Map<String, String> options = hosted.options().with(target, setDefaults, changes);
            OptionSetting.apply(reply, hosted, target, options, () -> {
                ResourceDevices.check(options);
                return core.setOptions(hosted.forCore(hosted.options().resourceWith(target, options)));
            });
        }));
    }

    private Outcome set(
            String resource,
            Target target,
            boolean setDefaults,
            Map<String, String> changes,
            Deadline deadline,
            Function<Resource, Function<Map<String, String>, Outcome>> setter)
            throws Refusal, InterruptedException {
        HostedResource hosted = Lookups.resource(registry, resource);
        return deadline.await(hosted.call((core, reply) -> {
            Map<String, String> options = hosted.options().with(target, setDefaults, changes);
            OptionSetting.apply(
                    reply, hosted, target, options, () -> setter.apply(core).apply(options));
        }));
    }

    /** A peer that is connected is disconnected first, as {@code bsrsetup del-peer} does. */
    private Outcome delPeer(Command.DelPeer command, Deadline deadline) throws Refusal, InterruptedException {
        HostedResource hosted = Lookups.resource(registry, command.resource());
        NodeId peer = peer(command.peerNodeId());
        return deadline.await(hosted.call((core, reply) -> core.disconnect(peer, command.force(), disconnected -> {
            boolean standAlone = disconnected.success() || disconnected.code() == ErrorCode.ALREADY_STANDALONE;
            reply.done(standAlone ? forgetPeer(hosted, core, peer) : disconnected);
        })));
    }

    private static Outcome forgetPeer(HostedResource hosted, Resource core, NodeId peer) {
        Outcome outcome = core.deletePeer(peer);
        if (outcome.success()) {
            hosted.options().forgetPeer(peer.value());
        }
        return outcome;
    }

    /** −1 for a sector that is not given. */
    private static long sector(String name, @Nullable Long sector) throws Refusal {
        if (sector == null) {
            return -1;
        }
        if (sector < 0) {
            throw new Refusal(ErrorCode.INVALID_REQUEST, name + " is a sector, 0 or more, not " + sector);
        }
        return sector;
    }

    /**
     * Fencing without handlers protects nobody, and freezes I/O for ever.
     *
     * @throws Refusal if these options ask for it while handlers are off
     */
    private void requireHandlersFor(Map<String, String> options) throws Refusal {
        String policy = options.getOrDefault("fencing", FencingPolicy.DONT_CARE.toString());
        if (!policy.equals(FencingPolicy.DONT_CARE.toString())
                && !engine.handlersOn().getAsBoolean()) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "fencing " + policy + " needs handlers, and they are off, so fence-peer would never be called."
                            + " Switch them on with 'bsrcon /handler_use 1', or leave out the option");
        }
    }

    private static NodeId peer(int number) throws Refusal {
        return Lookups.nodeId(number);
    }

    private static VolumeNumber volume(int number) throws Refusal {
        return Lookups.volume(number);
    }
}
