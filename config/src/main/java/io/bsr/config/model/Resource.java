package io.bsr.config.model;

import io.bsr.config.declared.DeclaredResource;
import io.bsr.config.declared.OptionSections;
import io.bsr.config.diagnostic.Location;
import java.util.List;

/**
 * A resource with everything it inherits and implies.
 *
 * @param options what common or the template and the resource itself say
 * @param declared as written
 */
public record Resource(
        String name,
        Location at,
        OptionSections options,
        List<Host> hosts,
        List<Connection> connections,
        DeclaredResource declared) {
    public Resource {
        hosts = List.copyOf(hosts);
        connections = List.copyOf(connections);
    }
}
