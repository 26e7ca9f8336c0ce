package io.bsr.config.model;

import io.bsr.config.declared.Address;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Who a node is: what host sections are compared with; configuration-language reference, section 6.1.
 *
 * @param name the host name, or an IP address that a floating host section may have
 * @param local whether an IP address is one of the node's interfaces; asked for floating hosts only, as listing the
 *     interfaces takes longer than reading a configuration
 */
public record NodeIdentity(String name, Predicate<String> local) {

    /** A node that is known by its name only. */
    public static NodeIdentity named(String name) {
        return new NodeIdentity(name, address -> false);
    }

    /** Whether a host section is about this node. */
    public boolean is(Host host) {
        if (host.floating()) {
            Address address = host.address();
            return address != null && (local.test(address.host()) || name.equals(address.host()));
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
