package io.bsr.config.declared;

import io.bsr.config.diagnostic.Location;
import java.util.List;

/**
 * A pair of endpoints.
 *
 * @param implicit whether the endpoints were written without a {@code path} section
 */
public record DeclaredPath(List<DeclaredEndpoint> endpoints, boolean implicit, Location at) {
    public DeclaredPath {
        endpoints = List.copyOf(endpoints);
    }
}
