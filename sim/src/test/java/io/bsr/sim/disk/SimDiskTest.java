package io.bsr.sim.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.memory.Buffer;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.sim.time.EventHash;
import io.bsr.sim.time.ProcessLoop;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.time.VirtualClock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SimDiskTest {
    private static final int BLOCK = 512;

    private final VirtualClock clock = new VirtualClock();
    private final EventHash hash = new EventHash();
    private final BufferPool pool = new BufferPool(8 << 20);
    private final List<Integer> results = new ArrayList<>();
    private final Completion note = results::add;

    private SimDisk disk(long seed, boolean cache) {
        DiskCharacter character = new DiskCharacter(BLOCK, cache, true, 100_000, 400_000, 1_000_000_000L);
        Timeline silent = new Timeline(clock, Timeline.Detail.NOTHING, 0, line -> {});
        return new SimDisk("disk", 1, 1 << 20, character, clock, hash, new SimRandom(seed), silent);
    }

    private ProcessLoop process() {
        return new ProcessLoop(0, clock, hash, 1);
    }

    private Buffer filled(int length, int value) {
        Buffer buffer = pool.tryAcquire(length);
        if (buffer == null) {
            throw new AssertionError("pool exhausted");
        }
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        buffer.bytes().put(0, bytes);
        return buffer;
    }

    private void settle() {
        clock.runUntil(clock.now() + VirtualClock.SECOND, Long.MAX_VALUE);
    }

    private void turn(ProcessLoop loop, Runnable action) {
        loop.turn(ProcessLoop.Kind.COMMAND, action);
    }

    private static int first(SparseImage image, long offset) {
        byte[] one = new byte[1];
        image.read(offset, one, 0, 1);
        return one[0];
    }

    @Test
    void what_was_written_is_read_back() {
        ProcessLoop loop = process();
        SimDisk disk = disk(1, true);
        BlockStore store = disk.open(loop);
        Buffer read = filled(8192, 0);
        turn(loop, () -> store.write(4096, filled(8192, 7), 0, 8192, false, note));
        settle();

        turn(loop, () -> store.read(4096, read, 0, 8192, note));
        settle();

        byte[] expected = new byte[8192];
        Arrays.fill(expected, (byte) 7);
        byte[] got = new byte[8192];
        read.bytes().get(0, got);
        assertArrayEquals(expected, got);
        assertEquals(List.of(Errno.OK, Errno.OK), results);
    }

    @Test
    void operations_complete_out_of_order_and_never_within_the_call() {
        ProcessLoop loop = process();
        BlockStore store = disk(2, true).open(loop);
        List<Integer> order = new ArrayList<>();
        turn(loop, () -> {
            for (int i = 0; i < 50; i++) {
                int number = i;
                store.write(i * 4096L, filled(4096, i), 0, 4096, false, errno -> order.add(number));
            }
            assertEquals(List.of(), order);
        });

        settle();

        List<Integer> sorted = order.stream().sorted().toList();
        assertEquals(50, order.size());
        assertTrue(!sorted.equals(order), "50 writes completed exactly in the order of their submission");
    }

    @Test
    void overlapping_writes_in_flight_break_the_contract() {
        ProcessLoop loop = process();
        BlockStore store = disk(1, true).open(loop);

        assertThrows(
                ContractViolation.class,
                () -> turn(loop, () -> {
                    store.write(4096, filled(4096, 1), 0, 4096, false, note);
                    store.writeZeroes(7680, 512, true, note);
                }));
    }

    @Test
    void a_buffer_that_changes_during_its_write_breaks_the_contract() {
        ProcessLoop loop = process();
        BlockStore store = disk(1, true).open(loop);
        Buffer buffer = filled(4096, 1);
        turn(loop, () -> store.write(0, buffer, 0, 4096, false, note));

        buffer.bytes().put(100, (byte) 2);

        assertThrows(ContractViolation.class, this::settle);
    }

    @Test
    void misaligned_and_outside_requests_break_the_contract() {
        ProcessLoop loop = process();
        BlockStore store = disk(1, true).open(loop);

        assertThrows(
                ContractViolation.class, () -> turn(loop, () -> store.write(100, filled(512, 1), 0, 512, false, note)));
        assertThrows(
                ContractViolation.class,
                () -> turn(process(), () -> store.read((1 << 20) - 512, filled(1024, 1), 0, 1024, note)));
    }

    @Test
    void a_killed_process_keeps_completed_writes_and_any_part_of_the_others_and_hears_of_none() {
        Set<Integer> blocksOfInFlight = new HashSet<>();
        for (int seed = 0; seed < 60; seed++) {
            ProcessLoop loop = process();
            SimDisk disk = disk(seed, true);
            BlockStore store = disk.open(loop);
            turn(loop, () -> store.write(0, filled(4096, 1), 0, 4096, false, note));
            settle();
            results.clear();
            turn(loop, () -> store.write(8192, filled(4096, 2), 0, 4096, false, note));

            loop.die();
            disk.processKilled();
            settle();

            assertEquals(1, first(disk.current(), 0));
            assertEquals(List.of(), results);
            int written = 0;
            for (int block = 0; block < 8; block++) {
                written += first(disk.current(), 8192 + block * BLOCK) == 2 ? 1 : 0;
            }
            blocksOfInFlight.add(written);
        }

        assertTrue(blocksOfInFlight.contains(0), "never lost");
        assertTrue(blocksOfInFlight.contains(8), "never complete");
        assertTrue(blocksOfInFlight.size() > 2, "never torn");
    }

    @Test
    void a_power_failure_keeps_what_was_flushed_or_written_with_fua_and_loses_some_of_the_rest() {
        Set<Integer> survivors = new HashSet<>();
        for (int seed = 0; seed < 60; seed++) {
            ProcessLoop loop = process();
            SimDisk disk = disk(seed, true);
            BlockStore store = disk.open(loop);
            turn(loop, () -> store.write(0, filled(4096, 1), 0, 4096, false, note));
            settle();
            turn(loop, () -> store.flush(note));
            settle();
            turn(loop, () -> {
                store.write(0, filled(4096, 2), 0, 4096, false, note);
                store.write(8192, filled(4096, 3), 0, 4096, true, note);
            });
            settle();

            disk.powerLost();

            assertEquals(3, first(disk.current(), 8192));
            int survivor = first(disk.current(), 0);
            assertTrue(survivor == 1 || survivor == 2);
            survivors.add(survivor);
        }

        assertEquals(Set.of(1, 2), survivors);
    }

    @Test
    void an_older_cached_write_never_replaces_a_newer_one_with_fua() {
        for (int seed = 0; seed < 60; seed++) {
            ProcessLoop loop = process();
            SimDisk disk = disk(seed, true);
            BlockStore store = disk.open(loop);
            turn(loop, () -> store.write(0, filled(4096, 1), 0, 4096, false, note));
            settle();
            turn(loop, () -> store.write(0, filled(4096, 2), 0, 4096, true, note));
            settle();

            assertEquals(2, disk.readSurviving(0, BLOCK)[0]);
            disk.powerLost();

            assertEquals(2, first(disk.current(), 0));
        }
    }

    @Test
    void a_flush_covers_only_writes_that_had_completed_when_it_was_submitted() {
        ProcessLoop loop = process();
        SimDisk disk = disk(1, true);
        BlockStore store = disk.open(loop);
        turn(loop, () -> {
            store.write(0, filled(4096, 1), 0, 4096, false, note);
            store.flush(note);
        });

        settle();

        assertEquals(0, disk.readSurviving(0, BLOCK)[0]);
    }

    @Test
    void a_disk_without_volatile_cache_loses_nothing_that_was_completed() {
        ProcessLoop loop = process();
        SimDisk disk = disk(1, false);
        BlockStore store = disk.open(loop);
        turn(loop, () -> store.write(0, filled(4096, 1), 0, 4096, false, note));
        settle();

        disk.powerLost();

        assertEquals(1, first(disk.current(), 0));
    }

    @Test
    void planted_errors_reach_the_caller_and_end_when_healed() {
        ProcessLoop loop = process();
        SimDisk disk = disk(1, true);
        BlockStore store = disk.open(loop);
        disk.faults().badRange(4096, 8192);
        turn(loop, () -> {
            store.write(0, filled(4096, 1), 0, 4096, false, note);
            store.write(4096, filled(4096, 1), 0, 4096, false, note);
        });
        settle();
        disk.faults().heal();
        turn(loop, () -> store.write(4096, filled(4096, 1), 0, 4096, false, note));
        settle();

        results.sort(null);
        assertEquals(List.of(Errno.OK, Errno.OK, Errno.EIO), results);
        assertEquals(1, disk.errors());
    }

    @Test
    void nothing_completes_while_the_disk_stalls() {
        ProcessLoop loop = process();
        SimDisk disk = disk(1, true);
        BlockStore store = disk.open(loop);
        turn(loop, () -> store.write(0, filled(4096, 1), 0, 4096, false, note));
        disk.faults().stallUntil(clock.now() + 10 * VirtualClock.SECOND);

        clock.runUntil(clock.now() + 9 * VirtualClock.SECOND, Long.MAX_VALUE);
        assertEquals(List.of(), results);
        clock.runUntil(clock.now() + 2 * VirtualClock.SECOND, Long.MAX_VALUE);

        assertEquals(List.of(Errno.OK), results);
    }

    @Test
    void zeroed_pages_are_holes() {
        ProcessLoop loop = process();
        SimDisk disk = disk(1, true);
        BlockStore store = disk.open(loop);
        List<String> extents = new ArrayList<>();
        turn(loop, () -> store.write(0, filled(8192, 1), 0, 8192, false, note));
        settle();
        turn(loop, () -> store.writeZeroes(0, 4096, true, note));
        settle();

        turn(
                loop,
                () -> store.mapAllocation(0, 16384, new BlockStore.AllocationSink() {
                    @Override
                    public void extent(long length, boolean hole) {
                        extents.add(length + (hole ? " hole" : " data"));
                    }

                    @Override
                    public void completed(int errno) {
                        extents.add("end " + errno);
                    }
                }));
        settle();

        assertEquals(List.of("4096 hole", "4096 data", "8192 hole", "end 0"), extents);
    }
}
