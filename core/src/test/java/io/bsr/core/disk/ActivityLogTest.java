package io.bsr.core.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ActivityLogTest {
    @Test
    void an_extent_can_be_written_only_after_its_transaction() {
        ActivityLog log = new ActivityLog(67);

        boolean cold = log.tryGet(5, 5);
        boolean pending = log.get(5, 5);
        boolean whilePending = log.contains(5, 5);
        log.commit(log.transactionSize());

        assertFalse(cold);
        assertTrue(pending);
        assertFalse(whilePending);
        assertTrue(log.contains(5, 5));
    }

    @Test
    void the_least_recently_used_cold_extent_is_evicted_and_a_hot_one_never() {
        ActivityLog log = new ActivityLog(67);
        for (int extent = 0; extent < 64; extent++) {
            assertTrue(log.get(extent, extent));
        }
        log.commit(log.transactionSize());
        for (int extent = 64; extent < 67; extent++) {
            assertTrue(log.get(extent, extent));
        }
        log.commit(log.transactionSize());
        log.put(40, 40);
        log.put(3, 3);

        boolean fits = log.get(1000, 1000);
        int evicted = log.evicted(0);
        log.commit(log.transactionSize());
        boolean second = log.get(1001, 1001);
        log.commit(log.transactionSize());
        boolean full = log.get(1002, 1002);

        assertTrue(fits);
        assertEquals(40, evicted);
        assertTrue(second);
        assertFalse(full, "every slot is hot");
        assertFalse(log.contains(40, 40));
        assertTrue(log.contains(0, 2));
    }

    @Test
    void a_range_gets_all_of_its_extents_or_none() {
        ActivityLog log = new ActivityLog(67);

        boolean tooMany = log.get(0, 64);

        assertFalse(tooMany);
        assertEquals(0, log.used());
        assertEquals(0, log.pendingCount());
    }

    @Test
    void dropping_a_reference_that_nobody_holds_is_an_error() {
        ActivityLog log = new ActivityLog(67);

        assertThrows(IllegalStateException.class, () -> log.put(1, 1));
    }

    @Test
    void references_and_membership_follow_a_model() {
        Random random = new Random(11);
        ActivityLog log = new ActivityLog(67);
        Map<Integer, Integer> references = new HashMap<>();
        Set<Integer> committed = new HashSet<>();
        List<int[]> held = new ArrayList<>();

        for (int step = 0; step < 20_000; step++) {
            int first = random.nextInt(200);
            int last = first + random.nextInt(3);
            if (random.nextInt(3) > 0 && log.get(first, last)) {
                held.add(new int[] {first, last});
                for (int e = first; e <= last; e++) {
                    references.merge(e, 1, Integer::sum);
                }
            } else if (!held.isEmpty()) {
                int[] range = held.remove(random.nextInt(held.size()));
                log.put(range[0], range[1]);
                for (int e = range[0]; e <= range[1]; e++) {
                    references.merge(e, -1, Integer::sum);
                }
            }
            if (random.nextInt(4) == 0) {
                Set<Integer> incoming = new HashSet<>();
                for (int i = 0; i < log.transactionSize(); i++) {
                    incoming.add(log.pendingExtents()[i]);
                }
                for (int i = 0; i < log.transactionSize(); i++) {
                    // An extent may leave one slot and enter another in the same transaction.
                    boolean hot = references.getOrDefault(log.evicted(i), 0) > 0;
                    assertTrue(!hot || incoming.contains(log.evicted(i)), "a hot extent is evicted");
                    committed.remove(log.evicted(i));
                }
                committed.addAll(incoming);
                log.commit(log.transactionSize());
                assertEquals(0, log.pendingCount());
                references.forEach((extent, count) -> assertTrue(count == 0 || committed.contains(extent)));
            }
            assertEquals(references.values().stream().filter(c -> c > 0).count(), log.used());
        }
    }
}
