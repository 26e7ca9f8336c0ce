package io.bsr.conformance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * The conversation of two recorded DRBD 8.4 nodes on one connection: 10.9.0.1, which becomes Primary, and 10.9.0.2. A gzipped
 * classic pcap file with whole TCP connections.
 */
final class Recording {
    static final int CONTROL = 0xfff1;
    static final int DATA = 0xfff2;
    static final int BARRIER_ACK = 0x1c;

    private static final int PRIMARY = 0x0a090001;

    private record Direction(int from, int fromPort, int to, int toPort) {
        Direction back() {
            return new Direction(to, toPort, from, fromPort);
        }
    }

    private final Map<Direction, ByteArrayOutputStream> streams = new LinkedHashMap<>();
    private final Map<Direction, Integer> next = new HashMap<>();

    static Recording of(String resource) throws IOException {
        try (InputStream file = Recording.class.getResourceAsStream(resource)) {
            if (file == null) {
                throw new IOException("no resource " + resource);
            }
            Recording recording = new Recording();
            recording.read(ByteBuffer.wrap(new GZIPInputStream(file).readAllBytes()));
            return recording;
        }
    }

    /** What the later Primary sent on the last stream of a kind, without the packet that says the kind. */
    List<Packet> fromPrimary(int kind) throws IOException {
        return packets(direction(kind, true));
    }

    /** What the other node sent. */
    List<Packet> toPrimary(int kind) throws IOException {
        return packets(direction(kind, false));
    }

    private Direction direction(int kind, boolean fromPrimary) throws IOException {
        for (Map.Entry<Direction, ByteArrayOutputStream> each : streams.entrySet()) {
            byte[] bytes = each.getValue().toByteArray();
            if (bytes.length >= 8 && (ByteBuffer.wrap(bytes).getInt(4) >>> 16) == kind) {
                Direction opener = each.getKey();
                return (opener.from() == PRIMARY) == fromPrimary ? opener : opener.back();
            }
        }
        throw new IOException("the recording has no such stream");
    }

    private List<Packet> packets(Direction direction) throws IOException {
        ByteArrayOutputStream stream = streams.get(direction);
        ByteBuffer in = ByteBuffer.wrap(stream == null ? new byte[0] : stream.toByteArray())
                .order(ByteOrder.BIG_ENDIAN);
        List<Packet> packets = new ArrayList<>();
        if (in.remaining() >= 8) {
            int first = in.getInt(4) >>> 16;
            in.position(first == CONTROL || first == DATA ? 8 : 0);
        }
        for (Packet packet = Packet.next(in); packet != null; packet = Packet.next(in)) {
            packets.add(packet);
        }
        return packets;
    }

    private void read(ByteBuffer file) {
        ByteOrder order = file.getInt(0) == 0xa1b2c3d4 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        for (int at = 24; at + 16 <= file.limit(); ) {
            int length = file.order(order).getInt(at + 8);
            frame(file.slice(at + 16, length).order(ByteOrder.BIG_ENDIAN));
            at += 16 + length;
        }
    }

    /** Segments that come again are left out; none of the recordings lacks one. */
    private void frame(ByteBuffer frame) {
        if (frame.getShort(12) != 0x0800 || frame.get(23) != 6) {
            return;
        }
        int tcp = 14 + (frame.get(14) & 15) * 4;
        int data = tcp + (frame.get(tcp + 12) >>> 4 & 15) * 4;
        int end = 14 + (frame.getShort(16) & 0xffff);
        Direction direction = new Direction(
                frame.getInt(26), frame.getShort(tcp) & 0xffff, frame.getInt(30), frame.getShort(tcp + 2) & 0xffff);
        int sequence = frame.getInt(tcp + 4);
        if ((frame.get(tcp + 13) & 2) != 0) {
            next.put(direction, sequence + 1);
            streams.put(direction, new ByteArrayOutputStream());
            return;
        }
        int known = next.getOrDefault(direction, sequence) - sequence;
        if (end - data > known && known >= 0) {
            byte[] news = new byte[end - data - known];
            frame.get(data + known, news);
            next.put(direction, sequence + known + news.length);
            streams.computeIfAbsent(direction, d -> new ByteArrayOutputStream()).writeBytes(news);
        }
    }
}
