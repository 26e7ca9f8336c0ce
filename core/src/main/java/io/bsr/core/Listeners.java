package io.bsr.core;

import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Network;
import io.bsr.base.port.PortException;
import io.bsr.base.port.SocketOptions;
import io.bsr.base.port.Stream;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** One listener per address of the resource, shared by the connections that are being made. */
final class Listeners {
    private final Resource resource;
    private final Map<Endpoint, Shared> byEndpoint = new HashMap<>();

    Listeners(Resource resource) {
        this.resource = resource;
    }

    private static final class Shared {
        final Set<Connector> users = new LinkedHashSet<>();
        Network.Closeable socket = () -> {};
    }

    /** Begins to listen, or joins those who do; what is accepted goes to the connection that expects it. */
    Network.Closeable listen(Endpoint local, SocketOptions options, Connector user) throws PortException {
        Shared shared = byEndpoint.get(local);
        if (shared == null) {
            Shared created = new Shared();
            created.socket = resource.network().listen(local, options, stream -> accepted(stream));
            byEndpoint.put(local, created);
            shared = created;
        }
        Shared joined = shared;
        joined.users.add(user);
        return () -> {
            if (joined.users.remove(user) && joined.users.isEmpty()) {
                byEndpoint.remove(local);
                joined.socket.close();
            }
        };
    }

    private void accepted(Stream stream) {
        for (Connection connection : resource.connections()) {
            if (connection.connector().expects(stream.remote()) && connection.accept(stream)) {
                return;
            }
        }
        resource.log(
                Events.Level.WARN,
                resource.name(),
                "a stream from " + stream.remote() + " was closed: no connection is being made to that address");
        stream.close();
    }
}
