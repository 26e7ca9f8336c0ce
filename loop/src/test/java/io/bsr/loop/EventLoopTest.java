package io.bsr.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.loop.contract.RealWorld;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The loop itself, in both kinds. */
final class EventLoopTest {
    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void tasks_of_every_thread_run_once_and_in_the_order_of_their_thread(LoopKind kind) throws Exception {
        int threads = 4;
        int tasks = 20_000;
        try (RealWorld world = RealWorld.open(kind)) {
            int[] last = new int[threads];
            List<String> wrong = new ArrayList<>();
            CountDownLatch done = new CountDownLatch(threads * tasks);
            List<Thread> givers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int number = t;
                givers.add(Thread.ofPlatform().start(() -> {
                    for (int i = 1; i <= tasks; i++) {
                        int task = i;
                        world.loop().execute(() -> {
                            if (!world.loop().isInLoop() || last[number] != task - 1) {
                                wrong.add("thread " + number + ", task " + task + " after " + last[number]);
                            }
                            last[number] = task;
                            done.countDown();
                        });
                    }
                }));
            }

            assertTrue(done.await(20, TimeUnit.SECONDS), "all tasks run");
            for (Thread giver : givers) {
                giver.join();
            }
            assertEquals(List.of(), world.call(() -> List.copyOf(wrong)));
            assertEquals(0, world.failures());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void a_sleeping_loop_is_woken_by_every_task(LoopKind kind) throws Exception {
        try (RealWorld world = RealWorld.open(kind)) {
            AtomicInteger count = new AtomicInteger();
            for (int i = 0; i < 2_000; i++) {
                int expected = i + 1;
                world.call(count::incrementAndGet);
                assertEquals(expected, count.get());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void timers_fire_in_the_order_of_their_deadlines_and_not_too_early(LoopKind kind) throws Exception {
        try (RealWorld world = RealWorld.open(kind)) {
            List<Integer> fired = new ArrayList<>();
            List<Integer> early = new ArrayList<>();
            int[] delays = {30, 5, 20, 5, 0, 10};

            world.run(() -> {
                for (int i = 0; i < delays.length; i++) {
                    int number = i;
                    long due = world.timers().now() + delays[i] * 1_000_000L;
                    world.timers().schedule(delays[i] * 1_000_000L, () -> {
                        fired.add(number);
                        if (world.timers().now() < due) {
                            early.add(number);
                        }
                    });
                }
            });

            world.await("all timers", () -> fired.size() == delays.length);
            assertEquals(List.of(4, 1, 3, 5, 2, 0), world.call(() -> List.copyOf(fired)));
            assertEquals(List.of(), world.call(() -> List.copyOf(early)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void a_cancelled_timer_does_not_fire_and_cancelling_again_does_nothing(LoopKind kind) throws Exception {
        try (RealWorld world = RealWorld.open(kind)) {
            List<String> fired = new ArrayList<>();

            world.run(() -> {
                var cancelled = world.timers().schedule(1_000_000, () -> fired.add("cancelled"));
                world.timers().schedule(3_000_000, () -> fired.add("kept"));
                cancelled.cancel();
                cancelled.cancel();
            });

            world.await("the other timer", () -> !fired.isEmpty());
            assertEquals(List.of("kept"), world.call(() -> List.copyOf(fired)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void time_stands_still_during_a_turn(LoopKind kind) throws Exception {
        try (RealWorld world = RealWorld.open(kind)) {
            long[] seen = world.call(() -> {
                long before = world.timers().now();
                long wall = System.nanoTime();
                while (System.nanoTime() - wall < 2_000_000) {
                    Thread.onSpinWait();
                }
                return new long[] {before, world.timers().now()};
            });

            assertEquals(seen[0], seen[1]);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void an_exception_reaches_the_failure_handler_and_the_loop_goes_on(LoopKind kind) throws Exception {
        try (RealWorld world = RealWorld.open(kind)) {
            world.loop().execute(() -> {
                throw new IllegalStateException("task");
            });
            world.run(() -> {
                world.timers().schedule(0, () -> {
                    throw new IllegalStateException("timer");
                });
                world.loop().atEndOfTurn(() -> {
                    throw new IllegalStateException("end of turn");
                });
                world.loop().offload(() -> {
                    throw new IllegalStateException("helper");
                });
            });

            world.await("four reports", () -> world.failures() == 4);
            assertEquals(
                    List.of("end of turn", "helper", "task", "timer"),
                    world.failureList().stream()
                            .map(Throwable::getMessage)
                            .sorted()
                            .toList());
            assertEquals(
                    4, world.call(() -> world.loop().statistics().failures()).longValue());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void end_of_turn_work_runs_after_all_tasks_of_the_turn(LoopKind kind) throws Exception {
        try (RealWorld world = RealWorld.open(kind)) {
            List<String> order = new ArrayList<>();

            world.run(() -> {
                // Both run in the next turn, and the first of them asks for the end of that turn.
                world.loop().execute(() -> {
                    world.loop().atEndOfTurn(() -> order.add("end"));
                    order.add("first");
                });
                world.loop().execute(() -> order.add("second"));
            });

            world.await("all three", () -> order.size() == 3);
            assertEquals(List.of("first", "second", "end"), world.call(() -> List.copyOf(order)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void blocking_work_runs_off_the_loop_and_hands_its_result_back(LoopKind kind) throws Exception {
        try (RealWorld world = RealWorld.open(kind)) {
            List<Boolean> where = new ArrayList<>();

            world.run(() -> world.loop().offload(() -> {
                boolean onLoop = world.loop().isInLoop();
                world.loop().execute(() -> {
                    where.add(onLoop);
                    where.add(world.loop().isInLoop());
                });
            }));

            world.await("the result", () -> where.size() == 2);
            assertEquals(List.of(false, true), world.call(() -> List.copyOf(where)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void stopping_runs_what_was_given_before_and_the_hooks(LoopKind kind) throws Exception {
        List<String> seen = new ArrayList<>();
        RealWorld world = RealWorld.open(kind);
        world.loop().whenStopping(() -> seen.add("hook"));
        world.run(() -> world.loop().execute(() -> seen.add("task")));

        world.close();

        assertTrue(seen.containsAll(List.of("hook", "task")), seen.toString());
        world.loop().execute(() -> seen.add("too late"));
        assertEquals(2, seen.size());
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void an_idle_loop_takes_no_turns(LoopKind kind) throws Exception {
        try (RealWorld world = RealWorld.open(kind)) {
            world.run(() -> {});
            long before = world.call(() -> world.loop().statistics().turns());

            Thread idle =
                    Thread.ofPlatform().start(() -> java.util.concurrent.locks.LockSupport.parkNanos(300_000_000));
            idle.join();

            long turns = world.call(() -> world.loop().statistics().turns()) - before;
            assertTrue(turns <= 3, turns + " turns while there was nothing to do");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void statistics_can_be_asked_for_from_another_thread(LoopKind kind) throws Exception {
        try (RealWorld world = RealWorld.open(kind)) {
            world.run(() -> {});
            LoopStatistics statistics = world.loop().statistics();

            assertTrue(statistics.load() >= 0 && statistics.load() <= 1, statistics.toString());
            assertTrue(statistics.processorNanos() > 0, statistics.toString());
            assertTrue(statistics.totalNanos() > 0, statistics.toString());
        }
    }

    @Test
    void a_loop_that_was_never_started_can_be_stopped() throws Exception {
        EventLoop loop = EventLoops.create(LoopOptions.of("unstarted", (l, t) -> {}));

        loop.stop();

        assertTrue(loop.awaitStopped(0));
    }

    @Test
    void the_description_says_what_the_loop_runs_on_and_why() throws Exception {
        try (RealWorld world = RealWorld.open(LoopKind.PORTABLE)) {
            assertEquals(LoopKind.PORTABLE, world.loop().kind());
            assertTrue(
                    world.loop().description().startsWith("portable loop"),
                    world.loop().description());
        }
    }

    @Test
    void entropy_does_not_repeat_itself() {
        byte[] one = new byte[32];
        byte[] other = new byte[32];
        SecureEntropy entropy = new SecureEntropy();

        entropy.fill(one);
        entropy.fill(other);

        assertFalse(java.util.Arrays.equals(one, other));
        assertTrue(entropy.nextInt(3) < 3);
    }
}
