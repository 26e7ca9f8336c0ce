package io.bsr.net;

import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Errno;
import io.bsr.base.port.Network;
import io.bsr.base.port.PortException;
import io.bsr.base.port.SocketOptions;
import io.bsr.base.port.Timers;
import io.bsr.loop.PortableLoop;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sockets of NIO on a portable loop. */
final class SelectorNetwork implements Network {
    private static final int BACKLOG = 128;

    /** How long no connection is accepted when one could not be, e.g. for want of file descriptors. */
    private static final long ACCEPT_RETRY_NANOS = 100_000_000L;

    private final PortableLoop loop;
    private final StagingPool staging = new StagingPool();
    private final Set<SelectorStream> streams = new HashSet<>();
    private final Set<Closeable> others = new HashSet<>();

    SelectorNetwork(PortableLoop loop) {
        this.loop = loop;
        loop.whenStopping(this::closeAll);
    }

    private void closeAll() {
        new ArrayList<>(others).forEach(Closeable::close);
        new ArrayList<>(streams).forEach(SelectorStream::close);
    }

    void forget(SelectorStream stream) {
        streams.remove(stream);
    }

    @Override
    public Closeable listen(Endpoint local, SocketOptions options, Acceptor acceptor) throws PortException {
        SocketAddress address = Addresses.socketAddress(local);
        ServerSocketChannel channel = null;
        try {
            channel = ServerSocketChannel.open(family(local));
            if (local.family() != Endpoint.Family.UNIX) {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                if (options.receiveBufferBytes() > 0) {
                    channel.setOption(StandardSocketOptions.SO_RCVBUF, options.receiveBufferBytes());
                }
            } else {
                removeStaleSocket(local);
            }
            channel.bind(address, BACKLOG);
            channel.configureBlocking(false);
            Listener listener = new Listener(channel, local, options, acceptor);
            listener.begin();
            others.add(listener);
            return listener;
        } catch (IOException e) {
            closeQuietly(channel);
            throw ListenFailures.of(local, SocketErrors.text(e));
        }
    }

