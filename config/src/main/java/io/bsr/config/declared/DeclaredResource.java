package io.bsr.config.declared;

import io.bsr.config.diagnostic.Location;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A resource section as written.
 *
 * @param template what stands in for the common section, or null
 * @param broken whether its text has mistakes, so that what is missing may only have been misread
 */
public record DeclaredResource(
        String name,
        Location at,
        @Nullable Template template,
        List<DeclaredVolume> volumes,
        List<DeclaredHost> hosts,
        List<DeclaredConnection> connections,
        List<DeclaredMesh> meshes,
        OptionSections options,
        boolean broken) {

    /** A file whose common section replaces the global one for this resource. */
    public record Template(String file, OptionSections options) {}

    public DeclaredResource {
        volumes = List.copyOf(volumes);
        hosts = List.copyOf(hosts);
        connections = List.copyOf(connections);
        meshes = List.copyOf(meshes);
    }
}
