package io.bsr.config.plan;

import io.bsr.config.model.PeerView;
import io.bsr.config.model.ResourceView;
import io.bsr.config.model.Volume;
import io.bsr.config.option.Settings;
import java.util.ArrayList;
import java.util.List;

/**
 * Spells the calls of the lower tools for one resource as one node sees it; command-line reference, sections 2.4 and 2.5.
 */
final class CommandBuilder {
    static final String SET_DEFAULTS = "--set-defaults";

    private final ResourceView view;

    CommandBuilder(ResourceView view) {
        this.view = view;
    }

    Command setup(Stage stage, List<String> arguments) {
        return new Command(stage, view.name(), Command.Program.BSRSETUP, arguments);
    }

    Command setup(Stage stage, String... arguments) {
        return setup(stage, List.of(arguments));
    }

    /** {@code verb R [options]}. */
    Command resource(Stage stage, String verb, List<String> options) {
        return setup(stage, with(List.of(verb, view.name()), options));
    }

    /** {@code verb M [options]}. */
    Command minor(Stage stage, String verb, Volume volume, List<String> options) {
        return setup(stage, with(List.of(verb, minor(volume)), options));
    }

    /** {@code verb R ID [options]}. */
    Command peer(Stage stage, String verb, PeerView peer, List<String> options) {
        return setup(stage, with(List.of(verb, view.name(), id(peer)), options));
    }

    /** {@code verb R ID VNR [options]}. */
    Command peerDevice(Stage stage, String verb, PeerView peer, int volume, List<String> options) {
        return setup(stage, with(List.of(verb, view.name(), id(peer), Integer.toString(volume)), options));
    }

    /** {@code bsrmeta M v09 MD IDX [options] verb}; the volume has a disk. */
    Command meta(Stage stage, Volume volume, Volume.Backing backing, List<String> options) {
        List<String> arguments = with(
                List.of(
                        minor(volume),
                        "v09",
                        backing.metaDevice(),
                        backing.metaDisk().metaArgument()),
                options);
        return new Command(stage, view.name(), Command.Program.BSRMETA, arguments);
    }

    Command newResource() {
        List<String> head = List.of(
                "new-resource", view.name(), Integer.toString(view.self().nodeId()));
        return setup(Stage.PREREQUISITE, with(head, view.resourceOptions().arguments()));
    }

    Command nodeOptions(boolean setDefaults) {
        return resource(Stage.RESOURCE, "node-options", options(setDefaults, view.nodeOptions()));
    }

    Command newMinor(Volume volume) {
        List<String> head = List.of("new-minor", view.name(), minor(volume), Integer.toString(volume.number()));
        return setup(Stage.DISK_PREP_UP, with(head, volume.diskless() ? List.of("--diskless") : List.of()));
    }

    Command newPeer(Stage stage, PeerView peer) {
        return peer(stage, "new-peer", peer, peer.net().arguments());
    }

    List<Command> newPaths(Stage stage, PeerView peer) {
        List<Command> commands = new ArrayList<>();
        for (PeerView.PathView path : peer.paths()) {
            commands.add(newPath(stage, peer, path));
        }
        return commands;
    }

    Command newPath(Stage stage, PeerView peer, PeerView.PathView path) {
        return peer(
                stage,
                "new-path",
                peer,
                List.of(path.local().argument(), path.remote().argument(), view.disableIpVerification() ? "1" : "0"));
    }

    Command delPath(Stage stage, PeerView peer, PeerView.PathView path) {
        return peer(
                stage,
                "del-path",
                peer,
                List.of(path.local().argument(), path.remote().argument()));
    }

    /** Only for the volumes that have options. */
    List<Command> peerDeviceOptions(PeerView peer, boolean setDefaults) {
        List<Command> commands = new ArrayList<>();
        peer.peerDevices().forEach((volume, settings) -> {
            if (!settings.isEmpty()) {
                commands.add(peerDeviceOptions(peer, volume, settings, setDefaults));
            }
        });
        return commands;
    }

    Command peerDeviceOptions(PeerView peer, int volume, Settings settings, boolean setDefaults) {
        return peerDevice(Stage.PEER_DEVICE, "peer-device-options", peer, volume, options(setDefaults, settings));
    }

    /** The activity log applied and the disk attached; nothing for a diskless volume. */
    List<Command> attach(Volume volume) {
        return attach(volume, volume.diskOptions().arguments());
    }

    List<Command> attach(Volume volume, List<String> options) {
        Volume.Backing backing = volume.backing();
        if (backing == null) {
            return List.of();
        }
        List<String> head = List.of(
                "attach",
                minor(volume),
                backing.disk(),
                backing.metaDevice(),
                backing.metaDisk().attachArgument());
        return List.of(meta(Stage.DISK, volume, backing, List.of("apply-al")), setup(Stage.DISK, with(head, options)));
    }

    Command applyPersistRole() {
        return resource(Stage.DISK, "apply-persist-role", List.of());
    }

    Command connect(PeerView peer, List<String> options) {
        return peer(Stage.NET_CONNECT, "connect", peer, options);
    }

    static List<String> options(boolean setDefaults, Settings settings) {
        return setDefaults ? with(List.of(SET_DEFAULTS), settings.arguments()) : settings.arguments();
    }

    static List<String> with(List<String> head, List<String> tail) {
        List<String> all = new ArrayList<>(head);
        all.addAll(tail);
        return all;
    }

    private static String minor(Volume volume) {
        return Integer.toString(volume.minor());
    }

    private static String id(PeerView peer) {
        return Integer.toString(peer.nodeId());
    }
}
