package io.bsr.config.model;

import io.bsr.config.declared.Address;
import io.bsr.config.declared.DeclaredConnection;
import io.bsr.config.declared.DeclaredEndpoint;
import io.bsr.config.declared.DeclaredMesh;
import io.bsr.config.declared.DeclaredPath;
import io.bsr.config.declared.DeclaredProxy;
import io.bsr.config.declared.DeclaredResource;
import io.bsr.config.declared.OptionSections;
import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.diagnostic.Diagnostics;
import io.bsr.config.diagnostic.Location;
import io.bsr.config.diagnostic.NearestWord;
import io.bsr.config.option.Settings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The connections of a resource; configuration-language reference, sections 7.1, 7.2, 8.2 steps 5 to 8. */
final class Connections {
    private final DeclaredResource resource;
    private final OptionSections options;
    private final List<Host> hosts;
    private final Expansion.Inheritance inheritance;
    private final @Nullable NodeIdentity node;
    private final boolean trustAddresses;
    private final Diagnostics diagnostics;
    private final List<Connection> connections = new ArrayList<>();

    Connections(
            DeclaredResource resource,
            OptionSections options,
            List<Host> hosts,
            Expansion.Inheritance inheritance,
            @Nullable NodeIdentity node,
            boolean trustAddresses,
            Diagnostics diagnostics) {
        this.resource = resource;
        this.options = options;
        this.hosts = hosts;
        this.inheritance = inheritance;
        this.node = node;
        this.trustAddresses = trustAddresses;
        this.diagnostics = diagnostics;
    }

    List<Connection> expand() {
        resource.connections().forEach(this::explicit);
        resource.meshes().forEach(this::mesh);
        if (resource.connections().isEmpty() && resource.meshes().isEmpty()) {
            implied();
        }
        return connections;
    }

    private void explicit(DeclaredConnection declared) {
        List<Connection.Path> paths = new ArrayList<>();
        for (DeclaredPath path : declared.paths()) {
            Connection.Path resolved = path(path);
            if (resolved == null) {
                return;
            }
            paths.add(resolved);
        }
        add(declared.name(), Connection.Origin.EXPLICIT, paths, declared.net(), declared, declared.at());
    }

    private Connection.@Nullable Path path(DeclaredPath declared) {
        if (declared.endpoints().size() != 2) {
            return null;
        }
        Connection.Endpoint first = endpoint(declared.endpoints().getFirst());
        Connection.Endpoint second = endpoint(declared.endpoints().getLast());
        if (first == null || second == null) {
            return null;
        }
        if ((first.proxy() == null) != (second.proxy() == null)) {
            diagnostics.add(
                    DiagnosticCode.PROXY_INCOMPLETE,
                    declared.at(),
                    "resource '" + resource.name() + "': only one end of the path has a proxy section");
            return null;
        }
        boolean sameHost = first.host().isSameSection(second.host());
        if (sameHost || (!trustAddresses && first.address().equals(second.address()))) {
            diagnostics.add(
                    DiagnosticCode.SAME_ENDPOINTS,
                    declared.at(),
                    "resource '" + resource.name() + "': both ends of the path are "
                            + (sameHost
                                    ? "host '" + first.host().shownName() + "'"
                                    : first.address().argument()));
            return null;
        }
        return new Connection.Path(first, second);
    }

    private Connection.@Nullable Endpoint endpoint(DeclaredEndpoint declared) {
        Host host = declared.name().isEmpty()
                ? hostAt(declared)
                : declared.group() ? member(declared.name(), declared.at()) : host(declared.name(), declared.at());
        if (host == null) {
            return null;
        }
        Address address = declared.address() != null ? declared.address() : host.address();
        if (address == null) {
            noAddress(host, declared.at());
            return null;
        }
        Integer port = declared.port();
        Address own = declared.publicAddress();
        DeclaredProxy proxy = declared.proxy() == null ? host.proxy() : declared.proxy();
        return new Connection.Endpoint(
                host, port == null ? address : address.withPort(port), own == null ? host.publicAddress() : own, proxy);
    }

    private @Nullable Host hostAt(DeclaredEndpoint declared) {
        for (Host host : hosts) {
            if (host.address() != null && host.address().equals(declared.address())) {
                return host;
            }
        }
        diagnostics.add(
                DiagnosticCode.HOST_UNKNOWN,
                declared.at(),
                "resource '" + resource.name() + "': no host has the address of this endpoint");
        return null;
    }

    private void noAddress(Host host, Location at) {
        diagnostics.add(
                DiagnosticCode.ADDRESS_MISSING,
                at,
                "resource '" + resource.name() + "': neither the endpoint nor host '" + host.shownName()
                        + "' has an address");
    }

    private @Nullable Host host(String name, Location at) {
        for (Host host : hosts) {
            if (host.isCalled(name)) {
                return host;
            }
        }
        unknown(
                "host",
                name,
                at,
                hosts.stream().flatMap(h -> h.names().stream()).toList());
        return null;
    }

