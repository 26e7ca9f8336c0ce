package io.bsr.wire.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.StreamRole;
import io.bsr.wire.packet.Packet;
import io.bsr.wire.trace.Recording.Conversation;
import io.bsr.wire.trace.Recording.Frame;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Invariant I11: recordings of real peers decode, and encode to equal bytes. */
class RecordedPacketsTest {
    @SuppressWarnings("unused") // named in @FieldSource
    private static final List<String> RECORDINGS = Recording.NAMES;

    @ParameterizedTest
    @FieldSource("RECORDINGS")
    void every_recorded_packet_encodes_to_the_bytes_it_was_decoded_from(String name) throws Exception {
        ByteBuffer out = ByteBuffer.allocate(2 << 20);
        for (Frame frame : frames(name).toList()) {
            ByteBuffer body = frame.body();

            Packet packet = Packet.decode(frame.type(), body, frame.length(), frame.agreed());
            out.clear();
            Packet.write(out, frame.agreed(), frame.volume(), packet);
            out.put(body).flip();

            assertEquals(hexWithoutPad(frame, frame.bytes()), hexWithoutPad(frame, out), () -> name + ": " + packet);
        }
    }

    /** The canary of the test above: it must not be one that any bytes pass. */
    @ParameterizedTest
    @FieldSource("RECORDINGS")
    void a_recorded_packet_with_a_flipped_byte_is_refused_or_encodes_to_other_bytes(String name) throws Exception {
        ByteBuffer out = ByteBuffer.allocate(2 << 20);
        EnumSet<PacketType> seen = EnumSet.noneOf(PacketType.class);
        for (Frame frame : frames(name).filter(f -> f.length() > 0).toList()) {
            if (!seen.add(frame.type())) {
                continue;
            }
            byte[] flipped = new byte[frame.length()];
            frame.body().get(flipped);
            flipped[0] ^= 1;
            ByteBuffer body = ByteBuffer.wrap(flipped);
            String encoded;
            try {
                Packet packet = Packet.decode(frame.type(), body, frame.length(), frame.agreed());
                out.clear();
                Packet.write(out, frame.agreed(), frame.volume(), packet);
                out.put(body).flip();
                encoded = hexWithoutPad(frame, out);
            } catch (ProtocolException refused) {
                continue;
            }

            assertNotEquals(hexWithoutPad(frame, frame.bytes()), encoded, () -> name + ": " + frame.type());
        }
        assertFalse(seen.isEmpty());
    }

    @ParameterizedTest
    @FieldSource("RECORDINGS")
    void as_many_packets_are_found_as_an_independent_decoder_finds(String name) throws Exception {
        Map<String, Long> expected = new TreeMap<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(getClass().getResourceAsStream("/traces/packets.txt")),
                StandardCharsets.UTF_8))) {
            lines.lines()
                    .map(line -> line.split(" ", -1))
                    .filter(f -> f[0].equals(name))
                    .forEach(f -> expected.put(f[1], Long.valueOf(f[2])));
        }

        Map<String, Long> found = new TreeMap<>();
        frames(name)
                .forEach(frame -> found.merge(
                        HexFormat.of().toHexDigits((short) frame.type().number()), 1L, Long::sum));

        assertEquals(expected, found);
    }

    @ParameterizedTest
    @FieldSource("RECORDINGS")
    void no_recorded_stream_ends_within_a_packet(String name) throws Exception {
        List<Conversation> conversations = Recording.read(name);

        for (Conversation conversation : conversations) {
            assertEquals(0, conversation.cutOff(), name);
        }
        assertTrue(conversations.stream().anyMatch(c -> c.role() == StreamRole.CONTROL));
    }

    @Test
    void the_recordings_hold_all_packets_but_these() throws Exception {
        EnumSet<PacketType> found = EnumSet.noneOf(PacketType.class);

        for (String name : Recording.NAMES) {
            frames(name).forEach(frame -> found.add(frame.type()));
        }

        assertEquals(
                EnumSet.of(
                        PacketType.SYNC_PARAM,
                        PacketType.NEG_ACK,
                        PacketType.NEG_DREPLY,
                        PacketType.NEG_RS_DREPLY,
                        PacketType.DELAY_PROBE,
                        PacketType.RETRY_WRITE,
                        PacketType.TWOPC_ABORT,
                        PacketType.WSAME,
                        PacketType.TWOPC_PREP_RSZ,
                        PacketType.PEER_DAGTAG,
                        PacketType.CURRENT_UUID,
                        PacketType.TWOPC_NO,
                        PacketType.TWOPC_RETRY),
                EnumSet.complementOf(found));
    }

    private static Stream<Frame> frames(String name) throws Exception {
        return Recording.read(name).stream()
                .flatMap(c -> Stream.concat(c.fromOpener().stream(), c.toOpener().stream()));
    }

    /** Two layouts have a pad that the kernel's senders never write: it holds what was in the buffer before. */
    private static String hexWithoutPad(Frame frame, ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        int pad =
                switch (frame.type().layout()) {
                    case BLOCK_REQUEST -> 20;
                    case BLOCK_DESCRIPTOR -> 12;
                    default -> -1;
                };
        if (pad >= 0) {
            int from = frame.headerBytes() + pad;
            Arrays.fill(copy, from, from + Integer.BYTES, (byte) 0);
        }
        return HexFormat.of().formatHex(copy);
    }
}
