package io.bsr.control.server;

import io.bsr.control.message.Limits;
import io.bsr.control.message.LineChannel;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Listens at a Unix socket and serves each client on a thread of its own. */
public final class ControlServer implements AutoCloseable {
    /** Clients at one time. */
    public static final int MOST_CLIENTS = 64;

    /** How long a client may say nothing between two requests. */
    public static final Duration IDLE = Duration.ofMinutes(5);

    /** How long a client may take to read a line; then it is gone or does not want it. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path socket;
    private final ServerSocketChannel listener;
    private final CommandHandler handler;
    private final ServerLog log;
    private final Duration patience;
    private final Set<LineChannel> clients = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private ControlServer(
            Path socket, ServerSocketChannel listener, CommandHandler handler, ServerLog log, Duration patience) {
        this.patience = patience;
        this.socket = socket;
        this.listener = listener;
        this.handler = handler;
        this.log = log;
    }

    /**
     * Listens at {@code socket}. A socket file that is there already is replaced: the caller knows that nobody listens,
     * because it holds the engine's lock.
     *
     * @param log is told of clients that were turned away or misbehaved
     */
    public static ControlServer open(Path socket, CommandHandler handler, ServerLog log) throws IOException {
        return open(socket, handler, log, PATIENCE);
    }

    static ControlServer open(Path socket, CommandHandler handler, ServerLog log, Duration patience)
            throws IOException {
        Files.deleteIfExists(socket);
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listener.bind(UnixDomainSocketAddress.of(socket));
            if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            }
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        ControlServer server = new ControlServer(socket, listener, handler, log, patience);
        Thread.ofPlatform().name("control").daemon(true).start(server::accept);
        return server;
    }

    private void accept() {
        long number = 0;
        while (!closed) {
            try {
                SocketChannel channel = listener.accept();
                serve(channel, ++number);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                log.line("the control socket cannot take a client: " + e.getMessage());
                if (!pause()) {
                    return;
                }
            }
        }
    }

    /** Out of descriptors or memory, the next attempt fails as well: not a thousand times a second. */
    private static boolean pause() {
        try {
            Thread.sleep(200);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void serve(SocketChannel channel, long number) throws IOException {
        LineChannel lines;
        String refusal;
        try {
            refusal = clients.size() >= MOST_CLIENTS
                    ? MOST_CLIENTS + " clients are served already; try again later"
                    : PeerUser.refusal(channel);
            lines = new LineChannel(channel, Limits.REQUEST_BYTES);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        ClientSession session = new ClientSession(lines, handler, log, patience);
        if (!refusal.isEmpty()) {
            log.line("a control client was turned away: " + refusal);
            session.refuse(refusal);
            return;
        }
        clients.add(lines);
        Thread.ofPlatform().name("control-" + number).daemon(true).start(() -> {
            try {
                session.run();
            } finally {
                clients.remove(lines);
                lines.close();
            }
        });
        if (closed) {
            lines.close();
        }
    }

    /** Clients connected now. */
    public int clients() {
        return clients.size();
    }

    /** Takes no more clients and drops those that are there. */
    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            log.line("the control socket " + socket + " cannot be removed: " + e.getMessage());
        }
        clients.forEach(LineChannel::close);
    }
}
