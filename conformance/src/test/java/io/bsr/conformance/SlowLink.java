package io.bsr.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A way between two ports of this machine that carries so many bytes each second, and buffers few. It can be cut, and
 * hang.
 */
final class SlowLink implements AutoCloseable {
    private static final int BUFFER_BYTES = 8192;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile long bytesPerSecond = Long.MAX_VALUE;
    private volatile boolean cut;
    private volatile boolean hanging;

    private SlowLink(ServerSocket listener, int target) {
        this.listener = listener;
        this.target = target;
    }

    /** Listens at a port of its own. */
    static SlowLink to(int target) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.setReceiveBufferSize(BUFFER_BYTES);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), Pair.freePort()));
        SlowLink link = new SlowLink(listener, target);
        Thread.ofPlatform().name("slow link to " + target).daemon(true).start(link::accept);
        return link;
    }

    int port() {
        return listener.getLocalPort();
    }

    /** In each direction of each stream. */
    void speed(long bytes) {
        bytesPerSecond = bytes;
    }

    /** Ends all streams, and refuses new ones until {@link #mend}. */
    void cut() throws IOException {
        cut = true;
        for (Socket socket : open) {
            socket.close();
        }
    }

    /** Nothing gets through any more, and no stream ends. */
    void hang() {
        hanging = true;
    }

    /** As good as new. */
    void mend() {
        cut = false;
        hanging = false;
        bytesPerSecond = Long.MAX_VALUE;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket from = listener.accept();
                if (cut) {
                    from.close();
                } else {
                    Thread.ofVirtual().start(() -> join(from));
                }
            } catch (IOException e) {
                // The listener is closed: the row has ended.
                return;
            }
        }
    }

    private void join(Socket from) {
        Socket to = new Socket();
        open.add(from);
        open.add(to);
        try (from;
                to) {
            to.setSendBufferSize(BUFFER_BYTES);
            to.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
            Thread back = Thread.ofVirtual().start(() -> pump(to, from));
            pump(from, to);
            back.join();
        } catch (IOException e) {
            // Nobody listens there at the moment: the dialler finds its stream closed, and tries again.
            open.remove(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    /** Until one of the two hangs up; then both are. */
    private void pump(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            long due = System.nanoTime();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                long now = System.nanoTime();
                due = Math.max(due, now) + TimeUnit.SECONDS.toNanos(1) / Math.max(1, bytesPerSecond / Math.max(1, n));
                LockSupport.parkNanos(due - now);
                while (hanging && !from.isClosed()) {
                    LockSupport.parkNanos(LOOK_NANOS);
                }
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            // An end that was reset is an end.
            open.remove(from);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
