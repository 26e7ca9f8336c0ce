package io.bsr.sim;

import io.bsr.sim.world.SeedResult;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** Runs many seeds on some threads and reports on them. */
final class Campaign {
    private static final long REPORT_EVERY = 5_000_000_000L;
    private static final long SHRINK_FOR = 20_000_000_000L;

    private final SeedRunner runner;
    private final PrintStream out;
    private final long began = System.nanoTime();
    private final AtomicLong next = new AtomicLong();
    private final Map<String, List<Long>> failures = new TreeMap<>();
    private long done;
    private long simulated;
    private long requests;
    private long converged;
    private long busy;
    private long reported = began;

    Campaign(SeedRunner runner, PrintStream out) {
        this.runner = runner;
        this.out = out;
    }

    /**
     * Runs seeds {@code first} … {@code first + count − 1} after the regressions, until the time is over or too many
     * failed.
     *
     * @return true if none failed
     */
    boolean run(long first, long count, int threads, long nanos, int mostFailures) throws InterruptedException {
        List<Long> regressions = runner.regressions();
        long all = regressions.size() + count;
        List<Thread> workers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            workers.add(Thread.ofPlatform().name("sim-" + t).start(() -> {
                for (long i = next.getAndIncrement(); i < all; i = next.getAndIncrement()) {
                    if (System.nanoTime() - began > nanos || tooMany(mostFailures)) {
                        return;
                    }
                    long seed = i < regressions.size() ? regressions.get((int) i) : first + i - regressions.size();
                    long start = cpuTime();
                    SeedResult result = runner.run(seed);
                    note(result, cpuTime() - start);
                }
            }));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        report(true);
        return failures.isEmpty();
    }

    private static long cpuTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private synchronized boolean tooMany(int most) {
        return failures.values().stream().mapToInt(List::size).sum() >= most;
    }

    private void note(SeedResult result, long took) {
        if (result.failed()) {
            String text =
                    isNewKind(result) ? runner.explain(result, SHRINK_FOR) : "seed " + result.seed() + ": as before\n";
            out.print(text);
        }
        synchronized (this) {
            done++;
            busy += took;
            simulated += result.simulated();
            requests += result.requests();
            converged += result.converged();
            if (System.nanoTime() - reported > REPORT_EVERY) {
                reported = System.nanoTime();
                report(false);
            }
        }
    }

    private synchronized boolean isNewKind(SeedResult result) {
        List<Long> same = failures.computeIfAbsent(kind(result), k -> new ArrayList<>());
        same.add(result.seed());
        return same.size() == 1;
    }

    /** What failures have in common that differ in numbers only. */
    private static String kind(SeedResult result) {
        String text = result.explanation().lines().limit(4).reduce("", (a, b) -> a + " " + b.strip());
        String normal = text.replaceAll("\\bn[01]\\b", "n?").replaceAll("#?\\b[0-9a-fx]*[0-9][0-9a-fx]*\\b", "N");
        return result.invariant() + ":" + normal.substring(0, Math.min(normal.length(), 150));
    }

    private synchronized void report(boolean last) {
        double seconds = (System.nanoTime() - began) / 1e9;
        out.printf(
                Locale.ROOT,
                "%s%d seeds in %.0f s, %.1f seeds/s, %.1f seeds/s of processor time, %.0f : 1 simulated to real, %d requests,"
                        + " %d times converged, %d failed%n",
                last ? "" : "... ",
                done,
                seconds,
                done / seconds,
                busy == 0 ? 0.0 : done / (busy / 1e9),
                simulated / 1e9 / seconds,
                requests,
                converged,
                failures.values().stream().mapToInt(List::size).sum());
        if (last) {
            failures.forEach((kind, seeds) -> out.println("  " + seeds.size() + " x " + kind + "\n      seeds "
                    + seeds.subList(0, Math.min(10, seeds.size()))));
        }
    }
}
