package io.bsr.core.resync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResyncRequestsTest {
    private static List<String> writes(ResyncRequests requests, int handle) {
        List<String> runs = new ArrayList<>();
        int from = requests.nextToWrite(handle, 0);
        while (from != ResyncRequests.NONE) {
            int end = requests.endOfWrite(handle, from);
            runs.add(from + "-" + end);
            from = requests.nextToWrite(handle, end);
        }
        return runs;
    }

    private static List<String> acks(ResyncRequests requests, int handle) {
        List<String> runs = new ArrayList<>();
        int from = 0;
        while (from < requests.length(handle)) {
            int end = requests.endOfAck(handle, from);
            runs.add((requests.inSync(handle, from) ? "+" : "-") + from + "-" + end);
            from = end;
        }
        return runs;
    }

    @Test
    void an_undisturbed_reply_is_written_and_acknowledged_as_a_whole() {
        ResyncRequests requests = new ResyncRequests(4);
        int handle = requests.add(4096, 2048);

        assertEquals(handle, requests.find(4096, 2048));
        assertEquals(List.of("0-2048"), writes(requests, handle));
        assertEquals(List.of("+0-2048"), acks(requests, handle));
        assertFalse(requests.anyOverwritten(handle));
        assertFalse(requests.anyStale(handle));
    }

    @Test
    void sectors_that_p_data_overwrote_are_not_written_again() {
        ResyncRequests requests = new ResyncRequests(4);
        int handle = requests.add(800, 64);

        requests.overwritten(790, 13);
        requests.overwritten(830, 1);
        requests.overwritten(860, 100);

        assertEquals(List.of("3-30", "31-60"), writes(requests, handle));
        assertEquals(List.of("+0-64"), acks(requests, handle));
        assertTrue(requests.anyOverwritten(handle));
    }

    @Test
    void a_request_overwritten_as_a_whole_is_only_acknowledged() {
        ResyncRequests requests = new ResyncRequests(4);
        int handle = requests.add(800, 64);

        requests.overwritten(0, 1 << 18);

        assertEquals(List.of(), writes(requests, handle));
        assertEquals(List.of("+0-64"), acks(requests, handle));
    }

    @Test
    void stale_blocks_are_written_but_acknowledged_negatively() {
        ResyncRequests requests = new ResyncRequests(4);
        int handle = requests.add(800, 40);

        requests.stale(810, 1);
        requests.stale(823, 2);

        assertEquals(List.of("0-40"), writes(requests, handle));
        assertEquals(List.of("+0-8", "-8-32", "+32-40"), acks(requests, handle));
    }

    @Test
    void p_data_after_p_out_of_sync_makes_its_sectors_good_again() {
        ResyncRequests requests = new ResyncRequests(4);
        int handle = requests.add(800, 16);
        requests.stale(800, 16);

        requests.overwritten(800, 8);
        requests.overwritten(808, 7);

        assertEquals(List.of("15-16"), writes(requests, handle));
        assertEquals(List.of("+0-8", "-8-16"), acks(requests, handle));
    }

    @Test
    void p_out_of_sync_after_p_data_is_stale_and_not_written() {
        ResyncRequests requests = new ResyncRequests(4);
        int handle = requests.add(800, 8);

        requests.overwritten(800, 8);
        requests.stale(800, 8);

        assertEquals(List.of(), writes(requests, handle));
        assertEquals(List.of("-0-8"), acks(requests, handle));
    }

    @Test
    void the_short_last_block_of_a_device_is_a_block_of_its_own() {
        ResyncRequests requests = new ResyncRequests(4);
        int handle = requests.add(800, 13);

        requests.stale(812, 1);

        assertEquals(List.of("+0-8", "-8-13"), acks(requests, handle));
    }

    @Test
    void requests_that_overlap_one_outstanding_are_refused() {
        ResyncRequests requests = new ResyncRequests(4);
        requests.add(800, 64);

        assertEquals(ResyncRequests.NONE, requests.add(856, 8));
        assertEquals(ResyncRequests.NONE, requests.add(0, 2048));
        assertNotEquals(ResyncRequests.NONE, requests.add(864, 8));
        assertNotEquals(ResyncRequests.NONE, requests.add(792, 8));
    }

    @Test
    void a_full_table_refuses_until_a_request_is_removed() {
        ResyncRequests requests = new ResyncRequests(2);
        int first = requests.add(0, 8);
        requests.add(8, 8);

        assertTrue(requests.isFull());
        assertEquals(ResyncRequests.NONE, requests.add(16, 8));
        requests.remove(first);

        assertNotEquals(ResyncRequests.NONE, requests.add(16, 8));
        assertEquals(16, requests.outstandingSectors());
    }

    @Test
    void marks_do_not_outlive_their_request() {
        ResyncRequests requests = new ResyncRequests(1);
        int handle = requests.add(0, 8);
        requests.overwritten(0, 8);
        requests.stale(0, 8);
        requests.remove(handle);

        int next = requests.add(0, 8);

        assertEquals(List.of("0-8"), writes(requests, next));
        assertEquals(List.of("+0-8"), acks(requests, next));
    }

    @Test
    void replies_that_were_not_asked_for_are_recognised() {
        ResyncRequests requests = new ResyncRequests(4);
        requests.add(800, 64);

        assertEquals(ResyncRequests.NONE, requests.find(800, 8));
        assertEquals(ResyncRequests.NONE, requests.find(808, 64));
        assertEquals(ResyncRequests.NONE, requests.find(Long.MAX_VALUE, 8));
        assertEquals(ResyncRequests.NONE, requests.find(0, 64));
    }

    @Test
    void removing_twice_is_an_error() {
        ResyncRequests requests = new ResyncRequests(4);
        int handle = requests.add(800, 64);
        requests.remove(handle);

        assertThrows(IllegalStateException.class, () -> requests.remove(handle));
    }

    @Test
    void impossible_requests_are_refused() {
        ResyncRequests requests = new ResyncRequests(4);

        assertThrows(IllegalArgumentException.class, () -> requests.add(1, 8));
        assertThrows(IllegalArgumentException.class, () -> requests.add(-8, 8));
        assertThrows(IllegalArgumentException.class, () -> requests.add(0, 0));
        assertThrows(IllegalArgumentException.class, () -> requests.add(0, 2049));
    }

    /** What the table should say, sector by sector. */
    private static final class Model {
        final long start;
        final int length;
        final BitSet overwritten = new BitSet();
        final BitSet stale = new BitSet();

        Model(long start, int length) {
            this.start = start;
            this.length = length;
        }

        void mark(long from, long count, boolean overwrite) {
            for (int i = 0; i < length; i++) {
                if (start + i >= from && start + i < from + count) {
                    overwritten.set(i, overwritten.get(i) || overwrite);
                    stale.set(i, !overwrite);
                }
            }
        }

        BitSet toWrite() {
            BitSet bits = new BitSet();
            bits.set(0, length);
            bits.andNot(overwritten);
            return bits;
        }

        BitSet inSync() {
            BitSet bits = new BitSet();
            for (int block = 0; block < length; block += 8) {
                int end = Math.min(block + 8, length);
                bits.set(block, end, stale.get(block, end).isEmpty());
            }
            return bits;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void random_use_agrees_with_a_model_of_single_sectors(long seed) {
        Random random = new Random(seed);
        ResyncRequests requests = new ResyncRequests(24);
        TreeMap<Integer, Model> model = new TreeMap<>();
        long space = 40_000;
        for (int step = 0; step < 20_000; step++) {
            long start = random.nextLong(space);
            int length = 1 + (random.nextInt(4) == 0 ? random.nextInt(2048) : random.nextInt(128));
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    long aligned = start & -8L;
                    boolean free = model.values().stream()
                            .allMatch(m -> m.start >= aligned + length || aligned >= m.start + m.length);
                    assertEquals(!free, requests.overlaps(aligned, length));
                    int handle = requests.add(aligned, length);
                    assertEquals(free && model.size() < 24, handle != ResyncRequests.NONE);
                    if (handle != ResyncRequests.NONE) {
                        assertFalse(model.containsKey(handle));
                        model.put(handle, new Model(aligned, length));
                    }
                }
                case 2, 3 -> {
                    requests.overwritten(start, length);
                    model.values().forEach(m -> m.mark(start, length, true));
                }
                case 4 -> {
                    requests.stale(start, length);
                    model.values().forEach(m -> m.mark(start, length, false));
                }
                default -> {
                    if (!model.isEmpty()) {
                        int handle = new ArrayList<>(model.keySet()).get(random.nextInt(model.size()));
                        Model m = model.remove(handle);
                        assertEquals(handle, requests.find(m.start, m.length));
                        assertEquals(m.toWrite(), bits(writes(requests, handle)));
                        assertEquals(
                                m.inSync(),
                                bits(acks(requests, handle).stream()
                                        .filter(run -> run.startsWith("+"))
                                        .map(run -> run.substring(1))
                                        .toList()));
                        requests.remove(handle);
                    }
                }
            }
            assertEquals(model.size(), requests.size());
            assertEquals(model.values().stream().mapToLong(m -> m.length).sum(), requests.outstandingSectors());
        }
    }

    private static BitSet bits(List<String> runs) {
        BitSet bits = new BitSet();
        for (String run : runs) {
            int dash = run.indexOf('-');
            bits.set(Integer.parseInt(run.substring(0, dash)), Integer.parseInt(run.substring(dash + 1)));
        }
        return bits;
    }

    @Test
    void what_lies_between_outstanding_requests_can_be_asked_for() {
        ResyncRequests requests = new ResyncRequests(8);
        requests.add(16, 8);
        requests.add(24, 16);
        requests.add(64, 8);

        assertEquals(0, requests.nextFree(0));
        assertEquals(40, requests.nextFree(16));
        assertEquals(40, requests.nextFree(20));
        assertEquals(16, requests.nextTaken(0));
        assertEquals(64, requests.nextTaken(40));
        assertEquals(66, requests.nextTaken(66));
        assertEquals(Long.MAX_VALUE, requests.nextTaken(72));
    }
}
