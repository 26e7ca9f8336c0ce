package io.bsr.config.declared;

import org.jspecify.annotations.Nullable;

/**
 * An address of a node.
 *
 * @param host numeric, without brackets; an IPv6 address may end in {@code %SCOPE}
 * @param port 1 … 65535
 */
public record Address(Family family, String host, int port) {

    /** Address families. */
    public enum Family {
        IPV4("ipv4"),
        IPV6("ipv6"),
        SDP("sdp"),
        SSOCKS("ssocks");

        private final String word;

        Family(String word) {
            this.word = word;
        }

        /** The word in files and on command lines. */
        public String word() {
            return word;
        }
    }

    /** The same address with another port. */
    public Address withPort(int other) {
        return new Address(family, host, other);
    }

    /** As an argument: {@code ipv4:10.0.0.1:7788}, {@code ipv6:[fd00::3]:7788}. */
    public String argument() {
        return family.word() + ":" + hostAndPort();
    }

    /** As written in files: {@code ipv4 10.0.0.1:7788}, {@code ipv6 [fd00::3]:7788}. */
    public String text() {
        return family.word() + " " + hostAndPort();
    }

    /** The name of a floating host with this address: without the family for IPv4. */
    public String hostName() {
        return family == Family.IPV6 ? text() : hostAndPort();
    }

    private String hostAndPort() {
        return (family == Family.IPV6 ? "[" + host + "]" : host) + ":" + port;
    }

    /** Whether it reaches only this machine. */
    public boolean isLoopback() {
        return family == Family.IPV6 ? host.equals("::1") : host.startsWith("127.");
    }

    /** Written out: the generated one is linked at run time, which costs every start of a tool some milliseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Address address
                && port == address.port
                && family == address.family
                && host.equals(address.host);
    }

    @Override
    public int hashCode() {
        return (host.hashCode() * 31 + family.word().hashCode()) * 31 + port;
    }

    @Override
    public String toString() {
        return argument();
    }
}
