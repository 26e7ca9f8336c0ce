package io.bsr.cli.bsradm;

import io.bsr.cli.argument.Arguments;
import io.bsr.cli.terminal.ConfigurationLinks;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.config.model.Host;
import io.bsr.config.model.PeerView;
import io.bsr.config.model.ResourceView;
import io.bsr.config.model.Volume;
import io.bsr.config.option.OptionDefinition;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import io.bsr.config.plan.ShellText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A handler as a command: runs what the configuration has for it; handlers reference, sections 1.1 and 3.2. */
final class HandlerCall {
    private static final String OLD_NAME = "outdate-peer";
    private static final String NEW_NAME = "fence-peer";

    private HandlerCall() {}

    /** The handlers, by name. */
    static List<String> names() {
        return OptionTable.of(OptionGroup.HANDLER).stream()
                .map(OptionDefinition::name)
                .filter(name -> !name.equals(OLD_NAME))
                .sorted()
                .toList();
    }

    static boolean is(String verb) {
        return verb.equals(OLD_NAME) || names().contains(verb);
    }

    /** Runs the handler of the resources that are named. */
    static int run(Surroundings surroundings, String verb, Arguments arguments) throws AdmException {
        if (verb.equals(OLD_NAME)) {
            surroundings.complain("'bsradm " + OLD_NAME + "' is deprecated, use 'bsradm " + NEW_NAME + "' instead.");
        }
        String handler = verb.equals(OLD_NAME) ? NEW_NAME : verb;
        List<String> names = arguments.operands();
        ConfigurationLinks links = new ConfigurationLinks(surroundings.files());
        String known = names.stream()
                .limit(1)
                .flatMap(name -> links.ofResource(name).stream())
                .flatMap(link -> ConfigurationLinks.target(link).stream())
                .map(Path::toString)
                .findFirst()
                .orElse("");
        Configured configured =
                Configured.read(surroundings, arguments.value("config-file").orElse(known), List.of(), List.of());
        List<ResourceView> resources = ObjectName.resources(surroundings, configured.view(), handler, names);
        if (names.size() > 1) {
            surroundings.complain("WARN: " + handler + " is called for one resource at a time");
        }
        int worst = 0;
        for (ResourceView resource : resources) {
            Optional<String> command = resource.resource().options().handlers().value(handler);
            if (command.isEmpty()) {
                continue;
            }
            List<String> words = List.of("/bin/sh", "-c", command.get());
            boolean dry = arguments.has("dry-run");
            if (dry || arguments.has("verbose")) {
                surroundings.out().println(ShellText.printed(words));
            }
            if (!dry) {
                int limit = configured.configuration().global().timeoutLong();
                worst = Math.max(
                        worst,
                        Child.run(surroundings, words, environment(configured, resource, System.getenv()), limit));
            }
        }
        return worst;
    }

    /** What the handler finds in its environment, beside what is there already. */
    static Map<String, String> environment(Configured configured, ResourceView resource, Map<String, String> present) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("BSR_CONF", configured.configuration().declared().file());
        variables.put("BSR_RESOURCE", resource.name());
        for (Host host : resource.resource().hosts()) {
            variables.put("BSR_NODE_ID_" + host.nodeId(), host.shownName());
        }
        String own = Integer.toString(resource.self().nodeId());
        variables.put("BSR_MY_NODE_ID", present.getOrDefault("BSR_MY_NODE_ID", own));
        peer(resource, present.getOrDefault("BSR_PEER_NODE_ID", ""))
                .ifPresent(peer -> variables.put("BSR_PEER", peer.host().shownName()));
        variables.put("BSR_MINOR", list(resource, volume -> Integer.toString(volume.minor())));
        variables.put("BSR_VOLUME", list(resource, volume -> Integer.toString(volume.number())));
        variables.put("BSR_LL_DISK", list(resource, volume -> {
            Volume.Backing backing = volume.backing();
            return backing == null ? "none" : ShellText.escape(backing.disk());
        }));
        return variables;
    }

    /** The peer that the event is about; the only peer if the event does not say. */
    private static Optional<PeerView> peer(ResourceView resource, String nodeId) {
        if (nodeId.isEmpty()) {
            return resource.peers().size() == 1 ? Optional.of(resource.peers().getFirst()) : Optional.empty();
        }
        return resource.peers().stream()
                .filter(peer -> Integer.toString(peer.nodeId()).equals(nodeId))
                .findFirst();
    }

    private static String list(ResourceView resource, Function<Volume, String> text) {
        List<String> words = new ArrayList<>();
        resource.volumes().forEach(volume -> words.add(text.apply(volume)));
        return String.join(" ", words);
    }
}
