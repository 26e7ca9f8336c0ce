package io.bsr.config.declared;

import io.bsr.config.diagnostic.Location;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection or path as written.
 *
 * @param group whether {@code name} is a group of hosts
 * @param name host or group; empty for a bare address
 * @param address replaces the address of the host section
 * @param port replaces its port
 * @param publicAddress the address under which peers reach it
 */
public record DeclaredEndpoint(
        boolean group,
        String name,
        @Nullable Address address,
        @Nullable Integer port,
        @Nullable Address publicAddress,
        @Nullable DeclaredProxy proxy,
        Location at) {}
