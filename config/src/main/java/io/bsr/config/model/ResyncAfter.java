package io.bsr.config.model;

import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.diagnostic.Diagnostics;
import io.bsr.config.option.Setting;
import io.bsr.config.option.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Translates {@code resync-after RESOURCE[/VOLUME]} into the minor number of that volume on one node. */
final class ResyncAfter {
    private static final String OPTION = "resync-after";

    private final List<Resource> resources;
    private final NodeIdentity node;
    private final Diagnostics diagnostics;

    ResyncAfter(List<Resource> resources, NodeIdentity node, Diagnostics diagnostics) {
        this.resources = resources;
        this.node = node;
        this.diagnostics = diagnostics;
    }

    /** The host with the option translated in all its volumes. */
    Host resolve(Resource resource, Host host) {
        boolean used = host.volumes().values().stream()
                .anyMatch(volume -> volume.diskOptions().find(OPTION).isPresent());
        if (!used) {
            return host;
        }
        SortedMap<Integer, Volume> volumes = new TreeMap<>();
        for (Map.Entry<Integer, Volume> entry : host.volumes().entrySet()) {
            volumes.put(entry.getKey(), resolve(resource, entry.getValue()));
        }
        return new Host(
                host.names(),
                host.floating(),
                host.platform(),
                host.nodeId(),
                host.address(),
                host.publicAddress(),
                host.group(),
                host.nodeOptions(),
                volumes,
                host.proxy(),
                host.declared(),
                host.at());
    }

    private Volume resolve(Resource resource, Volume volume) {
        List<Setting> settings = new ArrayList<>();
        for (Setting setting : volume.diskOptions().list()) {
            if (!setting.name().equals(OPTION)) {
                settings.add(setting);
                continue;
            }
            String minor = minor(setting.value());
            if (minor == null) {
                diagnostics.add(
                        DiagnosticCode.RESYNC_AFTER_UNKNOWN,
                        setting.at(),
                        "resource '" + resource.name() + "': resync-after '" + setting.value()
                                + "' names no volume of this node");
            } else {
                settings.add(new Setting(setting.option(), minor, setting.at(), setting.inherited()));
            }
        }
        return new Volume(
                volume.number(),
                volume.implicit(),
                volume.device(),
                volume.backing(),
                new Settings(settings),
                volume.peerDeviceOptions(),
                volume.at());
    }

    private @Nullable String minor(String value) {
        if (value.equals("-1") || (value.length() <= 7 && value.chars().allMatch(c -> c >= '0' && c <= '9'))) {
            return value;
        }
        int slash = value.lastIndexOf('/');
        String name = slash < 0 ? value : value.substring(0, slash);
        String number = slash < 0 ? "" : value.substring(slash + 1);
        for (Resource resource : resources) {
            if (resource.name().equals(name)) {
                return resource.hosts().stream()
                        .filter(node::is)
                        .findFirst()
                        .map(host -> minorOf(host, number))
                        .orElse(null);
            }
        }
        return null;
    }

    private static @Nullable String minorOf(Host host, String number) {
        if (number.isEmpty()) {
            return host.volumes().size() == 1
                    ? Integer.toString(host.volumes().firstEntry().getValue().minor())
                    : null;
        }
        return host.volumes().values().stream()
                .filter(volume -> Integer.toString(volume.number()).equals(number))
                .findFirst()
                .map(volume -> Integer.toString(volume.minor()))
                .orElse(null);
    }
}
