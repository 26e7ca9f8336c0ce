package io.bsr.wire.trace;

import io.bsr.wire.Agreement;
import io.bsr.wire.HeaderReader;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.ProtocolOffer;
import io.bsr.wire.StreamRole;
import io.bsr.wire.packet.ConnectionFeatures;
import io.bsr.wire.packet.SessionPacket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A capture file, cut into packets. */
public final class Recording {
    /** All recordings. */
    public static final List<String> NAMES = List.of(
            "bsr-initial-sync",
            "bsr-resync-verify",
            "drbd84-admin",
            "drbd84-ahead-behind",
            "drbd84-auth-integrity",
            "drbd84-auth-sha256",
            "drbd84-diskless",
            "drbd84-initial-sync",
            "drbd84-link-loss",
            "drbd84-resync-csums",
            "drbd84-resync-discard",
            "drbd84-resync-plain-bitmap",
            "drbd84-split-brain",
            "drbd84-split-brain-auto",
            "drbd84-two-primaries",
            "drbd84-verify",
            "drbd84-volumes",
            "drbd84-writes-protoA",
            "drbd84-writes-protoB",
            "drbd84-writes-protoC");

    /**
     * One packet.
     *
     * @param agreed what was agreed when it was sent
     * @param bytes header and body, big-endian, a view of its own
     */
    public record Frame(PacketType type, int volume, Agreement agreed, int headerBytes, ByteBuffer bytes) {
        /** Bytes after the header. */
        public int length() {
            return bytes.remaining() - headerBytes;
        }

        /** What follows the header, as a view of its own. */
        public ByteBuffer body() {
            return bytes.slice(headerBytes, length());
        }
    }

    /**
     * One TCP connection.
     *
     * @param fromOpener packets of the side that opened it
     * @param toOpener packets of the other side
     * @param cutOff bytes at the ends of both directions that are no whole packet, because the connection was lost
     */
    public record Conversation(StreamRole role, List<Frame> fromOpener, List<Frame> toOpener, int cutOff) {}

    private Recording() {}

    /** The conversations of a recording in the order of their beginnings, without those that carried nothing. */
    public static List<Conversation> read(String name) throws ProtocolException {
        List<Capture.Connection> connections = Capture.connections("/traces/" + name + ".pcap.gz");
        Agreement agreed = agreement(connections);
        List<Conversation> conversations = new ArrayList<>();
        for (Capture.Connection connection : connections) {
            List<Frame> fromOpener = new ArrayList<>();
            ByteBuffer opener = connection.fromOpener().bytes();
            HeaderReader headers = new HeaderReader(StreamRole.DATA);
            if (!next(headers, opener, fromOpener)) {
                continue;
            }
            StreamRole role = headers.type() == PacketType.INITIAL_DATA ? StreamRole.DATA : StreamRole.CONTROL;
            List<Frame> toOpener = new ArrayList<>();
            ByteBuffer other = connection.toOpener().bytes();
            int cutOff = all(role, agreed, opener, fromOpener) + all(role, agreed, other, toOpener);
            conversations.add(new Conversation(role, fromOpener, toOpener, cutOff));
        }
        return conversations;
    }

    /** What both sides' features packets on the first data stream lead to; it is the same all through a recording. */
    private static Agreement agreement(List<Capture.Connection> connections) throws ProtocolException {
        for (Capture.Connection connection : connections) {
            ByteBuffer opener = connection.fromOpener().bytes();
            ByteBuffer other = connection.toOpener().bytes();
            HeaderReader headers = new HeaderReader(StreamRole.DATA);
            List<Frame> frames = new ArrayList<>();
            if (next(headers, opener, frames)
                    && headers.type() == PacketType.INITIAL_DATA
                    && next(headers, opener, frames)
                    && next(headers, other, frames)) {
                return Agreement.between(offer(frames.get(1)), offer(frames.get(2)));
            }
        }
        throw new IllegalArgumentException("no connection was established");
    }

    private static ProtocolOffer offer(Frame frame) throws ProtocolException {
        SessionPacket packet = SessionPacket.decode(frame.type(), frame.body(), frame.length(), frame.agreed());
        return ((ConnectionFeatures) packet).offer();
    }

    private static int all(StreamRole role, Agreement agreed, ByteBuffer in, List<Frame> frames)
            throws ProtocolException {
        HeaderReader headers = new HeaderReader(role);
        if (role == StreamRole.CONTROL) {
            headers.agree(agreed);
        }
        while (next(headers, in, frames)) {
            if (headers.type() == PacketType.CONNECTION_FEATURES) {
                headers.agree(agreed);
            }
        }
        return in.remaining();
    }

    private static boolean next(HeaderReader headers, ByteBuffer in, List<Frame> frames) throws ProtocolException {
        int start = in.position();
        if (!headers.read(in)) {
            return false;
        }
        if (in.remaining() < headers.length()) {
            in.position(start);
            return false;
        }
        int bytes = headers.headerBytes() + headers.length();
        frames.add(new Frame(
                headers.type(), headers.volume(), headers.agreed(), headers.headerBytes(), in.slice(start, bytes)));
        in.position(start + bytes);
        return true;
    }
}
