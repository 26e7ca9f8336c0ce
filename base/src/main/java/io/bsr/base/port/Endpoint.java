package io.bsr.base.port;

/**
 * The address of one end of a stream.
 *
 * @param family ipv4, ipv6 or unix
 * @param address numeric address without brackets, or the path of a Unix socket; never a name to resolve
 * @param port 0 … 65535; 0 for Unix sockets, and to let the system choose
 */
public record Endpoint(Family family, String address, int port) {
    /** Address families. */
    public enum Family {
        IPV4,
        IPV6,
        UNIX
    }

    public Endpoint {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not in 0 … 65535");
        }
    }

    public static Endpoint ipv4(String address, int port) {
        return new Endpoint(Family.IPV4, address, port);
    }

    public static Endpoint ipv6(String address, int port) {
        return new Endpoint(Family.IPV6, address, port);
    }

    public static Endpoint unix(String path) {
        return new Endpoint(Family.UNIX, path, 0);
    }

    /** As the tools print it: {@code ipv4:10.9.0.1:7788}, {@code ipv6:[::1]:7788}, {@code unix:/run/x}. */
    @Override
    public String toString() {
        return switch (family) {
            case IPV4 -> "ipv4:" + address + ":" + port;
            case IPV6 -> "ipv6:[" + address + "]:" + port;
            case UNIX -> "unix:" + address;
        };
    }
}
