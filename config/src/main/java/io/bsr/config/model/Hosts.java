package io.bsr.config.model;

import io.bsr.config.declared.DeclaredConnection;
import io.bsr.config.declared.DeclaredHost;
import io.bsr.config.declared.DeclaredResource;
import io.bsr.config.declared.DeclaredVolume;
import io.bsr.config.declared.Device;
import io.bsr.config.declared.MetaDisk;
import io.bsr.config.declared.OptionSections;
import io.bsr.config.diagnostic.Diagnostic;
import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.diagnostic.Diagnostics;
import io.bsr.config.option.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The hosts of a resource and their volumes; configuration-language reference, sections 6.3, 6.4, 8.2 steps 2 to 4. */
final class Hosts {
    private final DeclaredResource resource;
    private final OptionSections options;
    private final Expansion.Inheritance inheritance;
    private final Diagnostics diagnostics;
    private final Map<Integer, DeclaredVolume> outerVolumes = new HashMap<>();

    Hosts(
            DeclaredResource resource,
            OptionSections options,
            Expansion.Inheritance inheritance,
            Diagnostics diagnostics) {
        this.resource = resource;
        this.options = options;
        this.inheritance = inheritance;
        this.diagnostics = diagnostics;
        resource.volumes().forEach(volume -> outerVolumes.put(volume.number(), volume));
    }

    List<Host> expand() {
        if (resource.hosts().isEmpty()) {
            diagnostics.add(
                    DiagnosticCode.HOSTS_MISSING,
                    resource.at(),
                    "resource '" + resource.name() + "' has no host section");
            return List.of();
        }
        int before = diagnostics.errorCount();
        resource.hosts().forEach(this::checkRequired);
        checkGroups();
        checkNodeIds();
        checkProxies();
        List<Host> hosts = new ArrayList<>();
        for (DeclaredHost declared : resource.hosts()) {
            Host host = expand(declared);
            if (host != null) {
                hosts.add(host);
            }
        }
        if (diagnostics.errorCount() == before) {
            checkVolumeSets(hosts);
        }
        return hosts;
    }

    private void checkRequired(DeclaredHost host) {
        if (host.nodeId() == null) {
            missing(DiagnosticCode.NODE_ID_MISSING, host, "node-id");
        }
        if (host.address() == null && addressNeeded()) {
            missing(DiagnosticCode.ADDRESS_MISSING, host, "address");
        }
        if (host.volumes().isEmpty() && resource.volumes().isEmpty()) {
            missing(DiagnosticCode.VOLUME_MISSING, host, "volume");
        }
    }

    private boolean addressNeeded() {
        List<DeclaredConnection> connections = resource.connections();
        return connections.isEmpty()
                || connections.stream()
                        .flatMap(connection -> connection.paths().stream())
                        .flatMap(path -> path.endpoints().stream())
                        .anyMatch(endpoint -> endpoint.address() == null);
    }

    private void missing(DiagnosticCode code, DeclaredHost host, String what) {
        diagnostics.add(
                code, host.at(), "resource '" + resource.name() + "', " + shown(host) + ": " + what + " is missing");
    }

    private static String shown(DeclaredHost host) {
        return "host '" + host.shownName() + "'";
    }

    private void checkGroups() {
        Map<String, DeclaredHost> firstMembers = new HashMap<>();
        for (DeclaredHost host : resource.hosts()) {
            String group = host.group();
            if (group == null) {
                continue;
            }
            DeclaredHost first = firstMembers.putIfAbsent(group, host);
            if (first != null
                    && !(Objects.equals(first.address(), host.address())
                            && Objects.equals(first.publicAddress(), host.publicAddress()))) {
                diagnostics.add(
                        DiagnosticCode.GROUP_MEMBERS_DIFFER,
                        host.at(),
                        "resource '" + resource.name() + "', group '" + group + "': " + shown(host) + " and "
                                + shown(first) + " have different addresses",
                        first.at(),
                        "the other member");
            }
        }
    }

    private void checkNodeIds() {
        Map<Integer, DeclaredHost> used = new HashMap<>();
        for (DeclaredHost host : resource.hosts()) {
            Integer id = host.nodeId();
            DeclaredHost other = id == null ? null : used.putIfAbsent(id, host);
            boolean sameGroup =
                    other != null && host.group() != null && host.group().equals(other.group());
            if (other != null && !sameGroup) {
                diagnostics.add(
                        DiagnosticCode.NODE_ID_DUPLICATE,
                        host.at(),
                        "resource '" + resource.name() + "', " + shown(host) + ": node-id " + id + " is duplicated",
                        other.at(),
                        shown(other) + " has it too");
            }
        }
    }

