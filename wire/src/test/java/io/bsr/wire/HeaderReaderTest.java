package io.bsr.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.wire.ProtocolException.Fault;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HeaderReaderTest {
    private static final Agreement BSR = new Agreement(118, Feature.ALL);
    private static final Agreement V96 = new Agreement(96, Feature.ALL);

    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    private static HeaderReader reader(StreamRole stream, Agreement agreed) {
        HeaderReader reader = new HeaderReader(stream);
        reader.agree(agreed);
        return reader;
    }

    private static ProtocolException refused(StreamRole stream, Agreement agreed, String hex) {
        return assertThrows(
                ProtocolException.class, () -> reader(stream, agreed).read(bytes(hex)));
    }

    @Test
    void a_header_of_sixteen_bytes_tells_volume_packet_and_length() throws Exception {
        ByteBuffer in = bytes("8620ec20 0001 000e 00000004 00000000 0000d092");
        HeaderReader reader = reader(StreamRole.DATA, BSR);

        assertTrue(reader.read(in));

        assertEquals(PacketType.STATE, reader.type());
        assertEquals(1, reader.volume());
        assertEquals(4, reader.length());
        assertEquals(16, reader.headerBytes());
        assertEquals(4, reader.subHeaderBytes());
        assertEquals(0, reader.payloadBytes());
        assertEquals(16, in.position());
    }

    @Test
    void the_volume_is_unsigned_but_for_the_whole_connection() throws Exception {
        HeaderReader reader = reader(StreamRole.DATA, BSR);

        assertTrue(reader.read(bytes("8620ec20 ffff 000e 00000004 00000000")));
        assertEquals(PacketHeader.CONNECTION, reader.volume());
        assertTrue(reader.read(bytes("8620ec20 fffe 000e 00000004 00000000")));
        assertEquals(65534, reader.volume());
        assertTrue(reader.read(bytes("8620ec20 8000 000e 00000004 00000000")));
        assertEquals(32768, reader.volume());
    }

    @Test
    void below_version_100_both_headers_of_eight_bytes_are_understood() throws Exception {
        HeaderReader reader = reader(StreamRole.DATA, V96);

        assertTrue(reader.read(bytes("83740267 000e 0004")));
        assertEquals(PacketType.STATE, reader.type());
        assertEquals(0, reader.volume());
        assertTrue(reader.read(bytes("835a 0000 00010018")));
        assertEquals(PacketType.DATA, reader.type());
        assertEquals(65536, reader.payloadBytes());
        assertEquals(8, reader.headerBytes());
    }

    @Test
    void an_incomplete_header_is_left_alone() throws Exception {
        byte[] header = HexFormat.of().parseHex("8620ec200001000e0000000400000000");
        HeaderReader reader = reader(StreamRole.DATA, BSR);
        for (int length = 0; length < header.length; length++) {
            ByteBuffer in = ByteBuffer.wrap(header, 0, length);

            assertFalse(reader.read(in));

            assertEquals(0, in.position());
        }
    }

    @Test
    void the_first_packet_of_a_connection_needs_no_agreement() throws Exception {
        HeaderReader reader = new HeaderReader(StreamRole.DATA);

        assertTrue(reader.read(bytes("83740267 fff1 0000")));

        assertEquals(PacketType.INITIAL_META, reader.type());
    }

    @Test
    void the_features_come_on_the_control_stream_too() throws Exception {
        HeaderReader reader = reader(StreamRole.CONTROL, BSR);

        assertTrue(reader.read(bytes("8620ec20 ffff fffe 00000048 00000000")));

        assertEquals(PacketType.CONNECTION_FEATURES, reader.type());
    }

    @Test
    void a_header_of_another_version_is_refused_at_once() {
        assertEquals(
                Fault.WRONG_MAGIC,
                refused(StreamRole.DATA, BSR, "83740267 000e 0004").fault());
        assertEquals(
                Fault.WRONG_MAGIC,
                refused(StreamRole.DATA, V96, "8620ec20 0000 000e 00000004 00000000")
                        .fault());
        assertEquals(
                Fault.WRONG_MAGIC,
                refused(StreamRole.DATA, BSR, "474554202f204854").fault());
    }

    @Test
    void a_pad_that_is_not_zero_is_refused() {
        ProtocolException refused = refused(StreamRole.DATA, BSR, "8620ec20 0000 000e 00000004 00000100");

        assertEquals(Fault.NONZERO_PAD, refused.fault());
        assertEquals("its last four bytes are 0x00000100", refused.why());
    }

    @Test
    void a_number_without_packet_is_an_unknown_command() {
        for (String number : new String[] {"0005", "0025", "0052", "00ff", "ffff", "fffc"}) {
            assertEquals(
                    Fault.UNKNOWN_COMMAND,
                    refused(StreamRole.DATA, BSR, "8620ec20 0000 " + number + " 00000004 00000000")
                            .fault());
        }
    }

    @Test
    void a_packet_of_the_other_stream_is_an_unknown_command() {
        assertEquals(
                Fault.UNKNOWN_COMMAND,
                refused(StreamRole.CONTROL, BSR, "8620ec20 0000 000e 00000004 00000000")
                        .fault());
        assertEquals(
                Fault.UNKNOWN_COMMAND,
                refused(StreamRole.DATA, BSR, "8620ec20 0000 0013 00000000 00000000")
                        .fault());
        assertEquals(
                Fault.UNKNOWN_COMMAND,
                refused(StreamRole.CONTROL, BSR, "8620ec20 0000 0010 00000040 00000000")
                        .fault());
    }

    @Test
    void a_packet_that_was_not_agreed_is_refused() {
        Agreement drbd9 = new Agreement(112, Feature.ALL);

        assertEquals(
                Fault.NOT_AGREED,
                refused(StreamRole.DATA, drbd9, "8620ec20 0000 0049 00000008 00000000")
                        .fault());
        assertEquals(
                Fault.NOT_AGREED,
                refused(StreamRole.DATA, new Agreement(118, 0), "8620ec20 0000 0031 0000001c 00000000")
                        .fault());
    }

    @Test
    void a_length_that_the_packet_cannot_have_is_refused() {
        assertEquals(
                Fault.BAD_LENGTH,
                refused(StreamRole.DATA, BSR, "8620ec20 0000 000e 00000005 00000000")
                        .fault());
        assertEquals(
                Fault.BAD_LENGTH,
                refused(StreamRole.DATA, BSR, "8620ec20 0000 0000 ffffffff 00000000")
                        .fault());
        assertEquals(
                Fault.BAD_LENGTH,
                refused(StreamRole.CONTROL, BSR, "8620ec20 0000 0013 00000001 00000000")
                        .fault());
    }

    @Test
    void large_packets_of_versions_95_to_99_get_the_header_with_a_long_length() throws Exception {
        ByteBuffer out = ByteBuffer.allocate(64);
        PacketHeader.put(out, V96, PacketType.DATA, 0, 32768);
        PacketHeader.put(out, V96, PacketType.DATA, 0, 32769);
        PacketHeader.put(out, new Agreement(94, 0), PacketType.DATA, 0, 24 + 32768);

        assertEquals(
                "8374026700008000" + "835a000000008001" + "8374026700008018",
                HexFormat.of().formatHex(out.array(), 0, out.position()));
    }

    @Test
    void every_fault_says_what_to_do() {
        for (Fault fault : Fault.values()) {
            assertFalse(fault.remedy().isEmpty());
        }
    }
}
