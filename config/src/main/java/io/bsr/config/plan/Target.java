package io.bsr.config.plan;

import io.bsr.config.model.PeerView;
import io.bsr.config.model.ResourceView;
import io.bsr.config.model.Volume;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a command is about: {@code R}, {@code R/VNR}, {@code R:PEER} or {@code R:PEER/VNR}.
 *
 * @param volume null for all volumes
 * @param peer null for all peers
 */
public record Target(
        ResourceView resource,
        @Nullable Volume volume,
        @Nullable PeerView peer) {

    /** A whole resource. */
    public static Target of(ResourceView resource) {
        return new Target(resource, null, null);
    }

    /** The volumes meant. */
    public Collection<Volume> volumes() {
        return volume == null ? resource.volumes() : List.of(volume);
    }

    /** The peers meant. */
    public List<PeerView> peers() {
        return peer == null ? resource.peers() : List.of(peer);
    }
}
