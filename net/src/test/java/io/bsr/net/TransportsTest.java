package io.bsr.net;

import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Network;
import io.bsr.loop.LoopKind;
import io.bsr.loop.contract.RealWorld;
import io.bsr.loop.contract.World;
import io.bsr.net.contract.NetworkContract;
import io.bsr.net.contract.StreamContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contract on both loops, over TCP and Unix sockets. */
final class TransportsTest {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private static World world(LoopKind kind) {
        return RealWorld.open(kind);
    }

    /** One network for each world, as a loop has. */
    private static final class OneNetwork {
        private @Nullable Network network;

        Network of(World world) {
            Network known = network;
            if (known == null) {
                known = Networks.of(((RealWorld) world).loop());
                network = known;
            }
            return known;
        }
    }

    /** A port that was free a moment ago. */
    private static Endpoint freePort(String address) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
            int port = probe.getLocalPort();
            return address.contains(":") ? Endpoint.ipv6(address, port) : Endpoint.ipv4(address, port);
        } catch (IOException e) {
            return Assumptions.abort("no address " + address + ": " + e.getMessage());
        }
    }

    /** A listener whose queue is full and who accepts nothing: it answers no more. */
    private static final class Silence {
        private @Nullable ServerSocket socket;

        Endpoint address() {
            try {
                ServerSocket listener = new ServerSocket();
                socket = listener;
                listener.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 1);
                for (int i = 0; i < 2; i++) {
                    SocketChannel filler = SocketChannel.open();
                    filler.connect(listener.getLocalSocketAddress());
                }
                return Endpoint.ipv4("127.0.0.1", listener.getLocalPort());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void close() throws IOException {
            ServerSocket open = socket;
            if (open != null) {
                open.close();
            }
        }
    }

    private abstract static class TcpStreams extends StreamContract {
        private final OneNetwork network = new OneNetwork();

        @Override
        protected Network network(World world) {
            return network.of(world);
        }

        @Override
        protected Endpoint address() {
            return freePort("127.0.0.1");
        }
    }

    private abstract static class UnixStreams extends StreamContract {
        private final OneNetwork network = new OneNetwork();

        @TempDir
        @Nullable Path folder;

        @Override
        protected Network network(World world) {
            return network.of(world);
        }

        @Override
        protected Endpoint address() {
            return Endpoint.unix(folder + "/s" + NUMBER.incrementAndGet());
        }
    }

    private abstract static class TcpNetwork extends NetworkContract {
        private final OneNetwork network = new OneNetwork();
        private final Silence silence = new Silence();

        @Override
        protected Network network(World world) {
            return network.of(world);
        }

        @Override
        protected Endpoint silentAddress() {
            return silence.address();
        }

        @AfterEach
        void endSilence() throws IOException {
            silence.close();
        }
    }

    @Nested
    final class RingTcpStreams extends TcpStreams {
        @Override
        protected World openWorld() {
            return world(LoopKind.URING);
        }
    }

    @Nested
    final class RingUnixStreams extends UnixStreams {
        @Override
        protected World openWorld() {
            return world(LoopKind.URING);
        }
    }

    @Nested
    final class SelectorTcpStreams extends TcpStreams {
        @Override
        protected World openWorld() {
            return world(LoopKind.PORTABLE);
        }
    }

    @Nested
    final class SelectorUnixStreams extends UnixStreams {
        @Override
        protected World openWorld() {
            return world(LoopKind.PORTABLE);
        }
    }

    @Nested
    final class RingNetworkOverIpv4 extends TcpNetwork {
        @Override
        protected World openWorld() {
            return world(LoopKind.URING);
        }

        @Override
        protected Endpoint address() {
            return freePort("127.0.0.1");
        }
    }

    @Nested
    final class RingNetworkOverIpv6 extends TcpNetwork {
        @Override
        protected World openWorld() {
            return world(LoopKind.URING);
        }

        @Override
        protected Endpoint address() {
            return freePort("::1");
        }
    }

    @Nested
    final class RingNetworkOverUnixSockets extends TcpNetwork {
        @TempDir
        @Nullable Path folder;

        @Override
        protected World openWorld() {
            return world(LoopKind.URING);
        }

        @Override
        protected Endpoint address() {
            return Endpoint.unix(folder + "/n" + NUMBER.incrementAndGet());
        }
    }

    @Nested
    final class SelectorNetworkOverIpv4 extends TcpNetwork {
        @Override
        protected World openWorld() {
            return world(LoopKind.PORTABLE);
        }

        @Override
        protected Endpoint address() {
            return freePort("127.0.0.1");
        }
    }

    @Nested
    final class SelectorNetworkOverIpv6 extends TcpNetwork {
        @Override
        protected World openWorld() {
            return world(LoopKind.PORTABLE);
        }

        @Override
        protected Endpoint address() {
            return freePort("::1");
        }
    }

    @Nested
    final class SelectorNetworkOverUnixSockets extends TcpNetwork {
        @TempDir
        @Nullable Path folder;

        @Override
        protected World openWorld() {
            return world(LoopKind.PORTABLE);
        }

        @Override
        protected Endpoint address() {
            return Endpoint.unix(folder + "/n" + NUMBER.incrementAndGet());
        }
    }
}
