package io.bsr.net;

import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Network;
import io.bsr.base.port.PortException;
import io.bsr.base.port.SocketOptions;
import io.bsr.base.port.Timers;
import io.bsr.loop.RingLoop;
import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import io.bsr.loop.uring.Ring;
import io.bsr.loop.uring.RingOperation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sockets on an io_uring loop. */
final class RingNetwork implements Network {
    private static final int BACKLOG = 128;
    private static final int KEPT_MESSAGES = 64;

    /** How long no connection is accepted when one could not be, e.g. for want of file descriptors. */
    private static final long ACCEPT_RETRY_NANOS = 100_000_000L;

    private final RingLoop loop;
    private final Ring ring;
    private final StagingPool staging = new StagingPool();
    private final ArrayDeque<RingStream.MessageMemory> spareMessages = new ArrayDeque<>();
    private final Set<RingStream> streams = new HashSet<>();
    private final Set<Closeable> others = new HashSet<>();

    RingNetwork(RingLoop loop) {
        this.loop = loop;
        this.ring = loop.ring();
        loop.whenStopping(this::closeAll);
    }

    private void closeAll() {
        new ArrayList<>(others).forEach(Closeable::close);
        new ArrayList<>(streams).forEach(RingStream::close);
    }

    void forget(RingStream stream, RingStream.MessageMemory messages) {
        streams.remove(stream);
        if (spareMessages.size() < KEPT_MESSAGES) {
            spareMessages.push(messages);
        }
    }

    private RingStream stream(int socket, Endpoint local, Endpoint remote) {
        RingStream.MessageMemory messages = spareMessages.poll();
        if (messages == null) {
            messages = new RingStream.MessageMemory(Arena.ofAuto().allocate(RingStream.MessageMemory.BYTES, 64));
        }
        RingStream stream = new RingStream(this, loop, staging, messages, socket, local, remote);
        streams.add(stream);
        return stream;
    }

