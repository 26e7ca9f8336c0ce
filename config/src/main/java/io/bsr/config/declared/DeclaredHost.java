package io.bsr.config.declared;

import io.bsr.config.diagnostic.Location;
import io.bsr.config.option.Settings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A host section as written.
 *
 * @param keyword the word that opened it: {@code on}, {@code floating-on-linux}, …
 * @param names the names under which the node may run; for floating hosts one, made of the address
 * @param nodeId 0 … 31, or null if it is missing
 * @param platform how devices are named
 */
public record DeclaredHost(
        String keyword,
        List<String> names,
        Platform platform,
        @Nullable Integer nodeId,
        @Nullable Address address,
        @Nullable Address publicAddress,
        @Nullable String group,
        Settings nodeOptions,
        List<DeclaredVolume> volumes,
        @Nullable DeclaredProxy proxy,
        Location at) {
    public DeclaredHost {
        names = List.copyOf(names);
        volumes = List.copyOf(volumes);
    }

    public boolean floating() {
        return keyword.startsWith("floating");
    }

    /** All names joined, as messages and comments show the host. */
    public String shownName() {
        return String.join(" ", names);
    }
}
