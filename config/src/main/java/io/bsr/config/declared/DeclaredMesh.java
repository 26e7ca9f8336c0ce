package io.bsr.config.declared;

import io.bsr.config.diagnostic.Location;
import io.bsr.config.option.Settings;
import java.util.List;

/** A connection-mesh section as written: every pair of the named hosts and groups is connected. */
public record DeclaredMesh(List<Name> hosts, List<Name> groups, Settings net, Location at) {

    /** A name and where it stands. */
    public record Name(String text, Location at) {}

    public DeclaredMesh {
        hosts = List.copyOf(hosts);
        groups = List.copyOf(groups);
    }
}
