package io.bsr.config.plan;

import static io.bsr.config.plan.CommandBuilder.options;

import io.bsr.config.model.PeerView;
import io.bsr.config.model.ResourceView;
import io.bsr.config.option.Settings;
import io.bsr.config.running.RunningResource;
import io.bsr.config.running.RunningResource.RunningConnection;
import io.bsr.config.running.RunningResource.RunningPath;
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

    void add(List<Command> commands) {
        for (RunningConnection connection : running.connections()) {
            boolean kept = wanted.peers().stream().anyMatch(peer -> peer.nodeId() == connection.peerNodeId());
            if (!kept) {
                commands.add(delPeer(connection));
            }
        }
        for (PeerView peer : wanted.peers()) {
            Optional<RunningConnection> now = running.connection(peer.nodeId());
            if (now.isEmpty()) {
                create(commands, peer);
            } else if (!transport(peer.net()).equals(transport(now.get().net()))) {
                commands.add(delPeer(now.get()));
                create(commands, peer);
            } else {
                change(commands, peer, now.get());
            }
        }
    }

    private Command delPeer(RunningConnection connection) {
        return builder.setup(Stage.NET_PREP_DOWN, "del-peer", wanted.name(), Integer.toString(connection.peerNodeId()));
    }

    private static String transport(Settings net) {
        String value = net.value(TRANSPORT).orElse("");
        return value.isEmpty() ? "tcp" : value;
    }

    private void create(List<Command> commands, PeerView peer) {
        commands.add(builder.newPeer(Stage.NET_PREP_UP, peer));
        commands.addAll(builder.newPaths(Stage.NET_PATH, peer));
        commands.addAll(builder.peerDeviceOptions(peer, true));
        commands.add(builder.connect(peer, connectOptions));
    }

    private void change(List<Command> commands, PeerView peer, RunningConnection now) {
        boolean pathsChanged = paths(commands, peer, now);
        if (netDiffers(peer, now)) {
            Settings net = peer.net().without(TRANSPORT);
            commands.add(builder.peer(Stage.NET, "net-options", peer, options(true, net)));
        }
        peer.peerDevices().forEach((volume, settings) -> {
            Settings current = now.peerDevices().getOrDefault(volume, Settings.NONE);
            boolean created = newVolumes.contains(volume) && !settings.isEmpty();
            if (created || !settings.sameEffect(newVolumes.contains(volume) ? Settings.NONE : current)) {
                commands.add(builder.peerDeviceOptions(peer, volume, settings, true));
            }
        });
        if (pathsChanged || now.standAlone()) {
            commands.add(builder.connect(peer, connectOptions));
        }
    }

    private boolean netDiffers(PeerView peer, RunningConnection now) {
        Settings configured = peer.net().without(TRANSPORT).without(PEER_NAME).without(PEER_GROUP);
        Settings current = now.net().without(TRANSPORT).without(PEER_NAME).without(PEER_GROUP);
        return !configured.sameEffect(current)
                || !peer.net().value(PEER_NAME).orElse("").equals(now.peerName())
                || !peer.net().value(PEER_GROUP).orElse("").equals(now.peerGroup());
    }

    /** Exchanges address pairs; the connection has to be down for that. */
    private boolean paths(List<Command> commands, PeerView peer, RunningConnection now) {
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
        if (!now.standAlone()) {
            commands.add(builder.peer(Stage.NET_DISCONNECT, "disconnect", peer, List.of()));
        }
        for (RunningPath path : removed) {
            commands.add(builder.delPath(Stage.NET_PREP_DOWN, peer, view(path)));
        }
        for (RunningPath path : added) {
            commands.add(builder.newPath(Stage.NET_PATH, peer, view(path)));
        }
        return true;
    }

    private static PeerView.PathView view(RunningPath path) {
        return new PeerView.PathView(path.local(), path.remote());
    }
}
