package io.bsr.config;

import io.bsr.config.declared.Address;
import io.bsr.config.declared.MetaDisk;
import io.bsr.config.diagnostic.Location;
import io.bsr.config.option.OptionDefinition;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import io.bsr.config.option.OptionValue;
import io.bsr.config.option.Setting;
import io.bsr.config.option.Settings;
import io.bsr.config.plan.Command;
import io.bsr.config.running.RunningResource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an engine would have after the calls of the tools: the least that {@code adjust} can be compared with. */
final class EngineModel {
    private static final Location NOWHERE = Location.ofFile("engine");

    private boolean exists;
    private String name = "";
    private int nodeId;
    private Map<String, String> resourceOptions = new LinkedHashMap<>();
    private Map<String, String> nodeOptions = new LinkedHashMap<>();
    private final SortedMap<Integer, Volume> volumes = new TreeMap<>();
    private final SortedMap<Integer, Peer> peers = new TreeMap<>();

    private static final class Volume {
        private int minor;
        private RunningResource.@Nullable RunningDisk disk;
        private Map<String, String> options = new LinkedHashMap<>();
    }

    private static final class Peer {
        private Map<String, String> net = new LinkedHashMap<>();
        private final List<RunningResource.RunningPath> paths = new ArrayList<>();
        private final Map<Integer, Map<String, String>> volumes = new TreeMap<>();
        private boolean connected;
    }

    /** Carries out a call; one that an engine would refuse is an error of the plan. */
    void run(Command command) {
        if (command.program() != Command.Program.BSRSETUP) {
            return;
        }
        List<String> words = new ArrayList<>(command.arguments().stream()
                .filter(word -> !word.startsWith("--"))
                .toList());
        List<String> options = command.arguments().stream()
                .filter(word -> word.startsWith("--"))
                .toList();
        String verb = words.removeFirst();
        switch (verb) {
            case "new-resource" -> {
                require(!exists, command);
                exists = true;
                name = words.get(0);
                nodeId = Integer.parseInt(words.get(1));
                resourceOptions = set(OptionGroup.RESOURCE, new LinkedHashMap<>(), options);
            }
            case "resource-options" -> resourceOptions = set(OptionGroup.RESOURCE, resourceOptions, options);
            case "node-options" -> nodeOptions = set(OptionGroup.NODE, nodeOptions, options);
            case "new-minor" -> {
                Volume volume = new Volume();
                volume.minor = Integer.parseInt(words.get(1));
                require(volumes.put(Integer.valueOf(words.get(2)), volume) == null, command);
            }
            case "del-minor" -> {
                require(byMinor(words.get(0)).disk == null, command);
                int minor = Integer.parseInt(words.get(0));
                volumes.values().removeIf(volume -> volume.minor == minor);
            }
            case "attach" -> {
                Volume volume = byMinor(words.get(0));
                require(volume.disk == null, command);
                volume.disk = new RunningResource.RunningDisk(words.get(1), meta(words.get(2), words.get(3)));
                volume.options = set(OptionGroup.DISK, new LinkedHashMap<>(), options);
            }
            case "detach" -> {
                Volume volume = byMinor(words.get(0));
                volume.disk = null;
                volume.options = new LinkedHashMap<>();
            }
            case "disk-options" -> {
                Volume volume = byMinor(words.get(0));
                @Nullable String size = volume.options.get("size");
                volume.options = set(OptionGroup.DISK, volume.options, options);
                if (size != null) {
                    volume.options.put("size", size);
                }
            }
            case "resize" -> set(OptionGroup.DISK, byMinor(words.get(0)).options, options);
            case "new-peer" -> {
                Peer peer = new Peer();
                peer.net = set(OptionGroup.NET, new LinkedHashMap<>(), options);
                require(peers.put(Integer.valueOf(words.get(1)), peer) == null, command);
            }
            case "del-peer" -> require(peers.remove(Integer.valueOf(words.get(1))) != null, command);
            case "net-options" -> {
                Peer peer = peer(words);
                peer.net = set(OptionGroup.NET, peer.net, options);
            }
            case "new-path" -> require(peer(words).paths.add(path(words)), command);
            case "del-path" -> {
                require(!peer(words).connected, command);
                require(peer(words).paths.remove(path(words)), command);
            }
            case "peer-device-options" -> {
                require(volumes.containsKey(Integer.valueOf(words.get(2))), command);
                peer(words)
                        .volumes
                        .compute(
                                Integer.valueOf(words.get(2)),
                                (number, now) -> set(
                                        OptionGroup.PEER_DEVICE, now == null ? new LinkedHashMap<>() : now, options));
            }
            case "connect" -> peer(words).connected = true;
            case "disconnect" -> peer(words).connected = false;
            case "check-resize", "apply-persist-role" -> {}
            default -> throw new IllegalArgumentException(command.toString());
        }
        peers.values().forEach(peer -> peer.volumes.keySet().retainAll(volumes.keySet()));
    }

