package io.bsr.sim.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class VirtualClockTest {
    private final VirtualClock clock = new VirtualClock();
    private final EventHash hash = new EventHash();
    private final List<String> seen = new ArrayList<>();

    @Test
    void events_happen_by_time_and_then_in_the_order_of_their_making() {
        Random random = new Random(7);
        List<long[]> made = new ArrayList<>();
        List<long[]> happened = new ArrayList<>();
        for (long i = 0; i < 2000; i++) {
            long[] event = {random.nextInt(50), i};
            made.add(event);
            clock.at(event[0], () -> happened.add(event));
        }

        clock.runUntil(100, Long.MAX_VALUE);

        made.sort((a, b) -> a[0] != b[0] ? Long.compare(a[0], b[0]) : Long.compare(a[1], b[1]));
        assertEquals(made, happened);
        assertEquals(100, clock.now());
    }

    @Test
    void a_cancelled_event_does_not_happen() {
        Event event = clock.after(5, () -> seen.add("cancelled"));
        clock.after(6, () -> seen.add("kept"));

        event.cancel();
        clock.runUntil(10, Long.MAX_VALUE);

        assertEquals(List.of("kept"), seen);
    }

    @Test
    void a_paused_process_takes_its_turns_afterwards_and_in_order() {
        ProcessLoop loop = new ProcessLoop(0, clock, hash, 1);
        loop.pause(1000);
        loop.turn(ProcessLoop.Kind.COMMAND, () -> seen.add("first"));
        loop.later(500, ProcessLoop.Kind.TIMER, () -> seen.add("second"));
        loop.later(1000, ProcessLoop.Kind.TIMER, () -> seen.add("third"));

        clock.runUntil(999, Long.MAX_VALUE);
        List<String> during = List.copyOf(seen);
        clock.runUntil(2000, Long.MAX_VALUE);

        assertEquals(List.of(), during);
        assertEquals(List.of("first", "second", "third"), seen);
    }

    @Test
    void nothing_reaches_a_dead_process() {
        ProcessLoop loop = new ProcessLoop(0, clock, hash, 1);
        new SimTimers(loop).schedule(10, () -> seen.add("timer"));
        loop.pause(5);
        loop.turn(ProcessLoop.Kind.COMMAND, () -> seen.add("deferred"));

        loop.die();
        clock.runUntil(100, Long.MAX_VALUE);

        assertEquals(List.of(), seen);
    }

    @Test
    void a_turn_within_a_turn_is_an_error() {
        ProcessLoop loop = new ProcessLoop(0, clock, hash, 1);

        assertThrows(
                IllegalStateException.class,
                () -> loop.turn(
                        ProcessLoop.Kind.COMMAND, () -> loop.turn(ProcessLoop.Kind.COMMAND, () -> seen.add("inner"))));
    }

    @Test
    void timers_run_by_the_clock_of_their_process() {
        ProcessLoop fast = new ProcessLoop(0, clock, hash, 2);
        SimTimers timers = new SimTimers(fast);
        timers.schedule(1000, () -> seen.add("at " + timers.now()));

        clock.runUntil(499, Long.MAX_VALUE);
        assertFalse(seen.contains("at 1000"));
        clock.runUntil(500, Long.MAX_VALUE);

        assertEquals(List.of("at 1000"), seen);
    }

    @Test
    void streams_of_random_numbers_depend_on_seed_and_name_only() {
        SimRandom root = new SimRandom(1);
        long first = root.split("disk").nextLong();
        root.nextLong();

        assertEquals(first, root.split("disk").nextLong());
        assertNotEquals(first, root.split("net").nextLong());
        assertNotEquals(first, new SimRandom(2).split("disk").nextLong());
    }

    @Test
    void random_numbers_stay_in_their_range() {
        SimRandom random = new SimRandom(3);
        for (int i = 0; i < 10_000; i++) {
            long between = random.between(-3, 3);
            long scaled = random.scaled(10, 1000);
            int bounded = random.nextInt(7);
            if (between < -3 || between > 3 || scaled < 10 || scaled > 1000 || bounded < 0 || bounded > 6) {
                throw new AssertionError(between + " " + scaled + " " + bounded);
            }
        }
    }
}
