package io.bsr.config.model;

import io.bsr.config.declared.Address;
import io.bsr.config.declared.DeclaredHost;
import io.bsr.config.declared.DeclaredProxy;
import io.bsr.config.declared.Platform;
import io.bsr.config.diagnostic.Location;
import io.bsr.config.option.Settings;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A host of a resource with everything it inherits.
 *
 * @param nodeId 0 … 31
 * @param address null if every connection brings its own
 * @param publicAddress the address under which peers reach it, if it differs
 * @param group the set of hosts of which one is active at a time, or null
 * @param nodeOptions without the derived ones
 * @param volumes by volume number; the same numbers on every host of the resource
 */
public record Host(
        List<String> names,
        boolean floating,
        Platform platform,
        int nodeId,
        @Nullable Address address,
        @Nullable Address publicAddress,
        @Nullable String group,
        Settings nodeOptions,
        SortedMap<Integer, Volume> volumes,
        @Nullable DeclaredProxy proxy,
        DeclaredHost declared,
        Location at) {
    public Host {
        names = List.copyOf(names);
        volumes = Collections.unmodifiableSortedMap(new TreeMap<>(volumes));
    }

    /** The name for command lines: several names are joined by an underscore. */
    public String name() {
        return String.join("_", names);
    }

    /** The name for messages. */
    public String shownName() {
        return String.join(" ", names);
    }

    /** Whether both come from the same host section, whatever they inherited. */
    public boolean isSameSection(Host other) {
        return at.equals(other.at);
    }

    /** Whether it is called that, in any case of letters. */
    public boolean isCalled(String name) {
        return names.stream().anyMatch(own -> own.equalsIgnoreCase(name));
    }

    /** Group if it is in one, else {@link #name()}: what peers call it. */
    public String groupOrName() {
        return group == null ? name() : group;
    }
}
