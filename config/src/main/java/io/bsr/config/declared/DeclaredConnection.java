package io.bsr.config.declared;

import io.bsr.config.diagnostic.Location;
import io.bsr.config.option.Settings;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A connection section as written.
 *
 * @param volumeOptions peer-device options for one volume, by volume number
 */
public record DeclaredConnection(
        @Nullable String name,
        List<DeclaredPath> paths,
        Settings net,
        Settings peerDeviceOptions,
        SortedMap<Integer, Settings> volumeOptions,
        Location at) {
    public DeclaredConnection {
        paths = List.copyOf(paths);
        volumeOptions = Collections.unmodifiableSortedMap(new TreeMap<>(volumeOptions));
    }
}
