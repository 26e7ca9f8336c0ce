package io.bsr.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Errno;
import io.bsr.base.port.PortException;
import io.bsr.base.port.SocketOptions;
import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/**
 * Sockets by descriptor: making them, their options, and their addresses.
 *
 * <p>{@code sockaddr_in}: family 0, port 2, address 4 (16 bytes). {@code sockaddr_in6}: family 0, port 2, flow 4, address
 * 8, scope 24 (28 bytes). {@code sockaddr_un}: family 0, path 2 (at most 110 bytes). Ports and addresses are big-endian.
 */
final class LinuxSockets {
    private static final int LARGEST_ADDRESS = 128;
    private static final ValueLayout.OfShort PORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    private LinuxSockets() {}

    /** A socket with our options, or the negative error number. Blocking: a ring waits for it by itself. */
    static int open(Endpoint.Family family, SocketOptions options) {
        int descriptor = Libc.socket(number(family), Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC, 0);
        if (descriptor >= 0) {
            configure(descriptor, family, options);
        }
        return descriptor;
    }

    /** Options that a system may limit or lack are wishes: a stream works without them. */
    static void configure(int descriptor, Endpoint.Family family, SocketOptions options) {
        if (options.sendBufferBytes() > 0) {
            Libc.setsockopt(descriptor, Linux.SOL_SOCKET, Linux.SO_SNDBUF, options.sendBufferBytes());
        }
        if (options.receiveBufferBytes() > 0) {
            Libc.setsockopt(descriptor, Linux.SOL_SOCKET, Linux.SO_RCVBUF, options.receiveBufferBytes());
        }
        if (family != Endpoint.Family.UNIX) {
            Libc.setsockopt(descriptor, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1);
        }
        if (family == Endpoint.Family.IPV6) {
            Libc.setsockopt(descriptor, Linux.IPPROTO_IPV6, Linux.IPV6_V6ONLY, 1);
        }
    }

    private static int number(Endpoint.Family family) {
        return switch (family) {
            case IPV4 -> Linux.AF_INET;
            case IPV6 -> Linux.AF_INET6;
            case UNIX -> Linux.AF_UNIX;
        };
    }

    /** The kernel's form of an endpoint, exactly as long as it must be. */
    static MemorySegment address(Arena arena, Endpoint endpoint) throws PortException {
        if (endpoint.family() == Endpoint.Family.UNIX) {
            byte[] path = Addresses.unixPath(endpoint);
            MemorySegment address = arena.allocate(2L + path.length + 1, 8);
            address.set(JAVA_SHORT, 0, (short) Linux.AF_UNIX);
            MemorySegment.copy(path, 0, address, JAVA_BYTE, 2, path.length);
            return address;
        }
        InetAddress numeric = Addresses.numeric(endpoint);
        byte[] bytes = numeric.getAddress();
        MemorySegment address = arena.allocate(numeric instanceof Inet6Address ? 28 : 16, 8);
        address.set(JAVA_SHORT, 0, (short) number(endpoint.family()));
        address.set(PORT, 2, (short) endpoint.port());
        MemorySegment.copy(bytes, 0, address, JAVA_BYTE, numeric instanceof Inet6Address ? 8 : 4, bytes.length);
        if (numeric instanceof Inet6Address six) {
            address.set(JAVA_INT, 24, six.getScopeId());
        }
        return address;
    }

    /** This end of a connected or listening Internet socket. */
    static Endpoint local(int descriptor, Endpoint otherwise) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(LARGEST_ADDRESS, 8);
            int length = Libc.getsockname(descriptor, address);
            return length < 0 ? otherwise : endpoint(address, otherwise);
        }
    }

    /** The other end of a connected Internet socket. */
    static Endpoint remote(int descriptor, Endpoint otherwise) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(LARGEST_ADDRESS, 8);
            int length = Libc.getpeername(descriptor, address);
            return length < 0 ? otherwise : endpoint(address, otherwise);
        }
    }

    private static Endpoint endpoint(MemorySegment address, Endpoint otherwise) {
        byte[] bytes;
        switch (address.get(JAVA_SHORT, 0)) {
            case Linux.AF_INET -> bytes = address.asSlice(4, 4).toArray(JAVA_BYTE);
            case Linux.AF_INET6 -> bytes = address.asSlice(8, 16).toArray(JAVA_BYTE);
            default -> {
                return otherwise;
            }
        }
        try {
            return Addresses.endpoint(InetAddress.getByAddress(bytes), address.get(PORT, 2) & 0xffff);
        } catch (UnknownHostException e) {
            throw new AssertionError("addresses of 4 and 16 bytes are known", e);
        }
    }

    /**
     * Removes the file of a Unix socket at which nobody listens. It is left from a process that died, and would be in
     * the way for ever.
     */
    static void removeStale(Endpoint local, MemorySegment address) {
        int probe = Libc.socket(Linux.AF_UNIX, Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC, 0);
        if (probe < 0) {
            return;
        }
        int connected = Libc.connect(probe, address, (int) address.byteSize());
        Libc.close(probe);
        if (connected == -Errno.ECONNREFUSED) {
            ListenFailures.removeSocketFile(local);
        }
    }
}
