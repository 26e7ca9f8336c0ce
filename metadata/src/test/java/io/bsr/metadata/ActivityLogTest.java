package io.bsr.metadata;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.bsr.metadata.ActivityLogReplay.Outcome;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ActivityLogTest {
    private static final int[] NONE = {};

    private final ActivityLogBlock codec = new ActivityLogBlock();
    private final ByteBuffer block = ByteBuffer.allocateDirect(3 * ActivityLogBlock.BYTES);

    @Test
    void the_initialised_block_begins_with_the_known_16_bytes() {
        codec.encodeInitialised(block, 4096);

        byte[] start = new byte[16];
        block.get(4096, start);
        assertEquals("69cb65a200000000709cc651ffff0000", HexFormat.of().formatHex(start));
        assertTrue(codec.valid(block, 4096));
        assertEquals(ActivityLogBlock.TYPE_INITIALISED, ActivityLogBlock.type(block, 4096));
        for (int i = 16; i < 4096; i++) {
            assertEquals(0, block.get(4096 + i));
        }
        for (int i = 0; i < 4096; i++) {
            assertEquals(0, block.get(i));
            assertEquals(0, block.get(8192 + i));
        }
    }

    @Test
    void the_checksum_is_crc32c_without_initial_and_final_inversion() {
        Random random = new Random(1);
        byte[] bytes = new byte[4096];
        for (int i = 0; i < 50; i++) {
            random.nextBytes(bytes);
            ByteBuffer direct = ByteBuffer.allocateDirect(4096).put(bytes).clear();
            direct.putInt(8, 0);

            int expected = 0;
            for (int at = 0; at < 4096; at++) {
                expected ^= Byte.toUnsignedInt(direct.get(at));
                for (int bit = 0; bit < 8; bit++) {
                    expected = expected >>> 1 ^ ((expected & 1) != 0 ? 0x82F63B78 : 0);
                }
            }

            direct.putInt(8, random.nextInt());
            assertEquals(expected, codec.checksum(direct, 0));
        }
    }

    @Test
    void every_flipped_bit_makes_a_block_invalid() {
        codec.encode(block, 0, 5, 1, new int[] {3}, new int[] {77}, new int[] {1, 2, 3, 4}, 4, 0);
        assertTrue(codec.valid(block, 0));

        for (int bit = 0; bit < 8 * 4096; bit += 7) {
            block.put(bit / 8, (byte) (block.get(bit / 8) ^ 1 << bit % 8));
            assertFalse(codec.valid(block, 0), "bit " + bit);
            block.put(bit / 8, (byte) (block.get(bit / 8) ^ 1 << bit % 8));
        }
    }

    @Test
    void a_transaction_has_its_fields_where_the_format_says() {
        int[] active = new int[1000];
        Arrays.setAll(active, i -> i == 930 ? ActivityLogBlock.FREE : 100 + i);

        codec.encode(block, 0, 0x80000001, 2, new int[] {950, 7}, new int[] {0xFFFFFFFE, 8}, active, 1000, 919);

        assertEquals(0x69CB65A2, block.getInt(0));
        assertEquals(0x80000001, block.getInt(4));
        assertEquals(0, block.getShort(12));
        assertEquals(2, block.getShort(14));
        assertEquals(1000, block.getShort(16));
        assertEquals(919, block.getShort(18));
        assertEquals(950, block.getShort(36));
        assertEquals(7, block.getShort(38));
        assertEquals(-1, block.getShort(40));
        assertEquals(0xFFFFFFFE, block.getInt(164));
        assertEquals(8, block.getInt(168));
        assertEquals(-1, block.getInt(172));
        assertEquals(1019, block.getInt(420));
        assertEquals(-1, block.getInt(420 + 4 * 11));
        assertEquals(1099, block.getInt(420 + 4 * 80));
        assertEquals(-1, block.getInt(420 + 4 * 81));
        assertEquals(-1, block.getInt(4092));
    }

    @Test
    void impossible_transactions_are_refused() {
        int[] active = new int[10];

        assertThrows(
                IllegalArgumentException.class,
                () -> codec.encode(block, 0, 0, 65, new int[65], new int[65], active, 10, 0));
        assertThrows(IllegalArgumentException.class, () -> codec.encode(block, 0, 0, 0, NONE, NONE, active, 11, 0));
        assertThrows(IllegalArgumentException.class, () -> codec.encode(block, 0, 0, 0, NONE, NONE, active, 10, 10));
    }

    @Test
    void encoding_and_checking_allocate_nothing() {
        int[] active = new int[6001];
        int[] slots = {1, 2, 3};
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Superblock superblock = new Superblock();
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < 20 && allocated > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                codec.encode(block, 0, i, 3, slots, slots, active, active.length, 919);
                superblock.encode(block, 4096);
                if (!codec.valid(block, 0)) {
                    throw new AssertionError();
                }
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }

        assertTrue(allocated < 1000, allocated + " bytes in 1000 rounds");
    }

    @Test
    void transactions_go_round_the_ring_and_its_stripes() {
        ActivityLogRing one = new ActivityLogRing(1, 8);
        ActivityLogRing four = new ActivityLogRing(4, 8);

        assertArrayEquals(new int[] {0, 7, 0, 7}, map(one, 0, 7, 8, 0xFFFFFFFF));
        assertArrayEquals(new int[] {0, 8, 16, 24, 1, 9}, map(four, 0, 1, 2, 3, 4, 5));
        assertEquals(7 * 919, one.maxActiveExtents());
        assertEquals(65534, ActivityLogRing.DEFAULT.maxActiveExtents());
        assertEquals(9 * 4096, four.offsetOf(5));
    }

    @Test
    void an_empty_ring_says_that_nothing_is_hot() {
        ActivityLogReplay.Result result = replay(new ActivityLogRing(2, 4), new int[] {}, new int[] {});

        assertEquals(Outcome.EMPTY, result.outcome());
        assertEquals(0, result.hot().length);
    }

    @Test
    void damage_without_any_transaction_is_forgiven_at_the_first_position_only() {
        ActivityLogRing ring = new ActivityLogRing(2, 4);

        assertEquals(Outcome.EMPTY, replay(ring, NONE, new int[] {0}).outcome());
        assertEquals(Outcome.USELESS, replay(ring, NONE, new int[] {1}).outcome());
        assertEquals(Outcome.USELESS, replay(ring, NONE, new int[] {0, 4}).outcome());
        assertEquals(
                Outcome.UNREADABLE,
                replay(ring, NONE, new int[] {0, 1, 2, 3, 4, 5, 6, 7}).outcome());
    }

    @Test
    void a_torn_newest_transaction_is_ignored() {
        ActivityLogRing ring = new ActivityLogRing(1, 8);

        ActivityLogReplay.Result result = replay(ring, new int[] {10, 11, 12}, new int[] {13 % 8});

        assertEquals(Outcome.REPLAYED, result.outcome());
        assertEquals(12, result.newest());
        assertEquals(1, result.corrupt());
        assertArrayEquals(new int[] {10, 11, 12}, result.hot());
    }

    @Test
    void the_order_of_transactions_is_by_number_even_where_the_numbers_wrap_in_an_odd_ring() {
        ActivityLogRing ring = new ActivityLogRing(1, 9);
        int[] transactions = {-6, -5, -4, -3, -2, -1, 0, 1, 2, 3};

        ActivityLogModel model = new ActivityLogModel(ring, 67, new Random(3));
        for (int transaction : transactions) {
            model.write(transaction);
        }

        ActivityLogReplay.Result result = model.replay();
        assertEquals(3, result.newest());
        assertArrayEquals(model.hot(), result.hot());
    }

    @Test
    void the_active_set_is_rebuilt_from_any_ring_that_an_engine_writes() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            ActivityLogRing ring = new ActivityLogRing(1 + random.nextInt(3), 8 + random.nextInt(20));
            int size = 67 + random.nextInt(ring.maxActiveExtents() - 66);
            ActivityLogModel model = new ActivityLogModel(ring, size, random);
            int first = random.nextInt();
            int count = random.nextInt(4 * ring.blocks());
            for (int i = 0; i < count; i++) {
                model.write(first + i);
            }

            assertArrayEquals(model.hot(), model.replay().hot(), "seed " + seed);
        }
    }

    @Test
    void any_bytes_in_a_ring_are_survived() {
        Random random = new Random(9);
        ActivityLogRing ring = new ActivityLogRing(1, 8);
        for (int round = 0; round < 2000; round++) {
            ActivityLogReplay replay = new ActivityLogReplay(ring);
            for (int number = 0; number < ring.blocks(); number++) {
                byte[] bytes = new byte[4096];
                random.nextBytes(bytes);
                ByteBuffer hostile = ByteBuffer.wrap(bytes);
                hostile.putInt(0, ActivityLogBlock.MAGIC);
                hostile.putShort(12, (short) (random.nextInt(3) - 1));
                hostile.putInt(8, codec.checksum(hostile, 0));
                replay.add(number, hostile, 0);
            }

            ActivityLogReplay.Result result = replay.result();

            assertEquals(0, result.corrupt());
            assertTrue(result.hot().length <= ActivityLogBlock.MAX_ACTIVE_EXTENTS);
        }
    }

    private static int[] map(ActivityLogRing ring, int... transactions) {
        return Arrays.stream(transactions).map(ring::blockOf).toArray();
    }

    /** A ring with the transactions that each make their own number hot, and damaged blocks. */
    private ActivityLogReplay.Result replay(ActivityLogRing ring, int[] transactions, int[] damaged) {
        ActivityLogReplay replay = new ActivityLogReplay(ring);
        // A context of one free slot, so that it does not undo what earlier transactions said.
        int[] active = {ActivityLogBlock.FREE};
        for (int number = 0; number < ring.blocks(); number++) {
            codec.encodeInitialised(block, 0);
            for (int transaction : transactions) {
                if (ring.blockOf(transaction) == number) {
                    int[] one = {transaction};
                    codec.encode(block, 0, transaction, 1, one, one, active, active.length, 0);
                }
            }
            int here = number;
            if (Arrays.stream(damaged).anyMatch(d -> d == here)) {
                block.put(2000, (byte) ~block.get(2000));
            }
            replay.add(number, block, 0);
        }
        TreeSet<Integer> sorted = new TreeSet<>();
        Arrays.stream(replay.result().hot()).forEach(sorted::add);
        assertEquals(sorted.size(), replay.result().hot().length);
        return replay.result();
    }
}
