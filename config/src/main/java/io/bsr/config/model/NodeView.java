package io.bsr.config.model;

import java.util.List;
import java.util.Optional;

/**
 * A configuration as one node sees it.
 *
 * @param resources those with a host section for this node, in the order of the files
 * @param ignored names of those without
 */
public record NodeView(NodeIdentity node, List<ResourceView> resources, List<String> ignored) {
    public NodeView {
        resources = List.copyOf(resources);
        ignored = List.copyOf(ignored);
    }

    public Optional<ResourceView> resource(String name) {
        return resources.stream().filter(view -> view.name().equals(name)).findFirst();
    }

    /** The volume with a minor number on this node. */
    public Optional<VolumeRef> minor(int minor) {
        for (ResourceView view : resources) {
            for (Volume volume : view.volumes()) {
                if (volume.minor() == minor) {
                    return Optional.of(new VolumeRef(view, volume));
                }
            }
        }
        return Optional.empty();
    }

    /** A volume and the resource it belongs to. */
    public record VolumeRef(ResourceView resource, Volume volume) {}
}