    private void unknown(String what, String name, Location at, List<String> known) {
        String nearest = NearestWord.of(name, known);
        diagnostics.add(
                DiagnosticCode.HOST_UNKNOWN,
                at,
                "resource '" + resource.name() + "' has no " + what + " '" + name + "'"
                        + (nearest.isEmpty() ? "" : ", did you mean '" + nearest + "'?"));
    }

    /** The member of a group that is this node, else the first. */
    private @Nullable Host member(String group, Location at) {
        List<Host> members =
                hosts.stream().filter(host -> group.equals(host.group())).toList();
        if (members.isEmpty()) {
            unknown(
                    "group",
                    group,
                    at,
                    hosts.stream().map(Host::group).filter(g -> g != null).toList());
            return null;
        }
        NodeIdentity local = node;
        return local == null
                ? members.getFirst()
                : members.stream().filter(local::is).findFirst().orElse(members.getFirst());
    }

    private void mesh(DeclaredMesh mesh) {
        List<Host> members = new ArrayList<>();
        for (DeclaredMesh.Name name : mesh.hosts()) {
            Host host = host(name.text(), name.at());
            if (host != null && members.stream().noneMatch(host::isSameSection)) {
                members.add(host);
            }
        }
        for (DeclaredMesh.Name name : mesh.groups()) {
            Host host = member(name.text(), name.at());
            if (host != null && members.stream().noneMatch(host::isSameSection)) {
                members.add(host);
            }
        }
        Settings net = inheritance.merge(Settings.NONE, mesh.net());
        for (int i = 0; i < members.size(); i++) {
            for (int j = i + 1; j < members.size(); j++) {
                between(members.get(i), members.get(j), Connection.Origin.MESH, net, mesh.at());
            }
        }
    }

    /** Two hosts, or two groups, that say nothing about connections are connected. */
    private void implied() {
        List<Host> units = new ArrayList<>();
        List<String> groups = new ArrayList<>();
        for (Host host : hosts) {
            String group = host.group();
            if (group == null) {
                units.add(host);
            } else if (!groups.contains(group)) {
                groups.add(group);
                Host member = member(group, host.at());
                units.add(member == null ? host : member);
            }
        }
        if (units.size() == 2) {
            between(units.getFirst(), units.getLast(), Connection.Origin.IMPLIED, Settings.NONE, resource.at());
        } else if (units.size() > 2) {
            diagnostics.add(
                    DiagnosticCode.NO_CONNECTION,
                    resource.at(),
                    "resource '" + resource.name() + "' has " + units.size() + " hosts and no connection between them");
        }
    }

    private void between(Host first, Host second, Connection.Origin origin, Settings net, Location at) {
        Address firstAddress = first.address();
        Address secondAddress = second.address();
        if (firstAddress == null || secondAddress == null) {
            noAddress(firstAddress == null ? first : second, at);
            return;
        }
        if (!trustAddresses && firstAddress.equals(secondAddress)) {
            diagnostics.add(
                    DiagnosticCode.SAME_ENDPOINTS,
                    second.at(),
                    "resource '" + resource.name() + "': hosts '" + first.shownName() + "' and '" + second.shownName()
                            + "' have the same address");
            return;
        }
        Connection.Path path = new Connection.Path(
                new Connection.Endpoint(first, firstAddress, first.publicAddress(), first.proxy()),
                new Connection.Endpoint(second, secondAddress, second.publicAddress(), second.proxy()));
        add(null, origin, List.of(path), net, null, at);
    }

    private void add(
            @Nullable String name,
            Connection.Origin origin,
            List<Connection.Path> paths,
            Settings net,
            @Nullable DeclaredConnection declared,
            Location at) {
        if (paths.isEmpty()) {
            return;
        }
        Host first = paths.getFirst().first().host();
        Host second = paths.getFirst().second().host();
        if (declared != null) {
            checkVolumes(declared, first);
        }
        SortedMap<Integer, Settings> peerDevices = new TreeMap<>();
        for (int number : first.volumes().keySet()) {
            Settings own =
                    declared == null ? Settings.NONE : declared.volumeOptions().getOrDefault(number, Settings.NONE);
            Settings ofConnection = declared == null ? Settings.NONE : declared.peerDeviceOptions();
            peerDevices.put(
                    number,
                    inheritance.merge(
                            own, ofConnection, peerDeviceOptions(first, number), peerDeviceOptions(second, number)));
        }
        List<Connection.Path> all = Collections.unmodifiableList(paths);
        connections.add(new Connection(name, origin, all, inheritance.merge(net, options.net()), peerDevices, at));
    }

    private void checkVolumes(DeclaredConnection declared, Host host) {
        for (int number : declared.volumeOptions().keySet()) {
            if (!host.volumes().containsKey(number)) {
                diagnostics.add(
                        DiagnosticCode.NO_SUCH_VOLUME,
                        declared.at(),
                        "resource '" + resource.name() + "' has no volume " + number
                                + ", of which a connection speaks");
            }
        }
    }

    private static Settings peerDeviceOptions(Host host, int number) {
        Volume volume = host.volumes().get(number);
        return volume == null ? Settings.NONE : volume.peerDeviceOptions();
    }
}
