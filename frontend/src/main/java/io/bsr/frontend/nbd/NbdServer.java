package io.bsr.frontend.nbd;

import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Network;
import io.bsr.base.port.PortException;
import io.bsr.base.port.SocketOptions;
import io.bsr.base.port.Stream;
import io.bsr.base.port.Timers;
import io.bsr.base.port.VolumePort;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Serves the volumes of one event loop to NBD clients. Every method is called on that loop.
 *
 * <p>A client may use a volume as long as {@link VolumePort#open} lets it in: on a Secondary it is told why not.
 */
public final class NbdServer {
    private final Network network;
    private final Timers timers;
    private final ExportDirectory exports;
    private final NbdLimits limits;
    private final BufferSupply buffers;
    private final LogValve log;
    private final List<Network.Closeable> listeners = new ArrayList<>();
    private final Set<NbdConnection> connections = new LinkedHashSet<>();
    private boolean closing;
    private @Nullable Runnable whenClosed;

    /**
     * @param network where clients come from
     * @param pool of the loop, shared with others
     * @param timers of the loop
     * @param exports the volumes on offer
     * @param limits what clients are allowed
     * @param log takes one line about a client that came, left or was refused; a bounded number of them per second
     */
    public NbdServer(
            Network network,
            BufferPool pool,
            Timers timers,
            ExportDirectory exports,
            NbdLimits limits,
            Consumer<String> log) {
        this.network = network;
        this.timers = timers;
        this.exports = exports;
        this.limits = limits;
        this.buffers = new BufferSupply(pool, timers, limits, new Stalls());
        this.log = new LogValve(timers, log);
    }

    /**
     * Takes clients at {@code local}, a Unix socket or a TCP address; may be called for several.
     *
     * @return stops taking clients there; those that came stay
     * @throws PortException if the address cannot be bound
     */
    public Network.Closeable listen(Endpoint local) throws PortException {
        Network.Closeable listener = network.listen(local, SocketOptions.DEFAULT, this::accepted);
        listeners.add(listener);
        return listener;
    }

    /** {@link #close(Runnable)} for who does not wait. */
    public void close() {
        close(() -> {});
    }

    /**
     * Takes no more clients and lets those that are there go: negotiations end at once; requests in flight are answered,
     * new ones refused, connections closed, after {@link NbdLimits#closingNanos} in any case.
     *
     * @param closed called once, in a later turn, when no client is left and every volume is closed
     */
    public void close(Runnable closed) {
        closing = true;
        whenClosed = closed;
        listeners.forEach(Network.Closeable::close);
        listeners.clear();
        for (NbdConnection connection : List.copyOf(connections)) {
            connection.shutDown("the server is being shut down");
        }
        reportClosed();
    }

    /** Clients that use a volume now, in the order of coming. */
    public List<NbdClient> clients() {
        return connections.stream()
                .map(NbdConnection::client)
                .filter(Objects::nonNull)
                .toList();
    }

    /** Clients that use {@code volume} now. */
    public List<NbdClient> clients(VolumePort volume) {
        return clients().stream().filter(client -> client.volume() == volume).toList();
    }

    /** Open connections, including those that negotiate, and those whose requests have not left the volume yet. */
    public int connections() {
        return connections.size();
    }

    /** Bytes of the pool that requests of clients hold now. */
    public long bufferBytes() {
        return buffers.heldBytes();
    }

    private void accepted(Stream stream) {
        long clients = connections.stream().filter(NbdConnection::negotiated).count();
        if (closing || clients >= limits.connections()) {
            log("an NBD client was turned away: "
                    + (closing ? "the server is being shut down" : clients + " are connected already"));
            stream.close();
            return;
        }
        NbdConnection connection = new NbdConnection(this, stream, exports, buffers, timers, limits);
        connections.add(connection);
        connection.start();
    }

    boolean closing() {
        return closing;
    }

    /** A connection that needs no negotiation, for a {@link DirectSession}. */
    NbdConnection connection(Stream stream, String description, DirectSession.Owner owner) {
        return new NbdConnection(this, stream, description, owner, buffers, timers, limits);
    }

    void begin(NbdConnection connection, Session session) {
        connections.add(connection);
        connection.start(session);
    }

    void ended(NbdConnection connection) {
        connections.remove(connection);
        reportClosed();
    }

    void log(String line) {
        log.line(line);
    }

    private void reportClosed() {
        Runnable closed = whenClosed;
        if (closing && connections.isEmpty() && closed != null) {
            whenClosed = null;
            timers.schedule(0, closed);
        }
    }

    /** Clients that hold buffers and do not move must not stop those that wait for one. */
    private final class Stalls implements BufferSupply.Starvation {
        @Override
        public void begins() {
            connections.forEach(NbdConnection::markProgress);
        }

        @Override
        public void goesOn() {
            List.copyOf(connections).forEach(NbdConnection::cutIfStalled);
        }
    }
}
