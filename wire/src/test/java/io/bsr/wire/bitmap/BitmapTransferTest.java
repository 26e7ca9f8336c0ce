package io.bsr.wire.bitmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.wire.Agreement;
import io.bsr.wire.Feature;
import io.bsr.wire.HeaderReader;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.ProtocolException.Fault;
import io.bsr.wire.StreamRole;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BitmapTransferTest {
    private static final Agreement BSR = new Agreement(118, Feature.ALL);
    private static final Agreement OLD = new Agreement(95, 0);

    private record Sent(PacketType type, String body) {}

    /** Sends a bitmap into an empty one of the same size. */
    private static List<Sent> transfer(MemoryBitmap bitmap, MemoryBitmap target, Agreement agreed, boolean useRle)
            throws ProtocolException {
        BitmapSender sender = new BitmapSender(bitmap, agreed, useRle);
        BitmapReceiver receiver = new BitmapReceiver(target.bits(), target, agreed);
        HeaderReader headers = new HeaderReader(StreamRole.DATA);
        headers.agree(agreed);
        List<Sent> packets = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        while (!sender.finished()) {
            assertFalse(receiver.finished());
            bytes.clear();
            int put = sender.put(bytes, 3);
            bytes.flip();
            assertEquals(put, bytes.remaining());
            assertTrue(headers.read(bytes));
            int body = bytes.position();
            receiver.receive(headers.type(), bytes, headers.length());
            assertFalse(bytes.hasRemaining());
            assertEquals(sender.offset(), receiver.offset());
            packets.add(
                    new Sent(headers.type(), HexFormat.of().formatHex(bytes.array(), body, body + headers.length())));
        }
        assertTrue(receiver.finished());
        return packets;
    }

    private static MemoryBitmap runs(boolean firstIsSet, long... runs) {
        long bits = 0;
        for (long run : runs) {
            bits += run;
        }
        MemoryBitmap bitmap = new MemoryBitmap(bits);
        long at = 0;
        boolean set = firstIsSet;
        for (long run : runs) {
            if (set) {
                bitmap.setRange(at, at + run);
            }
            at += run;
            set = !set;
        }
        return bitmap;
    }

    @ParameterizedTest
    @CsvSource({
        "false, 10 54, 3297af00",
        "true, 1024, b23fcf02",
        "true, 1 1 1 1 60, a200df02",
        "false, 262144, 327fcfde03",
        "false, 100 28 300 999572, 52dfcc5bdffedfd8c703",
    })
    void the_vectors_of_the_reference_are_sent_and_received(boolean firstIsSet, String runs, String code)
            throws Exception {
        long[] lengths =
                List.of(runs.split(" ")).stream().mapToLong(Long::parseLong).toArray();
        MemoryBitmap bitmap = runs(firstIsSet, lengths);
        MemoryBitmap target = new MemoryBitmap(bitmap.bits());

        List<Sent> packets = transfer(bitmap, target, BSR, true);

        assertEquals(List.of(new Sent(PacketType.COMPRESSED_BITMAP, code)), packets);
        assertEquals(bitmap, target);
    }

    @Test
    void a_plain_bitmap_comes_in_full_packets_and_an_empty_one_at_the_end() throws Exception {
        for (Agreement agreed : List.of(BSR, OLD)) {
            int words = agreed.equals(BSR) ? 510 : 511;
            MemoryBitmap bitmap = new MemoryBitmap(2L * words * 64 + 70);
            bitmap.setRange(0, 2L * words * 64 + 70);

            List<Sent> packets = transfer(bitmap, new MemoryBitmap(bitmap.bits()), agreed, false);

            assertEquals(
                    List.of(words * 8, words * 8, 16, 0),
                    packets.stream().map(p -> p.body.length() / 2).toList());
            assertEquals("ff".repeat(8) + "3f" + "00".repeat(7), packets.get(2).body);
        }
    }

    @Test
    void words_are_little_endian() throws Exception {
        MemoryBitmap bitmap = new MemoryBitmap(128);
        bitmap.setRange(0, 1);
        bitmap.setRange(9, 11);
        bitmap.setRange(63, 65);

        List<Sent> packets = transfer(bitmap, new MemoryBitmap(128), BSR, false);

        assertEquals("0106000000000080" + "0100000000000000", packets.getFirst().body);
    }

    @Test
    void a_bitmap_without_bits_is_one_empty_packet() throws Exception {
        for (boolean useRle : new boolean[] {true, false}) {
            assertEquals(
                    List.of(new Sent(PacketType.BITMAP, "")),
                    transfer(new MemoryBitmap(0), new MemoryBitmap(0), BSR, useRle));
        }
    }

    @Test
    void compression_is_not_used_below_version_90() throws Exception {
        MemoryBitmap bitmap = new MemoryBitmap(100_000);

        List<Sent> packets = transfer(bitmap, new MemoryBitmap(100_000), new Agreement(89, 0), true);

        assertTrue(packets.stream().allMatch(p -> p.type == PacketType.BITMAP));
    }

    @Test
    void where_compression_does_not_pay_one_plain_packet_is_sent_from_the_word_on() throws Exception {
        MemoryBitmap bitmap = new MemoryBitmap(1_000_000);
        Random random = new Random(7);
        for (int bit = 100_100; bit < 160_000; bit++) {
            if (random.nextBoolean()) {
                bitmap.setRange(bit, bit + 1);
            }
        }
        MemoryBitmap target = new MemoryBitmap(bitmap.bits());

        List<Sent> packets = transfer(bitmap, target, BSR, true);

        assertEquals(bitmap, target);
        List<PacketType> types = packets.stream().map(Sent::type).toList();
        assertTrue(types.contains(PacketType.BITMAP), types::toString);
        assertEquals(PacketType.COMPRESSED_BITMAP, types.getLast());
        for (Sent packet : packets) {
            if (packet.type == PacketType.BITMAP) {
                assertEquals(510 * 8, packet.body.length() / 2);
            }
        }
    }

    @Test
    void code_as_long_as_the_bits_is_sent_but_not_longer_code() throws Exception {
        MemoryBitmap equal = runs(true, 3, 3, 3, 3, 3, 3, 3, 3);
        MemoryBitmap longer = runs(true, 3, 3, 3, 3, 3, 3, 3, 2);

        assertEquals(
                List.of(PacketType.COMPRESSED_BITMAP),
                transfer(equal, new MemoryBitmap(24), BSR, true).stream()
                        .map(Sent::type)
                        .toList());
        assertEquals(
                List.of(PacketType.BITMAP, PacketType.BITMAP),
                transfer(longer, new MemoryBitmap(23), BSR, true).stream()
                        .map(Sent::type)
                        .toList());
    }

    @Test
    void after_a_plain_packet_that_reaches_the_end_an_empty_one_follows() throws Exception {
        MemoryBitmap bitmap = new MemoryBitmap(3);
        bitmap.setRange(1, 2);

        List<Sent> packets = transfer(bitmap, new MemoryBitmap(3), BSR, true);

        assertEquals(
                List.of(new Sent(PacketType.BITMAP, "0200000000000000"), new Sent(PacketType.BITMAP, "")), packets);
    }

    @Test
    void every_bitmap_arrives_as_it_was_sent() throws Exception {
        Random random = new Random(8);
        for (int round = 0; round < 400; round++) {
            MemoryBitmap bitmap = random(random);
            MemoryBitmap target = new MemoryBitmap(bitmap.bits());

            List<Sent> packets = transfer(bitmap, target, random.nextBoolean() ? BSR : OLD, random.nextInt(4) != 0);

            assertEquals(bitmap, target, "round " + round);
            long bytes =
                    packets.stream().mapToLong(p -> 16 + p.body.length() / 2).sum();
            assertTrue(bytes <= bitmap.bits() / 8 + 200L * (2 + packets.size()), bytes + " bytes");
        }
    }

    /** Sections of different density, from all clear to all set, as file systems make them. */
    private static MemoryBitmap random(Random random) {
        MemoryBitmap bitmap = new MemoryBitmap(random.nextInt(1 << (1 + random.nextInt(21))));
        long at = 0;
        while (at < bitmap.bits()) {
            long section = Math.min(bitmap.bits(), at + 1 + random.nextInt(60_000));
            int longest = 1 << random.nextInt(17);
            boolean set = random.nextBoolean();
            while (at < section) {
                long end = Math.min(section, at + 1 + random.nextInt(longest));
                if (set) {
                    bitmap.setRange(at, end);
                }
                set = !set;
                at = end;
            }
        }
        return bitmap;
    }

    @Test
    void run_lengths_of_all_levels_decode_to_what_was_encoded() {
        long[] limits = {
            1,
            2,
            3,
            4,
            5,
            8,
            9,
            16,
            17,
            48,
            49,
            304,
            305,
            8496,
            8497,
            2105648,
            2105649,
            17181974832L,
            17181974833L,
            RunLengthCode.LARGEST
        };
        int[] bits = {2, 3, 5, 7, 10, 14, 21, 29, 42, 64};
        for (int i = 0; i < limits.length; i++) {
            int level = RunLengthCode.levelOf(limits[i]);
            long code = RunLengthCode.encode(level, limits[i]);

            assertEquals(i / 2, level);
            assertEquals(bits[level], RunLengthCode.bits(level));
            assertEquals(level, RunLengthCode.levelOfCode(code));
            assertEquals(limits[i], RunLengthCode.decode(level, code));
        }
    }

    @Test
    void the_largest_device_is_one_short_packet() throws Exception {
        long bits = 1L << 48;
        BitRuns clear = new BitRuns() {
            @Override
            public long bits() {
                return bits;
            }

            @Override
            public long nextSet(long from) {
                return bits;
            }

            @Override
            public long nextClear(long from) {
                return from;
            }
        };
        BitmapSender sender = new BitmapSender(clear, BSR, true);
        ByteBuffer bytes = ByteBuffer.allocate(4096);

        assertEquals(16 + 1 + 8, sender.put(bytes, 0));

        assertTrue(sender.finished());
        BitmapReceiver receiver = new BitmapReceiver(bits, (from, to) -> {}, BSR);
        receiver.receive(PacketType.COMPRESSED_BITMAP, bytes.flip().position(16), 9);
        assertTrue(receiver.finished());
    }

    @ParameterizedTest
    @CsvSource({
        "64, COMPRESSED_BITMAP, 32, one byte",
        "64, COMPRESSED_BITMAP, 3397af00, encoding 3",
        "63, COMPRESSED_BITMAP, 3297af00, a run passes the end",
        "64, COMPRESSED_BITMAP, 4297af00, the last code word is cut off",
        "1000, COMPRESSED_BITMAP, 82ffffffffffffffffff, the longest runs",
        "64, BITMAP, '', too early an end",
        "64, BITMAP, 00000000, half a word",
        "64, BITMAP, 00000000000000000000000000000000, a word too many",
    })
    void what_does_not_fit_the_device_is_refused(long bits, PacketType type, String body, String what) {
        MemoryBitmap bitmap = new MemoryBitmap(bits);
        BitmapReceiver receiver = new BitmapReceiver(bits, bitmap, BSR);
        byte[] bytes = HexFormat.of().parseHex(body);

        ProtocolException refused = assertThrows(
                ProtocolException.class, () -> receiver.receive(type, ByteBuffer.wrap(bytes), bytes.length), what);

        assertEquals(Fault.BAD_BITMAP, refused.fault(), what);
    }

    @Test
    void bits_beyond_the_end_are_ignored() throws Exception {
        MemoryBitmap bitmap = new MemoryBitmap(70);
        BitmapReceiver receiver = new BitmapReceiver(70, bitmap, BSR);
        byte[] words = HexFormat.of().parseHex("ff".repeat(16));

        receiver.receive(PacketType.BITMAP, ByteBuffer.wrap(words), 16);

        MemoryBitmap expected = new MemoryBitmap(70);
        expected.setRange(0, 70);
        assertEquals(expected, bitmap);
        assertFalse(receiver.finished());
        receiver.receive(PacketType.BITMAP, ByteBuffer.allocate(0), 0);
        assertTrue(receiver.finished());
    }

    @Test
    void nothing_is_received_after_the_end() throws Exception {
        BitmapReceiver receiver = new BitmapReceiver(0, new MemoryBitmap(0), BSR);
        receiver.receive(PacketType.BITMAP, ByteBuffer.allocate(0), 0);

        assertThrows(ProtocolException.class, () -> receiver.receive(PacketType.BITMAP, ByteBuffer.allocate(0), 0));
    }

    @Test
    void a_packet_that_is_not_all_there_is_refused() {
        BitmapReceiver receiver = new BitmapReceiver(64, new MemoryBitmap(64), BSR);

        ProtocolException refused = assertThrows(
                ProtocolException.class, () -> receiver.receive(PacketType.BITMAP, ByteBuffer.allocate(7), 8));

        assertEquals(Fault.TRUNCATED, refused.fault());
    }

    @Test
    void a_sender_that_is_finished_or_without_room_is_not_asked() {
        BitmapSender sender = new BitmapSender(new MemoryBitmap(0), BSR, true);

        assertThrows(IllegalArgumentException.class, () -> sender.put(ByteBuffer.allocate(4095), 0));
        sender.put(ByteBuffer.allocate(4096), 0);
        assertThrows(IllegalStateException.class, () -> sender.put(ByteBuffer.allocate(4096), 0));
    }
}
