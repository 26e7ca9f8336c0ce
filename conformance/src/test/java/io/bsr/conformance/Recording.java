package io.bsr.conformance;

import io.bsr.wire.StateWord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The conversation of two recorded nodes, captured at the network card of the first, 10.9.0.1: a gzipped classic pcap file with
 * whole TCP connections. What a node sends stands behind everything that it had received by then.
 */
final class Recording {
    private static final Path FOLDER = Path.of("..", "wire", "src", "test", "resources", "traces");
    private static final int FIRST_NODE = 0x0a090001;
    private static final int SYN = 2;
    private static final long EQUALS_PRIMARY = 0xc00;
    private static final int VERIFY_S = 18;

    /** A packet as it was sent, in the order of the capture. */
    record Sent(boolean byFirst, boolean control, Packet packet) {}

    private record Direction(int from, int fromPort, int to, int toPort) {
        Direction back() {
            return new Direction(to, toPort, from, fromPort);
        }
    }

    /** One TCP connection, as soon as its first packet says what it is for. */
    private static final class Flow {
        private final Map<Direction, byte[]> rest = new HashMap<>();
        private @Nullable List<Sent> session;
        private boolean control;
    }

    private final List<List<Sent>> sessions = new ArrayList<>();
    private final Map<Direction, Integer> next = new HashMap<>();
    private final Map<Direction, Flow> flows = new HashMap<>();

    /** The sessions of a recording, each from its features packets on. */
    static List<List<Sent>> sessions(String name) throws IOException {
        try (InputStream file = Files.newInputStream(FOLDER.resolve(name + ".pcap.gz"))) {
            Recording recording = new Recording();
            recording.read(ByteBuffer.wrap(new GZIPInputStream(file).readAllBytes()));
            recording.sessions.forEach(Recording::parametersFirst);
            recording.sessions.forEach(Recording::withoutEmptyResync);
            recording.sessions.forEach(Recording::promotedTogether);
            return untilVerify(recording.sessions);
        }
    }

    /**
     * A node may wait for the peer's P_PROTOCOL before it tells of its volumes, and need not: as both send theirs by
     * themselves, they are put in front.
     */
    private static void parametersFirst(List<Sent> session) {
        List<Sent> parameters = session.stream()
                .filter(s -> s.packet().command() == Packet.PROTOCOL)
                .toList();
        if (parameters.isEmpty()) {
            return;
        }
        int at = session.indexOf(parameters.getFirst());
        session.removeAll(parameters);
        session.addAll(at, parameters);
    }

    /**
     * bsr lets a resync without a block follow the promotion of a node, and this engine does not: it is left out, from the
     * identifiers of who became Secondary, which say that it equals the Primary, to the end of the exchange.
     */
    private static void withoutEmptyResync(List<Sent> session) {
        boolean inside = false;
        for (Iterator<Sent> all = session.iterator(); all.hasNext(); ) {
            Packet packet = all.next().packet();
            inside |= packet.command() == Packet.UUIDS110
                    && (packet.body().getLong(16) & EQUALS_PRIMARY) == EQUALS_PRIMARY;
            inside &= switch (packet.command()) {
                case Packet.DATA, Packet.DAGTAG, Packet.TWO_PHASE_PREPARE -> false;
                default -> true;
            };
            if (inside) {
                all.remove();
            }
        }
    }

    /**
     * DRBD 8.4 promotes one volume after the other, and tells the state of each when the peer has agreed; this engine asks for
     * all of them before it is Primary.
     */
    private static void promotedTogether(List<Sent> session) {
        List<Sent> told = new ArrayList<>();
        boolean asking = false;
        for (int i = 0; i < session.size(); i++) {
            Sent sent = session.get(i);
            if (isPromotion(sent.packet())) {
                asking = true;
            } else if (asking && sent.packet().command() == Packet.STATE && furtherPromotion(session, i)) {
                told.add(session.remove(i));
                i--;
            } else if (sent.packet().command() == Packet.STATE_CHANGE_REPLY
                    && !told.isEmpty()
                    && !furtherPromotion(session, i)) {
                session.addAll(i + 1, told);
                return;
            }
        }
    }

