package io.bsr.config.model;

import io.bsr.config.declared.Address;
import io.bsr.config.declared.DeclaredProxy;
import io.bsr.config.diagnostic.Diagnostic;
import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.diagnostic.Diagnostics;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import io.bsr.config.option.Setting;
import io.bsr.config.option.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns resources into the view of one node; configuration-language reference, sections 6.1, 7.3 and 8.2. */
public final class Views {
    private static final String NAME = "_name";

    private final List<Resource> resources;
    private final NodeIdentity node;
    private final boolean disableIpVerification;
    private final Diagnostics diagnostics;

    private Views(List<Resource> resources, NodeIdentity node, boolean disableIpVerification, Diagnostics diagnostics) {
        this.resources = resources;
        this.node = node;
        this.disableIpVerification = disableIpVerification;
        this.diagnostics = diagnostics;
    }

    /** The view of a node. Resources must have been expanded for the same node if they have groups. */
    public static NodeView of(
            List<Resource> resources, NodeIdentity node, boolean disableIpVerification, Diagnostics diagnostics) {
        return new Views(resources, node, disableIpVerification, diagnostics).run();
    }

    private NodeView run() {
        List<ResourceView> views = new ArrayList<>();
        List<String> ignored = new ArrayList<>();
        ResyncAfter resyncAfter = new ResyncAfter(resources, node, diagnostics);
        for (Resource resource : resources) {
            List<Host> matching = resource.hosts().stream().filter(node::is).toList();
            if (matching.isEmpty()) {
                ignored.add(resource.name());
                continue;
            }
            if (matching.size() > 1) {
                diagnostics.add(
                        DiagnosticCode.SEVERAL_HOSTS_MATCH,
                        matching.get(1).at(),
                        "resource '" + resource.name() + "' has several host sections for node '" + node.name() + "'",
                        List.of(new Diagnostic.Note(matching.getFirst().at(), "the first of them")));
            }
            views.add(view(resource, resyncAfter.resolve(resource, matching.getFirst())));
        }
        return new NodeView(node, views, ignored);
    }

    private ResourceView view(Resource resource, Host self) {
        List<PeerView> peers = new ArrayList<>();
        for (Connection connection : resource.connections()) {
            PeerView peer = peer(connection, self);
            if (peer != null) {
                peers.add(peer);
            }
        }
        Settings nodeOptions = self.nodeOptions().followedBy(derived(OptionGroup.NODE, "node-name", self.name(), self));
        if (self.group() != null) {
            nodeOptions = nodeOptions.followedBy(derived(OptionGroup.NODE, "group", self.group(), self));
        }
        return new ResourceView(resource, self, nodeOptions, peers, disableIpVerification);
    }

    private static Setting derived(OptionGroup group, String name, String value, Host host) {
        return Setting.derived(OptionTable.get(group, name), value, host.at());
    }

    private static @Nullable PeerView peer(Connection connection, Host self) {
        Host peer;
        if (self.isSameSection(connection.firstHost())) {
            peer = connection.secondHost();
        } else if (self.isSameSection(connection.secondHost())) {
            peer = connection.firstHost();
        } else {
            return null;
        }
        List<PeerView.PathView> paths = new ArrayList<>();
        for (Connection.Path path : connection.paths()) {
            boolean atSelf = self.isSameSection(path.first().host());
            Connection.Endpoint here = atSelf ? path.first() : path.second();
            Connection.Endpoint there = atSelf ? path.second() : path.first();
            paths.add(new PeerView.PathView(here.address(), target(here, there)));
        }
        Optional<String> written = connection.net().value(NAME);
        String name = written.orElseGet(() -> connection.name() == null ? peer.groupOrName() : connection.name());
        List<Setting> derived = new ArrayList<>();
        if (written.isEmpty()) {
            derived.add(derived(OptionGroup.NET, NAME, name, peer));
        }
        derived.add(derived(OptionGroup.NET, "peer-node-name", peer.groupOrName(), peer));
        if (peer.group() != null) {
            derived.add(derived(OptionGroup.NET, "peer-node-group", peer.group(), peer));
        }
        Settings net = connection.net().precededBy(derived.toArray(Setting[]::new));
        return new PeerView(connection, peer, name, peer.nodeId(), net, paths, connection.peerDevices());
    }

    /** Where a node connects to: the peer, or its own accelerator. */
    private static Address target(Connection.Endpoint here, Connection.Endpoint there) {
        DeclaredProxy proxy = here.proxy();
        if (proxy != null && there.proxy() != null) {
            if (proxy.publicInside() != null) {
                return proxy.publicInside();
            }
            if (proxy.inside() != null) {
                return proxy.inside();
            }
        }
        return there.publicAddress() == null ? there.address() : there.publicAddress();
    }
}
