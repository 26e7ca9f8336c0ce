package io.bsr.cli.status;

import io.bsr.base.state.ConnectionState;
import io.bsr.config.declared.Address;
import io.bsr.config.declared.MetaDisk;
import io.bsr.config.diagnostic.Location;
import io.bsr.config.option.OptionDefinition;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import io.bsr.config.option.Setting;
import io.bsr.config.option.Settings;
import io.bsr.config.running.RunningResource;
import io.bsr.config.running.RunningResource.RunningConnection;
import io.bsr.config.running.RunningResource.RunningDisk;
import io.bsr.config.running.RunningResource.RunningPath;
import io.bsr.config.running.RunningResource.RunningVolume;
import io.bsr.control.status.ConnectionStatus;
import io.bsr.control.status.PeerDeviceStatus;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.VolumeStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A status as the model that {@code show} prints and {@code adjust} compares; command-line reference, section 3.7.1. */
public final class RunningConfiguration {
    private static final Location ENGINE = Location.ofFile("bsrd");
    private static final int FLEXIBLE = -2;
    private static final int INTERNAL = -3;

    private RunningConfiguration() {}

    public static RunningResource of(ResourceStatus resource) {
        SortedMap<Integer, RunningVolume> volumes = new TreeMap<>();
        for (VolumeStatus volume : resource.volumes()) {
            volumes.put(volume.number(), volume(volume));
        }
        return new RunningResource(
                resource.name(),
                settings(OptionGroup.RESOURCE, resource.options()),
                resource.nodeId(),
                resource.nodeName(),
                resource.options().getOrDefault("group", ""),
                settings(OptionGroup.NODE, resource.options())
                        .without("node-name")
                        .without("group"),
                volumes,
                StatusText.sorted(resource.connections()).stream()
                        .map(RunningConfiguration::connection)
                        .toList());
    }

    private static RunningVolume volume(VolumeStatus volume) {
        return new RunningVolume(
                volume.number(),
                volume.minor(),
                disk(volume),
                Names.wantsNoDisk(volume),
                settings(OptionGroup.DISK, volume.options()));
    }

    private static @Nullable RunningDisk disk(VolumeStatus volume) {
        if (volume.backing().isEmpty()) {
            return null;
        }
        MetaDisk metaDisk =
                switch (volume.metaIndex()) {
                    case INTERNAL -> new MetaDisk.Internal();
                    case FLEXIBLE -> new MetaDisk.Flexible(volume.metaBacking());
                    default -> new MetaDisk.Indexed(volume.metaBacking(), volume.metaIndex());
                };
        return new RunningDisk(volume.backing(), metaDisk);
    }

    private static RunningConnection connection(ConnectionStatus connection) {
        SortedMap<Integer, Settings> peerDevices = new TreeMap<>();
        for (PeerDeviceStatus peer : connection.peerDevices()) {
            Settings settings = settings(OptionGroup.PEER_DEVICE, peer.options());
            if (!settings.isEmpty()) {
                peerDevices.put(peer.volume(), settings);
            }
        }
        List<RunningPath> paths = new ArrayList<>();
        for (String text : connection.paths()) {
            RunningPath path = path(text);
            if (path != null) {
                paths.add(path);
            }
        }
        return new RunningConnection(
                connection.peerNodeId(),
                connection.options().getOrDefault("peer-node-name", connection.name()),
                connection.options().getOrDefault("peer-node-group", ""),
                paths,
                settings(OptionGroup.NET, connection.options())
                        .without("peer-node-name")
                        .without("peer-node-group"),
                peerDevices,
                connection.state() == ConnectionState.STANDALONE);
    }

    private static Settings settings(OptionGroup group, Map<String, String> options) {
        List<Setting> settings = new ArrayList<>();
        for (OptionDefinition row : OptionTable.of(group)) {
            String value = options.get(row.name());
            if (value != null) {
                settings.add(Setting.derived(row, value, ENGINE));
            }
        }
        return new Settings(settings);
    }

    /** Two addresses, {@code ipv4:10.9.0.1:7788 ipv4:10.9.0.2:7788}; null if it is something newer. */
    private static @Nullable RunningPath path(String text) {
        String[] ends = text.split(" ", -1);
        if (ends.length != 2) {
            return null;
        }
        Address local = address(ends[0]);
        Address remote = address(ends[1]);
        return local == null || remote == null ? null : new RunningPath(local, remote);
    }

    private static @Nullable Address address(String text) {
        int colon = text.indexOf(':');
        int port = text.lastIndexOf(':');
        if (colon < 0 || port <= colon || !text.substring(port + 1).matches("[0-9]{1,5}")) {
            return null;
        }
        String host = text.substring(colon + 1, port);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        for (Address.Family family : Address.Family.values()) {
            if (family.word().equals(text.substring(0, colon))) {
                return new Address(family, host, Integer.parseInt(text.substring(port + 1)));
            }
        }
        return null;
    }
}
