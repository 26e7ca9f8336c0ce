package io.bsr.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.bsr.base.port.Timers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The heap against a sorted list. */
final class TimerHeapTest {
    private record Planned(long deadline, int number) {}

    @Test
    void timers_scheduled_and_cancelled_at_random_fire_as_a_sorted_list_would_have_them() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            TimerHeap heap = new TimerHeap(0);
            List<Planned> model = new ArrayList<>();
            List<Timers.Timer> handles = new ArrayList<>();
            List<Integer> fired = new ArrayList<>();
            List<Integer> expected = new ArrayList<>();
            long now = 0;

            for (int step = 0; step < 300; step++) {
                switch (random.nextInt(4)) {
                    case 0, 1 -> {
                        int number = handles.size();
                        long delay = random.nextInt(50);
                        handles.add(heap.schedule(delay, () -> fired.add(number)));
                        model.add(new Planned(now + delay, number));
                    }
                    case 2 -> {
                        if (!handles.isEmpty()) {
                            int number = random.nextInt(handles.size());
                            handles.get(number).cancel();
                            model.removeIf(planned -> planned.number() == number);
                        }
                    }
                    default -> {
                        now += random.nextInt(20);
                        long at = now;
                        heap.advance(now);
                        for (Runnable due = heap.pollDue(heap.nextSequence());
                                due != null;
                                due = heap.pollDue(heap.nextSequence())) {
                            due.run();
                        }
                        model.stream()
                                .filter(planned -> planned.deadline() <= at)
                                .sorted(Comparator.comparingLong(Planned::deadline)
                                        .thenComparing(Planned::number))
                                .forEach(planned -> expected.add(planned.number()));
                        model.removeIf(planned -> planned.deadline() <= at);
                    }
                }
            }

            assertEquals(expected, fired, "seed " + seed);
        }
    }

    @Test
    void a_timer_scheduled_while_timers_fire_waits_for_the_next_turn() {
        TimerHeap heap = new TimerHeap(0);
        long bound = heap.nextSequence();
        heap.schedule(0, () -> {});

        assertNull(heap.pollDue(bound));
        assertEquals(0, heap.nanosToNext(0));
    }
}
