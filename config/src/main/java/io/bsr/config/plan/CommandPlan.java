package io.bsr.config.plan;

import static io.bsr.config.plan.CommandBuilder.with;

import io.bsr.config.model.PeerView;
import io.bsr.config.model.ResourceView;
import io.bsr.config.model.Volume;
import io.bsr.config.option.Setting;
import io.bsr.config.option.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Spells one {@link AdmCommand} for one target; command-line reference, section 2.4. */
public final class CommandPlan {
    private static final Set<Integer> NO_DISK_OR_DATA = Set.of(11, 17);

    private final Target target;
    private final CommandBuilder builder;
    private final List<String> given;

    private CommandPlan(Target target, List<String> given) {
        this.target = target;
        this.builder = new CommandBuilder(target.resource());
        this.given = List.copyOf(given);
    }

    /**
     * A call with what to do if it fails.
     *
     * @param fallback null if a failure is a failure
     */
    public record Step(Command command, @Nullable Fallback fallback) {}

    /**
     * The calls in order. Volumes without a disk are left out by the commands that need one.
     *
     * @param given arguments from the command line that are handed on as they are
     */
    public static List<Step> of(AdmCommand command, Target target, List<String> given) {
        return new CommandPlan(target, given).steps(command);
    }

    private List<Step> steps(AdmCommand command) {
        return switch (command.over()) {
            case NOTHING -> throw new IllegalArgumentException(command + " calls no lower tool");
            case RESOURCE -> List.of(new Step(ofResource(command), null));
            case VOLUMES -> {
                List<Step> steps = new ArrayList<>();
                for (Volume volume : target.volumes()) {
                    if (!command.is(AdmCommand.Trait.DISK) || !volume.diskless()) {
                        steps.addAll(ofVolume(command, volume));
                    }
                }
                yield steps;
            }
            case CONNECTIONS -> {
                List<Step> steps = new ArrayList<>();
                target.peers().forEach(peer -> steps.addAll(ofPeer(command, peer)));
                yield steps;
            }
            case PEER_DEVICES -> {
                List<Step> steps = new ArrayList<>();
                for (PeerView peer : target.peers()) {
                    for (Volume volume : target.volumes()) {
                        steps.add(ofPeerDevice(command, peer, volume));
                    }
                }
                yield steps;
            }
        };
    }

    private Command ofResource(AdmCommand command) {
        Settings startup = target.resource().resource().options().startup();
        return switch (command) {
            case NEW_RESOURCE -> {
                ResourceView view = target.resource();
                List<String> head = List.of(
                        "new-resource",
                        view.name(),
                        Integer.toString(view.self().nodeId()));
                yield builder.setup(Stage.PREREQUISITE, with(head, withGiven(view.resourceOptions())));
            }
            case NODE_OPTIONS ->
                builder.resource(
                        Stage.RESOURCE,
                        "node-options",
                        withGiven(target.resource().nodeOptions()));
            case WAIT_CONNECT -> builder.resource(Stage.NET_CONNECT, "wait-connect-resource", withGiven(startup));
            case WAIT_SYNC -> builder.resource(Stage.NET_CONNECT, "wait-sync-resource", withGiven(startup));
            default -> builder.resource(Stage.RESOURCE, command.verb(), given);
        };
    }

    private List<Step> ofVolume(AdmCommand command, Volume volume) {
        Volume.Backing backing = volume.backing();
        return switch (command) {
            case ATTACH -> steps(builder.attach(volume, withGiven(volume.diskOptions())));
            case NEW_MINOR -> steps(withGiven(builder.newMinor(volume)));
            case RESIZE -> {
                Settings size =
                        new Settings(volume.diskOptions().find("size").stream().toList());
                yield steps(List.of(
                        builder.minor(Stage.DISK, "resize", volume, withGiven(size)),
                        builder.minor(Stage.DISK, "check-resize", volume, List.of())));
            }
            case DUMP_MD, APPLY_AL, WIPE_MD ->
                backing == null
                        ? List.of()
                        : steps(builder.meta(Stage.DISK, volume, backing, with(List.of(command.verb()), given)));
            case CHECK_RESIZE -> {
                Command resize = builder.minor(Stage.DISK, "resize", volume, List.of());
                Command check = builder.minor(Stage.DISK, "check-resize", volume, List.of());
                Fallback fallback = backing == null
                        ? null
                        : Fallback.to(List.of(builder.meta(Stage.DISK, volume, backing, List.of("check-resize"))));
                yield List.of(new Step(resize, null), new Step(check, fallback));
            }
            case OUTDATE, DSTATE -> {
                Command first = builder.minor(Stage.DISK, command.verb(), volume, given);
                if (backing == null) {
                    yield List.of(new Step(first, null));
                }
                List<Command> instead = List.of(builder.meta(Stage.DISK, volume, backing, List.of(command.verb())));
                // 17: in use, and nobody else has the data. 5: inconsistent; handlers for fence-peer know both.
                yield List.of(new Step(
                        first,
                        command == AdmCommand.OUTDATE
                                ? new Fallback(instead, Set.of(17), Set.of(5))
                                : Fallback.to(instead)));
            }
            default -> steps(builder.minor(Stage.DISK, command.verb(), volume, given));
        };
    }

