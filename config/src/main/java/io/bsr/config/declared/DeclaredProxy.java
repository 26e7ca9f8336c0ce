package io.bsr.config.declared;

import io.bsr.config.diagnostic.Location;
import io.bsr.config.option.Settings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An accelerator beside a host: {@code proxy on NAME… { … }}.
 *
 * @param hosts the machines it may run on
 * @param inside the address towards the own node
 * @param outside the address towards the peer's accelerator
 */
public record DeclaredProxy(
        List<String> hosts,
        @Nullable Address inside,
        @Nullable Address outside,
        @Nullable Address publicInside,
        @Nullable Address publicOutside,
        Settings options,
        List<List<String>> plugins,
        Location at) {
    public DeclaredProxy {
        hosts = List.copyOf(hosts);
        plugins = plugins.stream().map(List::copyOf).toList();
    }

    /** The same with what the resource says about all accelerators. */
    public DeclaredProxy inheriting(OptionSections outer) {
        return new DeclaredProxy(
                hosts,
                inside,
                outside,
                publicInside,
                publicOutside,
                options.inherit(outer.proxy(), (here, there) -> {}),
                OptionSections.inheritedPlugins(plugins, outer.proxyPlugins()),
                at);
    }
}
