package io.bsr.net;

import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Errno;
import io.bsr.base.port.PortException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;

/** Endpoints as Java's socket addresses, and back. Nothing here asks a name server. */
final class Addresses {
    /** Bytes of a Unix socket's path, without the terminating zero (sockaddr_un, sys/un.h). */
    static final int UNIX_PATH_BYTES = 107;

    private Addresses() {}

    /**
     * The numeric address of an IPv4 or IPv6 endpoint.
     *
     * @throws PortException if the text is no numeric address of the endpoint's family
     */
    static InetAddress numeric(Endpoint endpoint) throws PortException {
        try {
            InetAddress address =
                    switch (endpoint.family()) {
                        case IPV4 -> Inet4Address.ofLiteral(endpoint.address());
                        case IPV6 -> Inet6Address.ofLiteral(endpoint.address());
                        case UNIX -> throw new IllegalArgumentException("not an Internet address");
                    };
            boolean four = address instanceof Inet4Address;
            if ((endpoint.family() == Endpoint.Family.IPV4) != four) {
                throw new IllegalArgumentException("an IPv4 address in IPv6 notation");
            }
            if (four && !address.getHostAddress().equals(endpoint.address())) {
                // The class library also takes 10.1 for 10.0.0.1, which here is more likely a slip of the pen.
                throw new IllegalArgumentException("not four numbers");
            }
            return address;
        } catch (IllegalArgumentException e) {
            throw new PortException(
                    Errno.EINVAL,
                    "Cannot use the address " + endpoint + ": it is not a numeric address of that family. Write "
                            + "addresses in numbers, such as 10.0.0.1 or fd00::1; names are not looked up here.");
        }
    }

    static byte[] unixPath(Endpoint endpoint) throws PortException {
        byte[] path = endpoint.address().getBytes(StandardCharsets.UTF_8);
        if (path.length == 0 || path.length > UNIX_PATH_BYTES) {
            throw new PortException(
                    Errno.EINVAL,
                    "Cannot use the socket path " + endpoint.address() + ": it has " + path.length
                            + " bytes and a Unix socket allows 1 to " + UNIX_PATH_BYTES + ". Choose a shorter path.");
        }
        for (byte b : path) {
            if (b == 0) {
                throw new PortException(
                        Errno.EINVAL, "Cannot use the socket path: it contains a zero byte. Correct the path.");
            }
        }
        return path;
    }

    static SocketAddress socketAddress(Endpoint endpoint) throws PortException {
        if (endpoint.family() != Endpoint.Family.UNIX) {
            return new InetSocketAddress(numeric(endpoint), endpoint.port());
        }
        unixPath(endpoint);
        try {
            return UnixDomainSocketAddress.of(endpoint.address());
        } catch (InvalidPathException e) {
            throw new PortException(
                    Errno.EINVAL,
                    "Cannot use the socket path " + endpoint.address() + ": " + e.getReason() + ". Correct the path.");
        }
    }

    /** True if binding to the address says nothing: no path, or any address and any port. */
    static boolean anything(Endpoint local) throws PortException {
        return switch (local.family()) {
            case UNIX -> true;
            case IPV4, IPV6 -> local.port() == 0 && numeric(local).isAnyLocalAddress();
        };
    }

    static Endpoint endpoint(InetAddress address, int port) {
        String text = address.getHostAddress();
        return address instanceof Inet6Address ? Endpoint.ipv6(text, port) : Endpoint.ipv4(text, port);
    }

    static Endpoint endpoint(SocketAddress address) {
        return switch (address) {
            case InetSocketAddress inet -> endpoint(inet.getAddress(), inet.getPort());
            case UnixDomainSocketAddress unix -> Endpoint.unix(unix.getPath().toString());
            default -> throw new IllegalArgumentException("address " + address);
        };
    }
}
