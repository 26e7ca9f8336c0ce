package io.bsr.config.plan;

import static io.bsr.config.plan.CommandBuilder.options;

import io.bsr.config.model.PeerView;
import io.bsr.config.model.ResourceView;
import io.bsr.config.option.Settings;
import io.bsr.config.plan.PlannedChange.Effect;
import io.bsr.config.running.RunningResource;
import io.bsr.config.running.RunningResource.RunningConnection;
import io.bsr.config.running.RunningResource.RunningPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The connections of one resource: what adjust has to do about them. */
final class AdjustConnections {
    private static final String TRANSPORT = "transport";
    private static final String PEER_NAME = "peer-node-name";
    private static final String PEER_GROUP = "peer-node-group";

    private final ResourceView wanted;
    private final RunningResource running;
    private final CommandBuilder builder;
    private final Set<Integer> newVolumes;
    private final List<String> connectOptions;

    AdjustConnections(
            ResourceView wanted,
            RunningResource running,
            CommandBuilder builder,
            Set<Integer> newVolumes,
            List<String> connectOptions) {
        this.wanted = wanted;
        this.running = running;
        this.builder = builder;
        this.newVolumes = newVolumes;
        this.connectOptions = connectOptions;
    }

    void add(List<PlannedChange> changes) {
        for (RunningConnection connection : running.connections()) {
            boolean kept = wanted.peers().stream().anyMatch(peer -> peer.nodeId() == connection.peerNodeId());
            if (!kept) {
                changes.add(new PlannedChange(
                        "connection to " + connection.peerName() + " (node-id " + connection.peerNodeId() + ")",
                        Effect.STOP,
                        List.of("it is not configured"),
                        List.of(delPeer(connection))));
            }
        }
        for (PeerView peer : wanted.peers()) {
            Optional<RunningConnection> now = running.connection(peer.nodeId());
            if (now.isEmpty()) {
                changes.add(new PlannedChange(shown(peer), Effect.START, List.of("it does not run"), create(peer)));
            } else if (!transport(peer.net()).equals(transport(now.get().net()))) {
                List<Command> commands = new ArrayList<>(List.of(delPeer(now.get())));
                commands.addAll(create(peer));
                String reason = "transport: " + transport(now.get().net()) + " -> " + transport(peer.net());
                changes.add(new PlannedChange(shown(peer), Effect.RECONNECT, List.of(reason), commands));
            } else {
                change(changes, peer, now.get());
            }
        }
    }

    private static String shown(PeerView peer) {
        return "connection to " + peer.host().groupOrName() + " (node-id " + peer.nodeId() + ")";
    }

    private Command delPeer(RunningConnection connection) {
        return builder.setup(Stage.NET_PREP_DOWN, "del-peer", wanted.name(), Integer.toString(connection.peerNodeId()));
    }

    private static String transport(Settings net) {
        String value = net.value(TRANSPORT).orElse("");
        return value.isEmpty() ? "tcp" : value;
    }

    private List<Command> create(PeerView peer) {
        List<Command> commands = new ArrayList<>();
        commands.add(builder.newPeer(Stage.NET_PREP_UP, peer));
        commands.addAll(builder.newPaths(Stage.NET_PATH, peer));
        commands.addAll(builder.peerDeviceOptions(peer, true));
        commands.add(builder.connect(peer, connectOptions));
        return commands;
    }

    private void change(List<PlannedChange> changes, PeerView peer, RunningConnection now) {
        boolean pathsChanged = paths(changes, peer, now);
        if (netDiffers(peer, now)) {
            Settings net = peer.net().without(TRANSPORT);
            changes.add(new PlannedChange(
                    shown(peer) + ", options",
                    Effect.LIVE,
                    netDifferences(peer, now),
                    List.of(builder.peer(Stage.NET, "net-options", peer, options(true, net)))));
        }
        peer.peerDevices().forEach((volume, settings) -> {
            boolean created = newVolumes.contains(volume);
            Settings current = created ? Settings.NONE : now.peerDevices().getOrDefault(volume, Settings.NONE);
            if ((created && !settings.isEmpty()) || !settings.sameEffect(current)) {
                changes.add(new PlannedChange(
                        shown(peer) + ", options of volume " + volume,
                        Effect.LIVE,
                        PlannedChange.differences(current, settings),
                        List.of(builder.peerDeviceOptions(peer, volume, settings, true))));
            }
        });
        if (!pathsChanged && now.standAlone()) {
            changes.add(new PlannedChange(
                    shown(peer),
                    Effect.START,
                    List.of("it is StandAlone"),
                    List.of(builder.connect(peer, connectOptions))));
        }
    }

    private static List<String> netDifferences(PeerView peer, RunningConnection now) {
        List<String> lines = new ArrayList<>(PlannedChange.differences(plain(now.net()), plain(peer.net())));
        difference(lines, PEER_NAME, now.peerName(), peer);
        difference(lines, PEER_GROUP, now.peerGroup(), peer);
        return lines;
    }

    private static void difference(List<String> lines, String option, String now, PeerView peer) {
        String configured = peer.net().value(option).orElse("");
        if (!configured.equals(now)) {
            lines.add(option + ": " + now + " -> " + configured);
        }
    }

    private static Settings plain(Settings net) {
        return net.without(TRANSPORT).without(PEER_NAME).without(PEER_GROUP);
    }

    private static boolean netDiffers(PeerView peer, RunningConnection now) {
        return !plain(peer.net()).sameEffect(plain(now.net()))
                || !peer.net().value(PEER_NAME).orElse("").equals(now.peerName())
                || !peer.net().value(PEER_GROUP).orElse("").equals(now.peerGroup());
    }

    /** Exchanges address pairs; the connection has to be down for that. */
    private boolean paths(List<PlannedChange> changes, PeerView peer, RunningConnection now) {
        List<RunningPath> configured = peer.paths().stream()
                .map(path -> new RunningPath(path.local(), path.remote()))
                .toList();
        List<RunningPath> added =
                configured.stream().filter(path -> !now.paths().contains(path)).toList();
        List<RunningPath> removed =
                now.paths().stream().filter(path -> !configured.contains(path)).toList();
        if (added.isEmpty() && removed.isEmpty()) {
            return false;
        }
        List<Command> commands = new ArrayList<>();
        if (!now.standAlone()) {
            commands.add(builder.peer(Stage.NET_DISCONNECT, "disconnect", peer, List.of()));
        }
        for (RunningPath path : removed) {
            commands.add(builder.delPath(Stage.NET_PREP_DOWN, peer, view(path)));
        }
        for (RunningPath path : added) {
            commands.add(builder.newPath(Stage.NET_PATH, peer, view(path)));
        }
        commands.add(builder.connect(peer, connectOptions));
        List<String> reasons = new ArrayList<>();
        removed.forEach(path -> reasons.add("path that is not configured: " + shown(path)));
        added.forEach(path -> reasons.add("path that does not run: " + shown(path)));
        changes.add(new PlannedChange(
                shown(peer) + ", paths", now.standAlone() ? Effect.START : Effect.RECONNECT, reasons, commands));
        return true;
    }

    private static String shown(RunningPath path) {
        return path.local() + " " + path.remote();
    }

    private static PeerView.PathView view(RunningPath path) {
        return new PeerView.PathView(path.local(), path.remote());
    }
}