    private List<Step> ofPeer(AdmCommand command, PeerView peer) {
        return switch (command) {
            case NEW_PEER -> steps(builder.peer(Stage.NET_PREP_UP, "new-peer", peer, withGiven(peer.net())));
            case NEW_PATH -> steps(builder.newPaths(Stage.NET_PATH, peer));
            case DEL_PATH ->
                peer.paths().stream()
                        .map(path -> new Step(builder.delPath(Stage.NET_PATH, peer, path), null))
                        .toList();
            case NET_OPTIONS -> {
                yield steps(builder.peer(
                        Stage.NET, "net-options", peer, withGiven(peer.net().without("transport"))));
            }
            case FORGET_PEER -> {
                List<Command> instead = new ArrayList<>();
                for (Volume volume : target.volumes()) {
                    Volume.Backing backing = volume.backing();
                    if (backing != null) {
                        instead.add(builder.meta(
                                Stage.DISK, volume, backing, List.of("--node-id=" + peer.nodeId(), "forget-peer")));
                    }
                }
                yield List.of(new Step(builder.peer(Stage.NET, "forget-peer", peer, given), Fallback.to(instead)));
            }
            default -> steps(builder.peer(Stage.NET_CONNECT, command.verb(), peer, given));
        };
    }

    private Step ofPeerDevice(AdmCommand command, PeerView peer, Volume volume) {
        int number = volume.number();
        Volume.Backing backing = volume.backing();
        return switch (command) {
            case PEER_DEVICE_OPTIONS -> {
                Settings configured = peer.peerDevices().getOrDefault(number, Settings.NONE);
                yield new Step(
                        builder.peerDevice(
                                Stage.PEER_DEVICE, "peer-device-options", peer, number, withGiven(configured)),
                        null);
            }
            case SHOW_GI, GET_GI -> {
                Command first = builder.peerDevice(Stage.PEER_DEVICE, command.verb(), peer, number, given);
                yield new Step(
                        first,
                        backing == null
                                ? null
                                : new Fallback(
                                        List.of(builder.meta(
                                                Stage.DISK,
                                                volume,
                                                backing,
                                                List.of("--node-id=" + peer.nodeId(), command.verb()))),
                                        NO_DISK_OR_DATA,
                                        Set.of()));
            }
            case SET_GI ->
                backing == null
                        ? new Step(builder.peerDevice(Stage.PEER_DEVICE, "set-gi", peer, number, given), null)
                        : new Step(
                                builder.meta(
                                        Stage.DISK,
                                        volume,
                                        backing,
                                        with(List.of("--node-id=" + peer.nodeId(), "set-gi"), given)),
                                null);
            default -> new Step(builder.peerDevice(Stage.PEER_DEVICE, command.verb(), peer, number, given), null);
        };
    }

    private Command withGiven(Command command) {
        return new Command(command.stage(), command.resource(), command.program(), with(command.arguments(), given));
    }

    /** What is configured, except for the options that the command line gives, then these. */
    private List<String> withGiven(Settings configured) {
        List<String> words = new ArrayList<>();
        for (Setting setting : configured.list()) {
            String bare = "--" + setting.name();
            if (given.stream().noneMatch(word -> word.equals(bare) || word.startsWith(bare + "="))) {
                words.add(setting.argument());
            }
        }
        words.addAll(given);
        return words;
    }

    private static List<Step> steps(List<Command> commands) {
        return commands.stream().map(command -> new Step(command, null)).toList();
    }

    private static List<Step> steps(Command command) {
        return List.of(new Step(command, null));
    }
}
