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
import org.jspecify.annotations.Nullable;

/** Names on the command line as what they mean; command-line reference, section 2.2. */
final class ObjectName {
    private static final int NOT_A_NUMBER = 20;

    private final NodeView view;

    private ObjectName(NodeView view) {
        this.view = view;
    }

    /**
     * What the names of a command mean.
     *
     * @param over what the command is repeated for; null if names of volumes are harmless
     */
    static List<Target> targets(
            Surroundings surroundings, NodeView view, String verb, AdmCommand.@Nullable Over over, List<String> names)
            throws AdmException {
        if (names.isEmpty()) {
            throw new AdmException(
                    AdmException.USAGE,
                    "bsradm " + verb + ": which resource? Name one, or say 'all'."
                            + (view.resources().isEmpty() ? "" : " There are: " + known(view)));
        }
        if (names.contains("all")) {
            if (view.resources().isEmpty()) {
                surroundings.complain("WARN: no normal resources defined for this host (" + surroundings.node()
                        + ")!?\n" + "Misspelled name of the local machine with the 'on' keyword ?");
                throw new AdmException(AdmException.USAGE, "");
            }
            return view.resources().stream().map(Target::of).toList();
        }
        List<Target> targets = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw new AdmException(
                        AdmException.USAGE, "USAGE_BUG: " + name + " would enable an already enabled connection");
            }
            Target target = new ObjectName(view).target(name);
            if (over == AdmCommand.Over.RESOURCE && target.volume() != null) {
                throw new AdmException(
                        AdmException.USAGE,
                        verb + " operates on whole resources, but you specified a specific volume (" + name + ")");
            }
            targets.add(target);
        }
        return targets;
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
        ResourceView resource = resource(resourceName, name);
        PeerView peer = colon < 0 ? null : peer(resource, front.substring(colon + 1));
        if (slash < 0) {
            return new Target(resource, null, peer);
        }
        if (!volumeText.matches("[0-9]{1,5}")) {
            throw new AdmException(NOT_A_NUMBER, name + ": '" + volumeText + "' is not a valid number");
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
            throw new AdmException(AdmException.USAGE, "'" + name + "' is the local node; name a peer.");
        }
        throw new AdmException(
                AdmException.USAGE, "Not a valid connection (" + resource.name() + ":" + name + ") for this host");
    }
}