    /** A socket file that nobody listens at is left from a process that died; it would be in the way for ever. */
    private static void removeStaleSocket(Endpoint local) {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(local.address()));
        } catch (IOException e) {
            if (SocketErrors.text(e).equals(SocketErrors.text(Errno.ECONNREFUSED))) {
                ListenFailures.removeSocketFile(local);
            }
        }
    }

    @Override
    public Closeable dial(Endpoint local, Endpoint remote, SocketOptions options, long timeoutNanos, Dialer dialer) {
        Dial dial = new Dial(remote, options, dialer);
        others.add(dial);
        dial.begin(local, timeoutNanos);
        return dial;
    }

    private static ProtocolFamily family(Endpoint endpoint) {
        return switch (endpoint.family()) {
            case IPV4 -> StandardProtocolFamily.INET;
            case IPV6 -> StandardProtocolFamily.INET6;
            case UNIX -> StandardProtocolFamily.UNIX;
        };
    }

    private static void set(NetworkChannel channel, Endpoint.Family family, SocketOptions options) throws IOException {
        if (options.sendBufferBytes() > 0) {
            channel.setOption(StandardSocketOptions.SO_SNDBUF, options.sendBufferBytes());
        }
        if (options.receiveBufferBytes() > 0) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, options.receiveBufferBytes());
        }
        if (family != Endpoint.Family.UNIX) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
    }

    private SelectorStream stream(SocketChannel channel, Endpoint.Family family, Endpoint ifUnnamed)
            throws IOException {
        boolean unix = family == Endpoint.Family.UNIX;
        Endpoint local = unix ? ifUnnamed : Addresses.endpoint(channel.getLocalAddress());
        Endpoint remote = unix ? ifUnnamed : Addresses.endpoint(channel.getRemoteAddress());
        SelectorStream stream = new SelectorStream(this, loop, staging, channel, local, remote);
        streams.add(stream);
        return stream;
    }

    static void closeQuietly(@Nullable Channel channel) {
        if (channel == null) {
            return;
        }
        try {
            channel.close();
        } catch (IOException ignored) {
            // The descriptor is gone either way, and nobody could do anything about it.
        }
    }

    private final class Listener implements Closeable, PortableLoop.Ready {
        private final ServerSocketChannel channel;
        private final Endpoint local;
        private final SocketOptions options;
        private final Acceptor acceptor;
        private @Nullable SelectionKey key;

        Listener(ServerSocketChannel channel, Endpoint local, SocketOptions options, Acceptor acceptor) {
            this.channel = channel;
            this.local = local;
            this.options = options;
            this.acceptor = acceptor;
        }

        void begin() throws IOException {
            key = loop.register(channel, SelectionKey.OP_ACCEPT, this);
        }

        @Override
        public void ready(SelectionKey readyKey) {
            SocketChannel accepted = null;
            SelectorStream stream;
            try {
                accepted = channel.accept();
                if (accepted == null) {
                    return;
                }
                accepted.configureBlocking(false);
                set(accepted, local.family(), options);
                stream = stream(accepted, local.family(), local);
            } catch (IOException e) {
                closeQuietly(accepted);
                if (accepted == null && readyKey.isValid()) {
                    readyKey.interestOps(0);
                    loop.timers().schedule(ACCEPT_RETRY_NANOS, this::again);
                }
                return;
            }
            stream.offerTo(acceptor::accepted);
        }

        private void again() {
            SelectionKey current = key;
            if (current != null && current.isValid()) {
                current.interestOps(SelectionKey.OP_ACCEPT);
            }
        }

        @Override
        public void close() {
            if (others.remove(this)) {
                closeQuietly(channel);
                if (local.family() == Endpoint.Family.UNIX) {
                    ListenFailures.removeSocketFile(local);
                }
            }
        }
    }

    private final class Dial implements Closeable, PortableLoop.Ready {
        private final Endpoint remote;
        private final SocketOptions options;
        private final Dialer dialer;
        private @Nullable SocketChannel channel;
        private Timers.@Nullable Timer timeout;

        Dial(Endpoint remote, SocketOptions options, Dialer dialer) {
            this.remote = remote;
            this.options = options;
            this.dialer = dialer;
        }

        void begin(Endpoint local, long timeoutNanos) {
            try {
                SocketChannel opened = SocketChannel.open(family(remote));
                channel = opened;
                opened.configureBlocking(false);
                set(opened, remote.family(), options);
                if (!Addresses.anything(local)) {
                    opened.bind(Addresses.socketAddress(local));
                }
                timeout = loop.timers()
                        .schedule(timeoutNanos, () -> fail("no answer within " + timeoutNanos / 1_000_000 + " ms"));
                if (opened.connect(Addresses.socketAddress(remote))) {
                    loop.execute(this::succeed);
                } else {
                    loop.register(opened, SelectionKey.OP_CONNECT, this);
                }
            } catch (IOException e) {
                String reason = SocketErrors.text(e);
                loop.execute(() -> fail(reason));
            } catch (PortException | RuntimeException e) {
                // NIO throws unchecked exceptions for addresses that do not fit the socket's family.
                loop.execute(() -> fail(String.valueOf(e.getMessage())));
            }
        }

        @Override
        public void ready(SelectionKey key) {
            SocketChannel connecting = channel;
            if (connecting == null) {
                return;
            }
            try {
                if (!connecting.finishConnect()) {
                    return;
                }
            } catch (IOException e) {
                fail(SocketErrors.text(e));
                return;
            }
            succeed();
        }

        private void succeed() {
            SocketChannel connected = channel;
            if (connected == null || !others.remove(this)) {
                return;
            }
            cancelTimeout();
            SelectorStream stream;
            try {
                stream = stream(connected, remote.family(), remote);
            } catch (IOException e) {
                closeQuietly(connected);
                dialer.failed(SocketErrors.text(e));
                return;
            }
            stream.offerTo(dialer::connected);
        }

        private void fail(String reason) {
            if (others.contains(this)) {
                close();
                dialer.failed(reason);
            }
        }

        private void cancelTimeout() {
            Timers.Timer pending = timeout;
            if (pending != null) {
                pending.cancel();
            }
        }

        @Override
        public void close() {
            if (others.remove(this)) {
                cancelTimeout();
                closeQuietly(channel);
            }
        }
    }
}