    @Override
    public Closeable listen(Endpoint local, SocketOptions options, Acceptor acceptor) throws PortException {
        int socket = -1;
        int error;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = LinuxSockets.address(arena, local);
            socket = LinuxSockets.open(local.family(), options);
            error = socket < 0 ? socket : bindAndListen(socket, local, address);
        }
        if (error < 0) {
            if (socket >= 0) {
                Libc.close(socket);
            }
            throw ListenFailures.of(local, SocketErrors.text(-error));
        }
        Listener listener = new Listener(socket, local, options, acceptor);
        others.add(listener);
        listener.begin();
        return listener;
    }

    private static int bindAndListen(int socket, Endpoint local, MemorySegment address) {
        if (local.family() != Endpoint.Family.UNIX) {
            Libc.setsockopt(socket, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1);
        }
        int length = (int) address.byteSize();
        int bound = Libc.bind(socket, address, length);
        if (bound == -Linux.EADDRINUSE && local.family() == Endpoint.Family.UNIX) {
            LinuxSockets.removeStale(local, address);
            bound = Libc.bind(socket, address, length);
        }
        return bound < 0 ? bound : Libc.listen(socket, BACKLOG);
    }

    @Override
    public Closeable dial(Endpoint local, Endpoint remote, SocketOptions options, long timeoutNanos, Dialer dialer) {
        Dial dial = new Dial(remote, options, dialer);
        others.add(dial);
        dial.begin(local, timeoutNanos);
        return dial;
    }

    private final class Listener extends RingOperation implements Closeable {
        private final int socket;
        private final Endpoint local;
        private final SocketOptions options;
        private final Acceptor acceptor;
        private boolean closed;

        Listener(int socket, Endpoint local, SocketOptions options, Acceptor acceptor) {
            this.socket = socket;
            this.local = local;
            this.options = options;
            this.acceptor = acceptor;
        }

        void begin() {
            ring.add(this);
            ring.accept(this, socket);
        }

        @Override
        protected void completed(int result, int flags) {
            if (closed) {
                if (result >= 0) {
                    Libc.close(result);
                }
                giveBack();
                return;
            }
            if (result < 0) {
                boolean passing = result == -Linux.EINTR || result == -Linux.EAGAIN || result == -103;
                loop.timers().schedule(passing ? 0 : ACCEPT_RETRY_NANOS, this::again);
                return;
            }
            ring.accept(this, socket);
            LinuxSockets.configure(result, local.family(), options);
            boolean unix = local.family() == Endpoint.Family.UNIX;
            Endpoint near = unix ? local : LinuxSockets.local(result, local);
            Endpoint far = unix ? local : LinuxSockets.remote(result, local);
            stream(result, near, far).offerTo(acceptor::accepted);
        }

        private void again() {
            if (!closed && !submitted()) {
                ring.accept(this, socket);
            }
        }

        @Override
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            others.remove(this);
            if (local.family() == Endpoint.Family.UNIX) {
                ListenFailures.removeSocketFile(local);
            }
            if (submitted()) {
                ring.cancel(this);
                // New connections are refused from now on, not only when the cancellation has been handled.
                Libc.shutdown(socket, Linux.SHUT_RDWR);
            } else {
                giveBack();
            }
        }

        private void giveBack() {
            ring.remove(this);
            Libc.close(socket);
        }
    }

    private final class Dial extends RingOperation implements Closeable {
        private final Endpoint remote;
        private final SocketOptions options;
        private final Dialer dialer;
        private final Arena arena = Arena.ofConfined();
        private int socket = -1;
        private boolean over;
        private Timers.@Nullable Timer timeout;

        Dial(Endpoint remote, SocketOptions options, Dialer dialer) {
            this.remote = remote;
            this.options = options;
            this.dialer = dialer;
        }

        void begin(Endpoint local, long timeoutNanos) {
            try {
                MemorySegment address = LinuxSockets.address(arena, remote);
                socket = LinuxSockets.open(remote.family(), options);
                int error = socket < 0 ? socket : bind(local);
                if (error < 0) {
                    failLater(SocketErrors.text(-error));
                    return;
                }
                ring.add(this);
                ring.connect(this, socket, address.address(), (int) address.byteSize());
            } catch (PortException e) {
                failLater(String.valueOf(e.getMessage()));
                return;
            }
            timeout = loop.timers()
                    .schedule(timeoutNanos, () -> fail("no answer within " + timeoutNanos / 1_000_000 + " ms"));
        }

        private int bind(Endpoint local) throws PortException {
            if (Addresses.anything(local)) {
                return 0;
            }
            MemorySegment address = LinuxSockets.address(arena, local);
            Libc.setsockopt(socket, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1);
            return Libc.bind(socket, address, (int) address.byteSize());
        }

        private void failLater(String reason) {
            loop.execute(() -> fail(reason));
        }

        @Override
        protected void completed(int result, int flags) {
            if (over) {
                giveBack();
                return;
            }
            if (result < 0) {
                fail(SocketErrors.text(-result));
                return;
            }
            over = true;
            others.remove(this);
            cancelTimeout();
            ring.remove(this);
            arena.close();
            boolean unix = remote.family() == Endpoint.Family.UNIX;
            Endpoint near = unix ? remote : LinuxSockets.local(socket, remote);
            Endpoint far = unix ? remote : LinuxSockets.remote(socket, remote);
            stream(socket, near, far).offerTo(dialer::connected);
        }

        private void fail(String reason) {
            if (!over) {
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
            if (over) {
                return;
            }
            over = true;
            others.remove(this);
            cancelTimeout();
            if (submitted()) {
                ring.cancel(this);
            } else {
                giveBack();
            }
        }

        private void giveBack() {
            ring.remove(this);
            if (socket >= 0) {
                Libc.close(socket);
            }
            arena.close();
        }
    }
}
