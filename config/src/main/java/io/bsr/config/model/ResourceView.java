package io.bsr.config.model;

import io.bsr.config.option.Settings;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A resource as one of its nodes sees it: everything that {@code up} needs.
 *
 * @param self this node
 * @param nodeOptions with the derived node-name and group, as passed to node-options
 * @param peers the connections this node takes part in, in order
 * @param disableIpVerification passed on with every path
 */
public record ResourceView(
        Resource resource, Host self, Settings nodeOptions, List<PeerView> peers, boolean disableIpVerification) {
    public ResourceView {
        peers = List.copyOf(peers);
    }

    public String name() {
        return resource.name();
    }

    public Collection<Volume> volumes() {
        return self.volumes().values();
    }

    public Optional<Volume> volume(int number) {
        return Optional.ofNullable(self.volumes().get(number));
    }

    public Optional<PeerView> peer(String name) {
        return peers.stream().filter(peer -> peer.isCalled(name)).findFirst();
    }

    /** The same with only one of its peers. */
    public ResourceView towards(PeerView peer) {
        return new ResourceView(resource, self, nodeOptions, List.of(peer), disableIpVerification);
    }

    /** Resource options as passed to new-resource. */
    public Settings resourceOptions() {
        return resource.options().resource();
    }
}
