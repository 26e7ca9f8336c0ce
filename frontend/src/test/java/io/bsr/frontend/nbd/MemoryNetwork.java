package io.bsr.frontend.nbd;

import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Errno;
import io.bsr.base.port.Network;
import io.bsr.base.port.PortException;
import io.bsr.base.port.SocketOptions;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** A network within the test: servers listen, the test connects and holds the raw end of the client. */
final class MemoryNetwork implements Network {
    private final VirtualLoop loop;
    private final Random random;
    private final Map<Endpoint, Acceptor> listeners = new HashMap<>();
    private final ArrayDeque<ByteBuffer> memory = new ArrayDeque<>();
    private int nextPort = 40210;

    MemoryNetwork(VirtualLoop loop, Random random) {
        this.loop = loop;
        this.random = random;
    }

    @Override
    public Closeable listen(Endpoint local, SocketOptions options, Acceptor acceptor) throws PortException {
        if (listeners.putIfAbsent(local, acceptor) != null) {
            throw new PortException(Errno.EBUSY, local + " is in use");
        }
        return () -> listeners.remove(local);
    }

    @Override
    public Closeable dial(Endpoint local, Endpoint remote, SocketOptions options, long timeoutNanos, Dialer dialer) {
        throw new UnsupportedOperationException("servers do not dial");
    }

    boolean listens(Endpoint local) {
        return listeners.containsKey(local);
    }

    /** A new stream to the server that listens at {@code server}, seen from the server's side. */
    MemoryStream connect(Endpoint server) {
        Acceptor acceptor = listeners.get(server);
        if (acceptor == null) {
            throw new AssertionError("nobody listens at " + server);
        }
        Endpoint client =
                switch (server.family()) {
                    case UNIX -> Endpoint.unix("");
                    case IPV4 -> Endpoint.ipv4("127.0.0.1", nextPort++);
                    case IPV6 -> Endpoint.ipv6("::1", nextPort++);
                };
        MemoryStream stream = new MemoryStream(loop, random, memory, server, client);
        loop.schedule(0, () -> acceptor.accepted(stream));
        return stream;
    }
}