    private @Nullable Host expand(DeclaredHost declared) {
        SortedMap<Integer, Volume> volumes = new TreeMap<>();
        SortedSet<Integer> numbers = new TreeSet<>(outerVolumes.keySet());
        Map<Integer, DeclaredVolume> own = new HashMap<>();
        declared.volumes().forEach(volume -> own.put(volume.number(), volume));
        numbers.addAll(own.keySet());
        for (int number : numbers) {
            Volume volume = volume(declared, number, own.get(number), outerVolumes.get(number));
            if (volume != null) {
                volumes.put(number, volume);
            }
        }
        Integer nodeId = declared.nodeId();
        if (nodeId == null) {
            return null;
        }
        return new Host(
                declared.names(),
                declared.floating(),
                declared.platform(),
                nodeId,
                declared.address(),
                declared.publicAddress(),
                declared.group(),
                inheritance.merge(declared.nodeOptions(), options.node()),
                volumes,
                declared.proxy(),
                declared,
                declared.at());
    }

    private @Nullable Volume volume(
            DeclaredHost host, int number, @Nullable DeclaredVolume own, @Nullable DeclaredVolume outer) {
        DeclaredVolume near = own != null ? own : Objects.requireNonNull(outer);
        Device device = near.device() != null || outer == null ? near.device() : outer.device();
        String disk = near.disk() != null || outer == null ? near.disk() : outer.disk();
        MetaDisk metaDisk = near.metaDisk() != null || outer == null ? near.metaDisk() : outer.metaDisk();
        String where = "resource '" + resource.name() + "', " + shown(host) + ", volume " + number + ": ";
        if (device == null) {
            diagnostics.add(DiagnosticCode.DEVICE_MISSING, near.at(), where + "device is missing");
            return null;
        }
        Volume.Backing backing = null;
        if (disk != null && !disk.equals("none")) {
            if (metaDisk == null) {
                diagnostics.add(DiagnosticCode.META_DISK_MISSING, near.at(), where + "meta-disk is missing");
                return null;
            }
            backing = new Volume.Backing(disk, metaDisk);
        } else if (disk == null && metaDisk != null) {
            diagnostics.add(DiagnosticCode.DISK_MISSING, near.at(), where + "disk is missing");
            return null;
        }
        Settings ownDisk = own == null ? Settings.NONE : own.diskOptions();
        Settings ownPeerDevice = own == null ? Settings.NONE : own.peerDeviceOptions();
        Settings outerDisk = outer == null ? Settings.NONE : outer.diskOptions();
        Settings outerPeerDevice = outer == null ? Settings.NONE : outer.peerDeviceOptions();
        return new Volume(
                number,
                near.implicit(),
                device,
                backing,
                inheritance.merge(ownDisk, options.disk(), outerDisk),
                inheritance.merge(ownPeerDevice, options.peerDevice(), outerPeerDevice),
                near.at());
    }

    /** A volume is written with its number on all hosts, or on none. */
    private void checkForms(Host first, Host host) {
        for (Volume volume : host.volumes().values()) {
            Volume other = first.volumes().get(volume.number());
            if (other != null && other.implicit() != volume.implicit()) {
                diagnostics.add(
                        DiagnosticCode.MIXED_VOLUMES,
                        volume.at(),
                        "resource '" + resource.name() + "': volume " + volume.number() + " has no number on host '"
                                + (volume.implicit() ? host : first).shownName() + "' but has one on host '"
                                + (volume.implicit() ? first : host).shownName() + "'",
                        other.at(),
                        "the other place");
            }
        }
    }

    /** Both ends of a connection have an accelerator, or none has. */
    private void checkProxies() {
        List<DeclaredHost> with =
                resource.hosts().stream().filter(host -> host.proxy() != null).toList();
        if (with.isEmpty()) {
            return;
        }
        for (DeclaredHost host : resource.hosts()) {
            if (host.proxy() == null) {
                diagnostics.add(
                        DiagnosticCode.PROXY_INCOMPLETE,
                        host.at(),
                        "resource '" + resource.name() + "': " + shown(host) + " has no proxy section, "
                                + shown(with.getFirst()) + " has one",
                        with.getFirst().at(),
                        "the host with one");
            }
        }
    }

    private void checkVolumeSets(List<Host> hosts) {
        if (hosts.isEmpty()) {
            return;
        }
        Host first = hosts.getFirst();
        Set<Integer> expected = first.volumes().keySet();
        for (Host host : hosts) {
            if (!host.volumes().keySet().equals(expected)) {
                diagnostics.add(
                        DiagnosticCode.VOLUME_SETS_DIFFER,
                        host.at(),
                        "resource '" + resource.name() + "': host '" + host.shownName() + "' has volumes "
                                + host.volumes().keySet() + ", host '" + first.shownName() + "' has " + expected,
                        List.of(new Diagnostic.Note(first.at(), "host '" + first.shownName() + "'")));
            } else {
                checkForms(first, host);
            }
        }
    }
}
