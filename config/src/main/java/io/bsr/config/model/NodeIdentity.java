package io.bsr.config.model;

import io.bsr.config.declared.Address;
import java.util.Locale;
import java.util.Set;

/**
 * Who a node is: what host sections are compared with; configuration-language reference, section 6.1.
 *
 * @param name the host name, or an IP address that a floating host section may have
 * @param localAddresses the IP addresses of the node's interfaces, for floating hosts
 */
public record NodeIdentity(String name, Set<String> localAddresses) {
    public NodeIdentity {
        localAddresses = Set.copyOf(localAddresses);
    }

    /** A node that is known by its name only. */
    public static NodeIdentity named(String name) {
        return new NodeIdentity(name, Set.of());
    }

    /** Whether a host section is about this node. */
    public boolean is(Host host) {
        if (host.floating()) {
            Address address = host.address();
            return address != null && (localAddresses.contains(address.host()) || name.equals(address.host()));
        }
        return host.names().stream().anyMatch(this::isCalled);
    }

    /** Whether a host name means this node: case does not matter, and a short name matches a full one. */
    public boolean isCalled(String other) {
        String own = name.toLowerCase(Locale.ROOT);
        String theirs = other.toLowerCase(Locale.ROOT);
        return own.equals(theirs) || isShortOf(own, theirs) || isShortOf(theirs, own);
    }

    private static boolean isShortOf(String shortName, String fullName) {
        return shortName.indexOf('.') < 0
                && fullName.length() > shortName.length()
                && fullName.startsWith(shortName)
                && fullName.charAt(shortName.length()) == '.';
    }
}
