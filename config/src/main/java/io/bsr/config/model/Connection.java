package io.bsr.config.model;

import io.bsr.config.declared.Address;
import io.bsr.config.declared.DeclaredProxy;
import io.bsr.config.diagnostic.Location;
import io.bsr.config.option.Settings;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A connection between two hosts with everything it inherits.
 *
 * @param name the name it was given, or null
 * @param paths at least one; the first decides which hosts it connects
 * @param net without the derived options
 * @param peerDevices options by volume number
 */
public record Connection(
        @Nullable String name,
        Origin origin,
        List<Path> paths,
        Settings net,
        SortedMap<Integer, Settings> peerDevices,
        Location at) {

    /** Why the connection exists. */
    public enum Origin {
        /** A connection section. */
        EXPLICIT,
        /** A pair of a connection-mesh. */
        MESH,
        /** The resource has two hosts and says nothing. */
        IMPLIED
    }

    /** An address pair. */
    public record Path(Endpoint first, Endpoint second) {}

    /**
     * One end of a path.
     *
     * @param address where it listens and what it binds to
     * @param publicAddress where peers reach it, or null if that is {@code address}
     * @param proxy the accelerator in between, or null
     */
    public record Endpoint(
            Host host,
            Address address,
            @Nullable Address publicAddress,
            @Nullable DeclaredProxy proxy) {}

    public Connection {
        paths = List.copyOf(paths);
        peerDevices = Collections.unmodifiableSortedMap(new TreeMap<>(peerDevices));
    }

    public Host firstHost() {
        return paths.getFirst().first().host();
    }

    public Host secondHost() {
        return paths.getFirst().second().host();
    }
}
