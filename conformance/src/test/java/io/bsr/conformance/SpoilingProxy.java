package io.bsr.conformance;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A way from one engine to the other that does what bad cables, proxies and memory do. It follows the packets
 * (wire-protocol reference, section 3.1), so that a test can say which one is spoiled, and how; from then on it passes
 * the bytes of that stream on as they come.
 */
final class SpoilingProxy implements AutoCloseable {
    static final int DATA = 0x00;
    static final int RESYNC_REQUEST = 0x09;
    static final int WRITE_ACK = 0x16;
    static final int PING = 0x13;
    static final int PING_ACK = 0x14;
    static final int BARRIER_ACK = 0x1c;

    private static final int HEADER_80 = 8;
    private static final int HEADER_100 = 16;
    private static final int AT_VOLUME = 4;
    private static final int AT_COMMAND = 6;
    private static final int AT_LENGTH = 8;
    private static final int AT_PAD = 12;
    private static final int INITIAL_DATA = 0xfff2;
    private static final int MOST_BYTES = 2 << 20;
    private static final int SEED = 11;

    /** How a packet is spoiled. Each makes it one that the protocol forbids. */
    enum Fault {
        BAD_MAGIC,
        UNKNOWN_COMMAND,
        HUGE_LENGTH,
        NEGATIVE_LENGTH,
        WRONG_LENGTH,
        NONZERO_PAD,
        UNKNOWN_VOLUME,
        /** The sector is far behind the end of the volume. */
        SECTOR_OUT_OF_RANGE,
        /** A bit of the data: only a digest can tell (data-integrity-alg). */
        CHANGED_DATA,
        /** Random bytes before the packet. */
        GARBAGE,
        /** Half of the packet, then the end of the stream. */
        TRUNCATED,
        /** Half of the packet, then nothing more, on a stream that stays open. */
        SILENCE
    }

    /** Which packet is spoiled: the next one of the stream whose command this accepts. */
    record Order(Fault fault, boolean fromDialler, boolean dataStream, IntPredicate command) {}

    private final ServerSocket listener;
    private final int target;
    private final Random random = new Random(SEED);
    private final AtomicReference<@Nullable Order> order = new AtomicReference<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private SpoilingProxy(ServerSocket listener, int target) {
        this.listener = listener;
        this.target = target;
    }

    /** Listens at {@code port} and passes everything on to {@code target}, both on loopback. */
    static SpoilingProxy between(int port, int target) throws IOException {
        ServerSocket listener = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        SpoilingProxy proxy = new SpoilingProxy(listener, target);
        Thread.ofPlatform().name("proxy " + port).daemon(true).start(proxy::accept);
        return proxy;
    }

    /** Spoils one packet, as soon as it comes. */
    void spoil(Order next) {
        order.set(next);
    }

    /** Spoils nothing more. */
    void forget() {
        order.set(null);
    }

    /** The packet came and was spoiled. */
    boolean done() {
        return order.get() == null;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket from = listener.accept();
                open.add(from);
                Thread.ofVirtual().start(() -> join(from));
            } catch (IOException e) {
                // The listener is closed: the test has ended.
                return;
            }
        }
    }

    private void join(Socket from) {
        Socket to = new Socket();
        open.add(to);
        CompletableFuture<Boolean> isData = new CompletableFuture<>();
        try (from;
                to) {
            to.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
            Thread back = Thread.ofVirtual().start(() -> {
                try {
                    pump(to, from, isData.join(), false);
                } catch (IOException e) {
                    hangUp(from, to);
                }
            });
            byte[] first = exactly(from.getInputStream(), HEADER_80);
            boolean data = (ByteBuffer.wrap(first).getShort(AT_VOLUME) & 0xffff) == INITIAL_DATA;
            to.getOutputStream().write(first);
            isData.complete(data);
            try {
                pump(from, to, data, true);
            } finally {
                hangUp(from, to);
                back.join();
            }
        } catch (IOException e) {
            isData.cancel(false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.removeAll(List.of(from, to));
        }
    }

    private static void hangUp(Socket... sockets) {
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new AssertionError("a socket cannot be closed", e);
            }
        }
    }

    private void pump(Socket from, Socket to, boolean data, boolean fromDialler) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        if (data) {
            // Features come before a version is agreed, with the old header.
            out.write(exactly(in, HEADER_80 + ScriptedPeer.FEATURES_BYTES));
        }
        while (true) {
            byte[] header = exactly(in, HEADER_100);
            ByteBuffer fields = ByteBuffer.wrap(header);
            int length = fields.getInt(AT_LENGTH);
            if (length < 0 || length > MOST_BYTES) {
                throw new IOException("an engine sent a packet of " + length + " bytes");
            }
            byte[] body = exactly(in, length);
            Order wanted = order.get();
            boolean hit = wanted != null
                    && wanted.dataStream() == data
                    && wanted.fromDialler() == fromDialler
                    && wanted.command().test(fields.getShort(AT_COMMAND) & 0xffff)
                    && order.compareAndSet(wanted, null);
            if (hit && wanted != null) {
                spoil(wanted.fault(), fields, header, body, out);
                in.transferTo(wanted.fault() == Fault.SILENCE ? OutputStream.nullOutputStream() : out);
                throw new EOFException("end of a spoiled stream");
            }
            out.write(header);
            out.write(body);
        }
    }

    private void spoil(Fault fault, ByteBuffer fields, byte[] header, byte[] body, OutputStream out)
            throws IOException {
        switch (fault) {
            case BAD_MAGIC -> header[0] ^= 0x40;
            case UNKNOWN_COMMAND -> fields.putShort(AT_COMMAND, (short) 0x7ffe);
            case HUGE_LENGTH -> fields.putInt(AT_LENGTH, Integer.MAX_VALUE);
            case NEGATIVE_LENGTH -> fields.putInt(AT_LENGTH, -1);
            case WRONG_LENGTH -> fields.putInt(AT_LENGTH, 3);
            case NONZERO_PAD -> header[AT_PAD] = 1;
            case UNKNOWN_VOLUME -> fields.putShort(AT_VOLUME, (short) 77);
            case SECTOR_OUT_OF_RANGE -> body[0] = 0x7f;
            case CHANGED_DATA -> body[body.length - 1] ^= 0x10;
            case GARBAGE -> {
                byte[] noise = new byte[100];
                random.nextBytes(noise);
                out.write(noise);
            }
            case TRUNCATED, SILENCE -> {
                out.write(header);
                out.write(body, 0, body.length / 2);
                if (fault == Fault.TRUNCATED) {
                    throw new EOFException("cut off");
                }
                return;
            }
        }
        out.write(header);
        out.write(body);
    }

    private static byte[] exactly(InputStream in, int bytes) throws IOException {
        byte[] read = in.readNBytes(bytes);
        if (read.length != bytes) {
            throw new EOFException("the stream ended");
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        hangUp(open.toArray(Socket[]::new));
    }
}