    /** True if another volume is promoted after this. */
    private static boolean furtherPromotion(List<Sent> session, int after) {
        return session.subList(after, session.size()).stream()
                .anyMatch(s -> isPromotion(s.packet()) && s.packet().volume() > 0);
    }

    private static boolean isPromotion(Packet packet) {
        return packet.command() == Packet.STATE_CHANGE_REQUEST
                && new StateWord(packet.body().getInt(0)).role() != 0;
    }

    /** What is played ends before a verify: the recorded disks were changed behind the nodes' backs for it. */
    private static List<List<Sent>> untilVerify(List<List<Sent>> sessions) {
        for (int s = 0; s < sessions.size(); s++) {
            List<Sent> session = sessions.get(s);
            for (int i = 0; i < session.size(); i++) {
                if (beginsVerify(session.get(i).packet())) {
                    session.subList(i, session.size()).clear();
                    return sessions.subList(0, s + 1);
                }
            }
        }
        return sessions;
    }

    private static boolean beginsVerify(Packet packet) {
        return packet.command() == Packet.TWO_PHASE_PREPARE
                && new StateWord(packet.body().getInt(28)).conn() != 0
                && new StateWord(packet.body().getInt(32)).conn() == VERIFY_S;
    }

    private void read(ByteBuffer file) throws IOException {
        ByteOrder order = file.getInt(0) == 0xa1b2c3d4 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        for (int at = 24; at + 16 <= file.limit(); ) {
            int length = file.order(order).getInt(at + 8);
            frame(file.slice(at + 16, length).order(ByteOrder.BIG_ENDIAN));
            at += 16 + length;
        }
    }

    /** Segments that come again are left out; none of the recordings lacks one. */
    private void frame(ByteBuffer frame) throws IOException {
        if (frame.getShort(12) != 0x0800 || frame.get(23) != 6) {
            return;
        }
        int tcp = 14 + (frame.get(14) & 15) * 4;
        int data = tcp + (frame.get(tcp + 12) >>> 4 & 15) * 4;
        int end = 14 + (frame.getShort(16) & 0xffff);
        Direction direction = new Direction(
                frame.getInt(26), frame.getShort(tcp) & 0xffff, frame.getInt(30), frame.getShort(tcp + 2) & 0xffff);
        int sequence = frame.getInt(tcp + 4);
        if ((frame.get(tcp + 13) & SYN) != 0) {
            next.put(direction, sequence + 1);
            Flow back = flows.get(direction.back());
            flows.put(direction, back != null && back.session == null ? back : new Flow());
            return;
        }
        int known = next.getOrDefault(direction, sequence) - sequence;
        if (end - data > known && known >= 0) {
            byte[] news = new byte[end - data - known];
            frame.get(data + known, news);
            next.put(direction, sequence + known + news.length);
            arrived(direction, news);
        }
    }

    private void arrived(Direction direction, byte[] news) throws IOException {
        Flow flow = flows.computeIfAbsent(direction, d -> new Flow());
        byte[] before = flow.rest.getOrDefault(direction, new byte[0]);
        ByteBuffer in = ByteBuffer.allocate(before.length + news.length)
                .put(before)
                .put(news)
                .flip();
        for (Packet packet = Packet.next(in); packet != null; packet = Packet.next(in)) {
            if (packet.command() == Packet.INITIAL_DATA || packet.command() == Packet.INITIAL_CONTROL) {
                begins(flow, packet.command() == Packet.INITIAL_CONTROL);
            } else if (flow.session != null) {
                flow.session.add(new Sent(direction.from() == FIRST_NODE, flow.control, packet));
            }
        }
        byte[] rest = new byte[in.remaining()];
        in.get(rest);
        flow.rest.put(direction, rest);
    }

    /** The two connections of a session are opened one right after the other. */
    private void begins(Flow flow, boolean control) {
        boolean second = flows.values().stream()
                .anyMatch(f -> f != flow
                        && f.session != null
                        && f.control != control
                        && f.session == sessions.getLast()
                        && f.session.isEmpty());
        if (!second) {
            sessions.add(new ArrayList<>());
        }
        flow.session = sessions.getLast();
        flow.control = control;
    }
}
