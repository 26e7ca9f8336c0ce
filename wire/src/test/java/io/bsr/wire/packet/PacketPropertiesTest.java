package io.bsr.wire.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.wire.Agreement;
import io.bsr.wire.HeaderReader;
import io.bsr.wire.PacketType;
import io.bsr.wire.Payload;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.ProtocolException.Fault;
import io.bsr.wire.StreamRole;
import io.bsr.wire.Versions;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What holds for every packet at every version. */
class PacketPropertiesTest {
    private static final int ROUNDS = 200;

    @Test
    void what_is_written_reads_back_equal() throws Exception {
        Random random = new Random(1);
        ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
        EnumSet<PacketType> seen = EnumSet.noneOf(PacketType.class);
        for (Agreement agreed : PacketSamples.AGREEMENTS) {
            PacketSamples samples = new PacketSamples(random, agreed);
            for (int round = 0; round < ROUNDS; round++) {
                for (Packet packet : samples.all()) {
                    int volume = agreed.atLeast(Versions.HEADER_100) ? random.nextInt(65536) - 1 : 0;
                    bytes.clear();
                    int put = Packet.write(bytes, agreed, volume, packet);
                    bytes.flip();

                    HeaderReader header = reader(packet.type(), agreed);
                    assertTrue(header.read(bytes));
                    Packet read = Packet.decode(header.type(), bytes, header.length(), agreed);

                    assertEquals(packet, read);
                    assertEquals(volume, header.volume());
                    assertEquals(packet.length(agreed), header.length());
                    assertEquals(put, bytes.position());
                    seen.add(packet.type());
                }
            }
        }
        assertEquals(EnumSet.allOf(PacketType.class), seen);
    }

    @Test
    void every_prefix_of_a_packet_is_incomplete_or_refused() throws Exception {
        Random random = new Random(2);
        for (Agreement agreed : PacketSamples.AGREEMENTS) {
            for (Packet packet : new PacketSamples(random, agreed).all()) {
                ByteBuffer whole = ByteBuffer.allocate(1 << 16);
                Packet.write(whole, agreed, 0, packet);
                for (int length = 0; length < whole.position(); length++) {
                    ByteBuffer prefix = ByteBuffer.wrap(whole.array(), 0, length);
                    HeaderReader header = reader(packet.type(), agreed);

                    if (!header.read(prefix)) {
                        assertTrue(length < agreed.headerBytes(), packet + " " + length);
                        assertEquals(0, prefix.position());
                    } else {
                        ProtocolException refused = assertThrows(
                                ProtocolException.class,
                                () -> Packet.decode(header.type(), prefix, header.length(), agreed),
                                () -> packet.toString());
                        assertEquals(Fault.TRUNCATED, refused.fault());
                    }
                }
            }
        }
    }

    @Test
    void a_packet_of_fixed_size_with_another_length_is_refused() {
        Random random = new Random(3);
        for (Agreement agreed : PacketSamples.AGREEMENTS) {
            for (Packet packet : new PacketSamples(random, agreed).all()) {
                PacketType type = packet.type();
                if (type.payload() == Payload.NONE || type == PacketType.SYNC_PARAM89) {
                    ByteBuffer body = ByteBuffer.allocate(512);
                    packet.encode(body, agreed);
                    for (int other : new int[] {packet.length(agreed) - 1, packet.length(agreed) + 1, 400}) {
                        ProtocolException refused = assertThrows(
                                ProtocolException.class,
                                () -> Packet.decode(type, ByteBuffer.wrap(body.array()), other, agreed));
                        assertEquals(Fault.BAD_LENGTH, refused.fault());
                    }
                }
            }
        }
    }

    static HeaderReader reader(PacketType type, Agreement agreed) {
        HeaderReader reader = new HeaderReader(type.travelsOn(StreamRole.DATA) ? StreamRole.DATA : StreamRole.CONTROL);
        reader.agree(agreed);
        return reader;
    }
}
