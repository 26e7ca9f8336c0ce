package io.bsr.engine.guard;

import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Network;
import io.bsr.base.port.PortException;
import io.bsr.base.port.SocketOptions;
import io.bsr.base.port.Stream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A network whose callbacks go through a fence. When it breaks, everything opened through this network is closed. */
public final class GuardedNetwork implements Network {
    private final Fence fence;
    private final Network network;
    private final Set<Closeable> open = new LinkedHashSet<>();

    public GuardedNetwork(Fence fence, Network network) {
        this.fence = fence;
        this.network = network;
        fence.whenBroken(this::closeAll);
    }

    @Override
    public Closeable listen(Endpoint local, SocketOptions options, Acceptor acceptor) throws PortException {
        Closeable listener = network.listen(local, options, stream -> accepted(stream, acceptor));
        return new Opened(listener);
    }

    @Override
    public Closeable dial(Endpoint local, Endpoint remote, SocketOptions options, long timeoutNanos, Dialer dialer) {
        Dialing dialing = new Dialing(dialer);
        Opened opened = new Opened(network.dial(local, remote, options, timeoutNanos, dialing));
        dialing.attempt = opened;
        return opened;
    }

    private void accepted(Stream stream, Acceptor acceptor) {
        if (fence.broken()) {
            stream.close();
            return;
        }
        fence.enter(() -> acceptor.accepted(guard(stream)));
    }

    private Stream guard(Stream stream) {
        GuardedStream guarded = new GuardedStream(fence, stream, open::remove);
        open.add(guarded);
        return guarded;
    }

    private void closeAll() {
        List.copyOf(open).forEach(Closeable::close);
        open.clear();
    }

    /** A listener or an attempt to connect. */
    private final class Opened implements Closeable {
        private final Closeable target;

        Opened(Closeable target) {
            this.target = target;
            open.add(this);
        }

        @Override
        public void close() {
            open.remove(this);
            target.close();
        }
    }

    private final class Dialing implements Dialer {
        private final Dialer dialer;
        private Closeable attempt = () -> {};

        Dialing(Dialer dialer) {
            this.dialer = dialer;
        }

        @Override
        public void connected(Stream stream) {
            open.remove(attempt);
            if (fence.broken()) {
                stream.close();
                return;
            }
            fence.enter(() -> dialer.connected(guard(stream)));
        }

        @Override
        public void failed(String reason) {
            open.remove(attempt);
            fence.enter(() -> dialer.failed(reason));
        }
    }
}
