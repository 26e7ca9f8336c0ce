package io.bsr.config.plan;

import io.bsr.config.declared.Address;
import io.bsr.config.declared.DeclaredProxy;
import io.bsr.config.model.Connection;
import io.bsr.config.model.NodeIdentity;
import io.bsr.config.model.PeerView;
import io.bsr.config.option.Setting;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The calls of the accelerator's control program; command-line reference, section 2.11. */
public final class ProxyPlan {
    private final Target target;
    private final NodeIdentity node;

    private ProxyPlan(Target target, NodeIdentity node) {
        this.target = target;
        this.node = node;
    }

    /** Hands the connections that go through an accelerator of this machine to it. */
    public static SetupPlan up(Target target, NodeIdentity node) {
        ProxyPlan plan = new ProxyPlan(target, node);
        List<Command> commands = new ArrayList<>();
        for (PeerView peer : target.peers()) {
            Ends ends = plan.ends(peer);
            if (ends != null) {
                commands.add(plan.call(List.of(ends.add(plan.name(peer, ends)))));
                List<String> settings = plan.settings(plan.name(peer, ends), ends.own());
                if (!settings.isEmpty()) {
                    commands.add(plan.call(settings));
                }
            }
        }
        return new SetupPlan(commands);
    }

    /** Takes them back. */
    public static SetupPlan down(Target target, NodeIdentity node) {
        ProxyPlan plan = new ProxyPlan(target, node);
        List<Command> commands = new ArrayList<>();
        for (PeerView peer : target.peers()) {
            Ends ends = plan.ends(peer);
            if (ends != null) {
                commands.add(plan.call(List.of("del connection " + plan.name(peer, ends))));
            }
        }
        return new SetupPlan(commands);
    }

    /** The accelerators of a connection, with the address of the own node. */
    private record Ends(DeclaredProxy own, DeclaredProxy peers, Address local) {
        String add(String name) {
            return String.join(
                    " ",
                    "add connection",
                    name,
                    address(own.publicInside(), own.inside()),
                    address(peers.publicOutside(), peers.outside()),
                    address(own.publicOutside(), own.outside()),
                    text(local));
        }

        private static String address(@Nullable Address preferred, @Nullable Address other) {
            Address address = preferred == null ? other : preferred;
            return address == null ? "" : text(address);
        }

        private static String text(Address address) {
            return address.text().substring(address.family().word().length() + 1);
        }
    }

    private @Nullable Ends ends(PeerView peer) {
        Connection.Path path = peer.connection().paths().getFirst();
        boolean first = target.resource().self().isSameSection(path.first().host());
        Connection.Endpoint here = first ? path.first() : path.second();
        Connection.Endpoint there = first ? path.second() : path.first();
        DeclaredProxy own = here.proxy();
        DeclaredProxy peers = there.proxy();
        if (own == null || peers == null || own.hosts().stream().noneMatch(node::isCalled)) {
            return null;
        }
        return new Ends(own, peers, here.address());
    }

    private String name(PeerView peer, Ends ends) {
        String connection = peer.connection().name();
        return String.join(
                "-",
                connection == null ? target.resource().name() : connection,
                String.join("_", ends.peers().hosts()),
                String.join("_", ends.own().hosts()));
    }

    private List<String> settings(String name, DeclaredProxy own) {
        DeclaredProxy all = own.inheriting(target.resource().resource().options());
        List<String> texts = new ArrayList<>();
        for (Setting setting : all.options().list()) {
            texts.add("set " + setting.name() + " " + name + " " + setting.value());
        }
        List<List<String>> plugins = all.plugins();
        for (int i = 0; i < plugins.size(); i++) {
            texts.add("set plugin " + name + " " + i + " " + String.join(" ", plugins.get(i)));
        }
        if (!plugins.isEmpty()) {
            texts.add("set plugin " + name + " " + plugins.size() + " END");
        }
        return texts;
    }

    private Command call(List<String> texts) {
        List<String> arguments = new ArrayList<>();
        for (String text : texts) {
            arguments.add("-c");
            arguments.add(text);
        }
        return new Command(Stage.NET, target.resource().name(), Command.Program.PROXY_CTL, arguments);
    }
}
