package io.bsr.wire.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.bsr.wire.Agreement;
import io.bsr.wire.Feature;
import io.bsr.wire.HeaderReader;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.StreamRole;
import io.bsr.wire.bitmap.BitmapReceiver;
import io.bsr.wire.bitmap.MemoryBitmap;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bytes of an attacker, or of a broken peer. */
class HostileBytesTest {
    private static final int INPUTS = 100_000;

    @Test
    void mutated_packets_are_read_or_refused_and_nothing_else() {
        Random random = new Random(4);
        Tally tally = new Tally();
        int inputs = 0;
        while (inputs < INPUTS) {
            Agreement agreed = PacketSamples.AGREEMENTS.get(random.nextInt(PacketSamples.AGREEMENTS.size()));
            for (Packet packet : new PacketSamples(random, agreed).all()) {
                ByteBuffer bytes = ByteBuffer.allocate(1 << 12);
                Packet.write(bytes, agreed, random.nextInt(4), packet);
                int length = Math.min(bytes.capacity(), bytes.position() + random.nextInt(64));
                mutate(random, bytes.array(), bytes.position());
                tally.read(ByteBuffer.wrap(bytes.array(), 0, length), role(packet.type()), agreed);
                inputs++;
            }
        }
        assertTrue(tally.read > INPUTS / 20, tally::toString);
        assertTrue(tally.refused > INPUTS / 20, tally::toString);
    }

    @Test
    void random_bodies_of_all_packets_are_read_or_refused_and_nothing_else() {
        Random random = new Random(5);
        PacketType[] types = PacketType.values();
        Tally tally = new Tally();
        for (int input = 0; input < INPUTS; input++) {
            Agreement agreed = PacketSamples.AGREEMENTS.get(random.nextInt(PacketSamples.AGREEMENTS.size()));
            PacketType type = types[random.nextInt(types.length)];
            byte[] bytes = new byte[random.nextInt(400)];
            if (random.nextBoolean()) {
                random.nextBytes(bytes);
            } else {
                mutate(random, bytes, bytes.length);
            }
            int length = random.nextInt(4) == 0 ? random.nextInt() : type.subHeaderBytes(agreed) + random.nextInt(20);
            tally.decode(type, ByteBuffer.wrap(bytes), length, agreed);
        }
        assertTrue(tally.read > INPUTS / 50, tally::toString);
        assertTrue(tally.refused > INPUTS / 50, tally::toString);
    }

    @Test
    void random_bitmap_code_is_read_or_refused_and_never_passes_the_end() {
        Random random = new Random(6);
        int refused = 0;
        int received = 0;
        for (int input = 0; input < INPUTS; input++) {
            MemoryBitmap bitmap = new MemoryBitmap(random.nextInt(1 << random.nextInt(20)));
            BitmapReceiver receiver = new BitmapReceiver(bitmap.bits(), bitmap, new Agreement(118, Feature.ALL));
            byte[] bytes = new byte[1 + random.nextInt(40)];
            random.nextBytes(bytes);
            bytes[0] = (byte) (random.nextInt(8) == 0 ? bytes[0] : (bytes[0] & 0xf0) | 2);
            PacketType type = random.nextInt(10) == 0 ? PacketType.BITMAP : PacketType.COMPRESSED_BITMAP;
            try {
                receiver.receive(type, ByteBuffer.wrap(bytes), bytes.length);
                received++;
            } catch (ProtocolException bad) {
                refused++;
            }
            assertTrue(receiver.offset() <= bitmap.bits());
        }
        assertTrue(received > INPUTS / 100, received + " received");
        assertTrue(refused > INPUTS / 100, refused + " refused");
    }

    @Test
    void a_length_that_lies_costs_no_memory() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Agreement agreed = new Agreement(118, Feature.ALL);
        for (int round = 0; round < 3; round++) {
            for (PacketType type : PacketType.values()) {
                for (int length : List.of(Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 1 << 30, 1 << 21)) {
                    ByteBuffer bytes = ByteBuffer.allocate(100);
                    long before = threads.getCurrentThreadAllocatedBytes();

                    assertThrows(ProtocolException.class, () -> Packet.decode(type, bytes, length, agreed));

                    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
                    assertTrue(round == 0 || allocated < 64 << 10, type + ": " + allocated + " bytes");
                }
            }
        }
    }

    @Test
    void a_length_within_the_limits_but_beyond_the_bytes_is_refused() {
        Agreement agreed = new Agreement(118, Feature.ALL);

        ProtocolException refused = assertThrows(
                ProtocolException.class,
                () -> Packet.decode(PacketType.UUIDS110, ByteBuffer.allocate(303), 304, agreed));

        assertEquals(ProtocolException.Fault.TRUNCATED, refused.fault());
        assertEquals("it ends after 303 of 304 bytes", refused.why());
    }

    private static StreamRole role(PacketType type) {
        return type.travelsOn(StreamRole.DATA) ? StreamRole.DATA : StreamRole.CONTROL;
    }

    private static void mutate(Random random, byte[] bytes, int length) {
        for (int i = random.nextInt(4); i > 0 && length > 0; i--) {
            bytes[random.nextInt(length)] = (byte) (random.nextBoolean() ? random.nextInt() : 1 << random.nextInt(8));
        }
    }

    /** Counts what became of the inputs; any exception but the declared one passes through and fails the test. */
    private static final class Tally {
        int read;
        int refused;

        void read(ByteBuffer in, StreamRole role, Agreement agreed) {
            HeaderReader headers = new HeaderReader(role);
            headers.agree(agreed);
            try {
                if (headers.read(in)) {
                    decode(headers.type(), in, headers.length(), agreed);
                }
            } catch (ProtocolException bad) {
                refused++;
            }
        }

        void decode(PacketType type, ByteBuffer in, int length, Agreement agreed) {
            try {
                Packet packet = Packet.decode(type, in, length, agreed);
                ByteBuffer again = ByteBuffer.allocate(1 << 12);
                packet.encode(again, agreed);
                Packet same = Packet.decode(type, again.flip().limit(again.capacity()), length, agreed);
                assertEquals(packet, same);
                assertEquals(packet.toString(), same.toString());
                read++;
            } catch (ProtocolException bad) {
                refused++;
            }
        }

        @Override
        public String toString() {
            return read + " read, " + refused + " refused";
        }
    }
}
