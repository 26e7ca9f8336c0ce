package io.bsr.wire.trace;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The TCP connections of a capture file: classic pcap, Ethernet, IPv4. It holds complete captures only, so every byte
 * that is missing at the end of a stream was lost together with the connection.
 */
final class Capture {
    private static final int FILE_HEADER = 24;
    private static final int FRAME_HEADER = 16;
    private static final int ETHERNET = 14;
    private static final int SYN = 2;
    private static final int ACK = 16;

    /** One TCP connection: the bytes in both directions. */
    record Connection(TcpStream fromOpener, TcpStream toOpener) {}

    private record End(int address, int port) {}

    private record Direction(End from, End to) {
        Direction back() {
            return new Direction(to, from);
        }
    }

    private final List<Connection> connections = new ArrayList<>();
    private final Map<Direction, TcpStream> open = new HashMap<>();

    private Capture() {}

    /** The connections of a gzipped capture among the resources, in the order of their first segments. */
    static List<Connection> connections(String resource) {
        try (InputStream file = Capture.class.getResourceAsStream(resource)) {
            if (file == null) {
                throw new IllegalArgumentException("no resource " + resource);
            }
            Capture capture = new Capture();
            capture.read(ByteBuffer.wrap(new GZIPInputStream(file).readAllBytes()));
            return capture.connections;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void read(ByteBuffer file) {
        ByteOrder order =
                switch (file.getInt(0)) {
                    case 0xa1b2c3d4, 0xa1b23c4d -> ByteOrder.BIG_ENDIAN;
                    case 0xd4c3b2a1, 0x4d3cb2a1 -> ByteOrder.LITTLE_ENDIAN;
                    default -> throw new IllegalArgumentException("not a pcap file");
                };
        int at = FILE_HEADER;
        while (at + FRAME_HEADER <= file.limit()) {
            int length = file.order(order).getInt(at + 8);
            at += FRAME_HEADER;
            frame(file.slice(at, length).order(ByteOrder.BIG_ENDIAN));
            at += length;
        }
    }

    private void frame(ByteBuffer frame) {
        if (frame.getShort(12) != 0x0800 || frame.get(ETHERNET + 9) != 6) {
            return;
        }
        int total = frame.getShort(ETHERNET + 2) & 0xffff;
        int tcp = ETHERNET + (frame.get(ETHERNET) & 0x0f) * 4;
        End from = new End(frame.getInt(ETHERNET + 12), frame.getShort(tcp) & 0xffff);
        End to = new End(frame.getInt(ETHERNET + 16), frame.getShort(tcp + 2) & 0xffff);
        int sequence = frame.getInt(tcp + 4);
        int flags = frame.get(tcp + 13);
        int data = tcp + (frame.get(tcp + 12) >>> 4 & 0x0f) * 4;
        Direction direction = new Direction(from, to);
        if ((flags & SYN) != 0) {
            opened(direction, sequence, (flags & ACK) == 0);
        } else if (ETHERNET + total > data) {
            @Nullable TcpStream stream = open.get(direction);
            if (stream == null) {
                throw new IllegalArgumentException("the capture does not have the beginning of a connection");
            }
            stream.segment(sequence, frame.slice(data, ETHERNET + total - data));
        }
    }

    private void opened(Direction direction, int sequence, boolean byOpener) {
        TcpStream stream = open.get(direction);
        if (stream != null && stream.beganAt(sequence + 1)) {
            return;
        }
        TcpStream began = new TcpStream(sequence + 1);
        open.put(direction, began);
        if (!byOpener) {
            TcpStream opener = open.get(direction.back());
            if (opener == null) {
                throw new IllegalArgumentException("an answer without a connection request");
            }
            connections.add(new Connection(opener, began));
        }
    }
}