    private static void require(boolean fine, Command command) {
        if (!fine) {
            throw new IllegalStateException("an engine would refuse: " + command);
        }
    }

    private Volume byMinor(String minor) {
        return volumes.values().stream()
                .filter(volume -> volume.minor == Integer.parseInt(minor))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no minor " + minor));
    }

    private Peer peer(List<String> words) {
        Peer peer = peers.get(Integer.valueOf(words.get(1)));
        if (peer == null) {
            throw new IllegalStateException("no peer " + words);
        }
        return peer;
    }

    private static RunningResource.RunningPath path(List<String> words) {
        return new RunningResource.RunningPath(address(words.get(2)), address(words.get(3)));
    }

    private static Address address(String text) {
        int family = text.indexOf(':');
        int port = text.lastIndexOf(':');
        String host = text.substring(family + 1, port).replace("[", "").replace("]", "");
        Address.Family found = text.startsWith("ipv6") ? Address.Family.IPV6 : Address.Family.IPV4;
        return new Address(found, host, Integer.parseInt(text.substring(port + 1)));
    }

    private static MetaDisk meta(String device, String index) {
        return switch (index) {
            case "internal" -> new MetaDisk.Internal();
            case "flexible" -> new MetaDisk.Flexible(device);
            default -> new MetaDisk.Indexed(device, Integer.parseInt(index));
        };
    }

    /** Options as an engine keeps them: in plain numbers. */
    private static Map<String, String> set(OptionGroup group, Map<String, String> now, List<String> words) {
        Map<String, String> options = words.contains("--set-defaults") ? new LinkedHashMap<>() : now;
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                String option = word.substring(2, equals);
                options.put(option, OptionValue.canonical(OptionTable.get(group, option), word.substring(equals + 1)));
            }
        }
        return options;
    }

    private static Settings settings(OptionGroup group, Map<String, String> options, String... without) {
        List<Setting> settings = new ArrayList<>();
        for (OptionDefinition row : OptionTable.of(group)) {
            String value = options.get(row.name());
            if (value != null && !List.of(without).contains(row.name())) {
                settings.add(Setting.derived(row, value, NOWHERE));
            }
        }
        return new Settings(settings);
    }

    /** The state as {@code show} would tell it; null if there is no resource. */
    @Nullable RunningResource running() {
        if (!exists) {
            return null;
        }
        SortedMap<Integer, RunningResource.RunningVolume> shown = new TreeMap<>();
        volumes.forEach((number, volume) -> shown.put(
                number,
                new RunningResource.RunningVolume(
                        number, volume.minor, volume.disk, false, settings(OptionGroup.DISK, volume.options))));
        List<RunningResource.RunningConnection> connections = new ArrayList<>();
        peers.forEach((id, peer) -> {
            SortedMap<Integer, Settings> devices = new TreeMap<>();
            peer.volumes.forEach((number, options) -> devices.put(number, settings(OptionGroup.PEER_DEVICE, options)));
            connections.add(new RunningResource.RunningConnection(
                    id,
                    peer.net.getOrDefault("peer-node-name", ""),
                    peer.net.getOrDefault("peer-node-group", ""),
                    peer.paths,
                    settings(OptionGroup.NET, peer.net, "peer-node-name", "peer-node-group"),
                    devices,
                    !peer.connected));
        });
        return new RunningResource(
                name,
                settings(OptionGroup.RESOURCE, resourceOptions),
                nodeId,
                nodeOptions.getOrDefault("node-name", ""),
                nodeOptions.getOrDefault("group", ""),
                settings(OptionGroup.NODE, nodeOptions, "node-name", "group"),
                shown,
                connections);
    }
}
