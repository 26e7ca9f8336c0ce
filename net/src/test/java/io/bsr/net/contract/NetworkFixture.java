package io.bsr.net.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Network;
import io.bsr.base.port.SocketOptions;
import io.bsr.base.port.Stream;
import io.bsr.loop.contract.World;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A loop with a network, and how tests connect two handlers over it. */
public abstract class NetworkFixture {
    static final long SECOND = 1_000_000_000L;

    private @Nullable World openWorld;

    /** A running loop. */
    protected abstract World openWorld();

    /** The network of that loop. Called on the loop. */
    protected abstract Network network(World world);

    /** Where a test may listen: another address each time. */
    protected abstract Endpoint address();

    final World world() {
        World known = openWorld;
        if (known == null) {
            known = openWorld();
            openWorld = known;
        }
        return known;
    }

    @AfterEach
    final void closeWorld() {
        World known = openWorld;
        if (known != null) {
            known.close();
        }
    }

    /** Connects two handlers: what the dialer's side and the acceptor's side is told. */
    protected final void connect(Recorder dialing, Recorder accepting) throws Exception {
        World world = world();
        List<String> failures = new ArrayList<>();
        List<Network.Closeable> listeners = new ArrayList<>();
        world.run(() -> {
            Network network = network(world);
            Endpoint at = address();
            Network.Closeable listener = network.listen(at, SocketOptions.DEFAULT, stream -> {
                accepting.stream = stream;
                stream.start(accepting);
            });
            listeners.add(listener);
            network.dial(any(at), at, SocketOptions.DEFAULT, 5 * SECOND, new Network.Dialer() {
                @Override
                public void connected(Stream stream) {
                    dialing.stream = stream;
                    stream.start(dialing);
                }

                @Override
                public void failed(String reason) {
                    failures.add(reason);
                }
            });
        });
        world.await("a connection", () -> !failures.isEmpty() || (dialing.stream != null && accepting.stream != null));
        world.run(() -> listeners.get(0).close());
        assertEquals(List.of(), failures);
    }

    static Endpoint any(Endpoint like) {
        return switch (like.family()) {
            case IPV4 -> Endpoint.ipv4("0.0.0.0", 0);
            case IPV6 -> Endpoint.ipv6("::", 0);
            case UNIX -> like;
        };
    }
}
