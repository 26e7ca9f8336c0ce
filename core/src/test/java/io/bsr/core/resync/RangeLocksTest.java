package io.bsr.core.resync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RangeLocksTest {
    private static final class Write extends RangeNode {
        Write(long start, long end) {
            startSector = start;
            endSector = end;
        }
    }

    private static Write insert(RangeLocks locks, long start, long end) {
        Write write = new Write(start, end);
        locks.insert(write);
        return write;
    }

    @Test
    void ranges_that_only_touch_do_not_overlap() {
        RangeLocks locks = new RangeLocks(16);
        insert(locks, 100, 108);

        assertNull(locks.firstOverlap(92, 100));
        assertNull(locks.firstOverlap(108, 116));
        assertTrue(locks.anyOverlap(107, 108));
    }

    @Test
    void a_range_that_reaches_into_the_next_chunk_is_found_there() {
        RangeLocks locks = new RangeLocks(16);
        Write write = insert(locks, 2040, 2060);

        assertSame(write, locks.firstOverlap(2050, 2051));
        assertSame(write, locks.firstOverlap(2040, 2041));
    }

    @Test
    void the_widest_narrow_range_is_found_in_both_its_chunks() {
        RangeLocks locks = new RangeLocks(16);
        Write write = insert(locks, 2047, 4095);

        assertSame(write, locks.firstOverlap(2047, 2048));
        assertSame(write, locks.firstOverlap(4094, 4095));
        assertNull(locks.firstOverlap(4095, 4096));
    }

    @Test
    void wide_ranges_are_found_anywhere_inside() {
        RangeLocks locks = new RangeLocks(2);
        Write trim = insert(locks, 1000, 1000 + 262_144);

        assertSame(trim, locks.firstOverlap(200_000, 200_001));
        assertNull(locks.firstOverlap(263_144, 263_145));
    }

    @Test
    void a_wide_search_finds_each_node_once_although_chunks_share_lists() {
        RangeLocks locks = new RangeLocks(4);
        for (int i = 0; i < 100; i++) {
            insert(locks, i * 2048L, i * 2048L + 8);
        }
        List<RangeNode> found = new ArrayList<>();

        locks.forEachOverlap(0, 200_000, found::add);

        assertEquals(98, found.size());
        assertEquals(98, new HashSet<>(found).size());
    }

    @Test
    void of_several_overlaps_the_first_inserted_comes_first() {
        RangeLocks locks = new RangeLocks(16);
        Write first = insert(locks, 2040, 2056);
        insert(locks, 0, 1_000_000);
        insert(locks, 2050, 2060);

        assertSame(first, locks.firstOverlap(2048, 2100));
        locks.remove(first);
        locks.insert(first);

        assertTrue(locks.firstOverlap(2048, 2100) != first);
    }

    @Test
    void a_visitor_may_remove_what_it_is_given() {
        RangeLocks locks = new RangeLocks(16);
        for (int i = 0; i < 10; i++) {
            insert(locks, 0, 8);
        }

        locks.forEachOverlap(0, 8, locks::remove);

        assertTrue(locks.isEmpty());
    }

    @Test
    void misuse_is_an_error() {
        RangeLocks locks = new RangeLocks(16);
        Write write = insert(locks, 0, 8);

        assertThrows(IllegalStateException.class, () -> locks.insert(write));
        locks.remove(write);
        assertThrows(IllegalStateException.class, () -> locks.remove(write));
        assertThrows(IllegalArgumentException.class, () -> insert(locks, 8, 8));
        assertThrows(IllegalArgumentException.class, () -> insert(locks, -1, 8));
        assertThrows(IllegalArgumentException.class, () -> new RangeLocks(12));
        assertFalse(write.inserted());
    }

    @Test
    void an_empty_search_finds_nothing() {
        RangeLocks locks = new RangeLocks(16);
        insert(locks, 0, 8);

        assertNull(locks.firstOverlap(4, 4));
        locks.forEachOverlap(4, 4, node -> {
            throw new AssertionError("found " + node);
        });
    }

    @Test
    void the_end_of_the_largest_device_is_searched_like_any_other_place() {
        RangeLocks locks = new RangeLocks(16);
        long end = Long.MAX_VALUE >> 9;
        Write write = insert(locks, end - 8, end);

        assertSame(write, locks.firstOverlap(end - 1, end));
        assertSame(write, locks.firstOverlap(0, Long.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 8, 256})
    void random_use_agrees_with_a_plain_list(int lists) {
        Random random = new Random(lists);
        RangeLocks locks = new RangeLocks(lists);
        List<Write> model = new ArrayList<>();
        for (int step = 0; step < 30_000; step++) {
            long start = random.nextLong(200_000);
            long length = random.nextInt(20) == 0 ? 1 + random.nextInt(50_000) : 1 + random.nextInt(2048);
            if (model.size() < 60 && random.nextInt(3) != 0) {
                model.add(insert(locks, start, start + length));
            } else if (!model.isEmpty() && random.nextBoolean()) {
                locks.remove(model.remove(random.nextInt(model.size())));
            } else {
                List<Write> expected = model.stream()
                        .filter(w -> w.overlaps(start, start + length))
                        .toList();
                Set<RangeNode> found = new HashSet<>();
                locks.forEachOverlap(start, start + length, node -> assertTrue(found.add(node)));

                assertEquals(new HashSet<RangeNode>(expected), found);
                assertSame(expected.isEmpty() ? null : expected.getFirst(), locks.firstOverlap(start, start + length));
            }
            assertEquals(model.size(), locks.size());
        }
    }
}
