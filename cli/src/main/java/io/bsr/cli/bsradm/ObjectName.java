package io.bsr.cli.bsradm;

import io.bsr.cli.terminal.Surroundings;
import io.bsr.config.diagnostic.NearestWord;
import io.bsr.config.model.NodeView;
import io.bsr.config.model.PeerView;
import io.bsr.config.model.ResourceView;
import io.bsr.config.model.Volume;
import io.bsr.config.plan.AdmCommand;
import io.bsr.config.plan.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Names on the command line as what they mean; command-line reference, section 2.2. */
final class ObjectName {
    private static final int NOT_A_NUMBER = 20;
    private static final String ALL = "all";

    private final NodeView view;

    private ObjectName(NodeView view) {
        this.view = view;
    }

    /** What the names of a command mean. */
    static List<Target> targets(Surroundings surroundings, NodeView view, AdmCommand command, List<String> names)
            throws AdmException {
        requireNames(view, names);
        if (names.contains(ALL)) {
            return all(surroundings, view).stream().map(Target::of).toList();
        }
        List<Target> targets = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            Target target = new ObjectName(view).target(name);
            boolean volume = target.volume() != null;
            if (volume && !command.takesVolume()) {
                throw wholeResource(command.verb(), name);
            }
            if (!volume && command.is(AdmCommand.Trait.VOLUME_NEEDED)) {
                String resource = target.resource().name();
                throw new AdmException(
                        AdmException.USAGE,
                        command.verb() + " requires a specific volume id, but none is specified.\nTry '"
                                + command.verb() + " minor-<minor_number>' or '" + command.verb() + " " + resource
                                + "/<vnr>'");
            }
            if (!seen.add(name) && !volume) {
                throw new AdmException(
                        AdmException.USAGE, "USAGE_BUG: " + name + " would enable an already enabled connection");
            }
            targets.add(target);
        }
        return targets;
    }

    /** The resources that names mean; volumes are refused. */
    static List<ResourceView> resources(Surroundings surroundings, NodeView view, String verb, List<String> names)
            throws AdmException {
        requireNames(view, names);
        if (names.contains(ALL)) {
            return all(surroundings, view);
        }
        List<ResourceView> resources = new ArrayList<>();
        for (String name : names) {
            Target target = new ObjectName(view).target(name);
            if (target.volume() != null) {
                throw wholeResource(verb, name);
            }
            resources.add(target.resource());
        }
        return resources;
    }

    private static AdmException wholeResource(String verb, String name) {
        return new AdmException(
                AdmException.USAGE,
                verb + " operates on whole resources, but you specified a specific volume! (" + name + ")");
    }

    private static void requireNames(NodeView view, List<String> names) throws AdmException {
        if (names.isEmpty()) {
            throw new AdmException(
                    AdmException.USAGE,
                    "No resource names specified. Name one, or say 'all'."
                            + (view.resources().isEmpty() ? "" : " There are: " + known(view)));
        }
    }

    private static List<ResourceView> all(Surroundings surroundings, NodeView view) throws AdmException {
        if (view.resources().isEmpty()) {
            surroundings.complain("WARN: no normal resources defined for this host ("
                    + view.node().name() + ")!?\n"
                    + "Misspelled name of the local machine with the 'on' keyword ?");
            throw new AdmException(AdmException.USAGE, "");
        }
        return view.resources();
    }

    private static String known(NodeView view) {
        return String.join(
                ", ", view.resources().stream().map(ResourceView::name).toList());
    }

    private Target target(String name) throws AdmException {
        if (name.matches("minor-[0-9]{1,9}")) {
            Optional<NodeView.VolumeRef> found = view.minor(Integer.parseInt(name.substring(6)));
            if (found.isPresent()) {
                return new Target(found.get().resource(), found.get().volume(), null);
            }
        }
        int slash = name.lastIndexOf('/');
        String volumeText = slash < 0 ? "" : name.substring(slash + 1);
        String front = slash < 0 ? name : name.substring(0, slash);
        int colon = front.indexOf(':');
        String resourceName = colon < 0 ? front : front.substring(0, colon);
        if (slash >= 0 && !volumeText.matches("[0-9]{1,5}")) {
            throw new AdmException(NOT_A_NUMBER, name + ": '" + volumeText + "' is not a valid number");
        }
        ResourceView resource = resource(resourceName, name);
        PeerView peer = colon < 0 ? null : peer(resource, front.substring(colon + 1));
        if (slash < 0) {
            return new Target(resource, null, peer);
        }
        Volume volume = resource.volume(Integer.parseInt(volumeText)).orElse(null);
        if (volume == null) {
            throw new AdmException(
                    AdmException.USAGE, "Resource '" + resource.name() + "' has no volume " + volumeText);
        }
        return new Target(resource, volume, peer);
    }

    private ResourceView resource(String name, String written) throws AdmException {
        Optional<ResourceView> found = view.resource(name);
        if (found.isPresent()) {
            return found.get();
        }
        if (view.ignored().contains(name)) {
            throw new AdmException(
                    AdmException.USAGE,
                    "'" + name + "' ignored, invalid host.\nIt has no section 'on "
                            + view.node().name()
                            + "': correct the name in the configuration, or say which node this is (__BSR_NODE__).");
        }
        String nearest = NearestWord.of(
                name, view.resources().stream().map(ResourceView::name).toList());
        throw new AdmException(
                AdmException.USAGE,
                "'" + written + "' not defined in your config (for this host)."
                        + (nearest.isEmpty() ? "" : " Did you mean '" + nearest + "'?"));
    }

    private PeerView peer(ResourceView resource, String name) throws AdmException {
        Optional<PeerView> peer = resource.peer(name);
        if (peer.isPresent()) {
            return peer.get();
        }
        if (resource.self().isCalled(name)) {
            throw new AdmException(
                    AdmException.USAGE,
                    "Host name '" + name + "' (from '" + resource.name() + ":" + name
                            + "') is not a peer, but the local node");
        }
        throw new AdmException(
                AdmException.USAGE, "Not a valid connection (" + resource.name() + ":" + name + ") for this host");
    }
}
