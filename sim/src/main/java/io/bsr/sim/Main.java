package io.bsr.sim;

import io.bsr.core.option.PeerFamily;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.world.Scale;
import io.bsr.sim.world.SeedResult;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;

/** The command {@code sim}. */
public final class Main {
    private static final String USAGE = """
            usage: sim [--seeds N] [--from N] [--threads N] [--minutes M] [--failures N]   many seeds
                   sim --seed S [--trace | --requests | --disks]                           one seed
                   sim --seed S --shrink [--minutes M]                                     what it takes to fail

              --seeds N       how many seeds (default 200)
              --from N        the first of them (default 1)
              --threads N     how many at a time (default 2)
              --minutes M     stop after this time; with --shrink, one minute is the default
              --failures N    stop after this many failures (default 10)
              --seed S        this seed only; prints its event hash
              --trace         with a timeline of faults, commands and messages of the core
              --requests      with every request of the users as well
              --disks         with every operation of the disks as well
              --shrink        the shortest list of faults and commands found with which the seed still fails
              --long          larger worlds: minutes instead of seconds of virtual time
              --strict-power  an unflushed write that a power failure took from the Primary must survive if the peer had it
              --drbd84        the nodes take each other for DRBD 8.4 (protocol 101)
            """;

    private static final long SHRINK_FOR = 60_000_000_000L;

    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.exit(run(new ArrayDeque<>(List.of(args)), out));
    }

    static int run(ArrayDeque<String> args, PrintStream out) throws InterruptedException {
        long seeds = 200;
        long from = 1;
        int threads = 2;
        long nanos = Long.MAX_VALUE;
        int failures = 10;
        Long seed = null;
        Timeline.Detail detail = Timeline.Detail.NOTHING;
        Scale scale = Scale.SMOKE;
        boolean strictPower = false;
        boolean shrink = false;
        PeerFamily family = PeerFamily.BSR;
        try {
            while (!args.isEmpty()) {
                String option = args.remove();
                switch (option) {
                    case "--seeds" -> seeds = number(option, args);
                    case "--from" -> from = number(option, args);
                    case "--threads" -> threads = (int) Math.max(1, Math.min(64, number(option, args)));
                    case "--minutes" -> nanos = (long) (60e9 * decimal(option, args));
                    case "--failures" -> failures = (int) number(option, args);
                    case "--seed" -> seed = number(option, args);
                    case "--trace" -> detail = Timeline.Detail.EVENTS;
                    case "--requests" -> detail = Timeline.Detail.REQUESTS;
                    case "--disks" -> detail = Timeline.Detail.DISKS;
                    case "--shrink" -> shrink = true;
                    case "--long" -> scale = Scale.LONG;
                    case "--strict-power" -> strictPower = true;
                    case "--drbd84" -> family = PeerFamily.DRBD84;
                    default -> throw new IllegalArgumentException("unknown option " + option);
                }
            }
            if (shrink && seed == null) {
                throw new IllegalArgumentException("--shrink needs --seed");
            }
        } catch (IllegalArgumentException e) {
            out.println("sim: " + e.getMessage());
            out.print(USAGE);
            return 2;
        }
        SeedRunner runner = new SeedRunner(scale, strictPower, family);
        if (seed == null) {
            return new Campaign(runner, out).run(from, seeds, threads, nanos, failures) ? 0 : 1;
        }
        if (shrink) {
            return shrink(runner, seed, nanos == Long.MAX_VALUE ? SHRINK_FOR : nanos, out);
        }
        SeedResult result = runner.trace(seed, detail, out::println);
        out.printf(
                Locale.ROOT,
                "seed %d: %s, event hash %016x, %.1f s simulated, %d events, %d requests, %d times converged%n",
                seed,
                result.failed() ? "violates " + result.invariant() : "passed",
                result.hash(),
                result.simulated() / 1e9,
                result.events(),
                result.requests(),
                result.converged());
        if (result.failed()) {
            out.println("  " + result.explanation());
        }
        return result.failed() ? 1 : 0;
    }

    private static int shrink(SeedRunner runner, long seed, long nanos, PrintStream out) {
        ShrunkFaults shrunk = runner.shrink(seed, nanos);
        boolean failed = shrunk.failure().failed();
        out.println(
                "seed " + seed + (failed ? " violates " + shrunk.failure().invariant() : " passes: nothing to shrink"));
        if (failed) {
            out.print(shrunk.text());
        }
        return failed ? 1 : 0;
    }

    private static double decimal(String option, ArrayDeque<String> args) {
        String text = args.poll();
        try {
            return Double.parseDouble(text == null ? "" : text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " needs a number, not \"" + text + "\"", e);
        }
    }

    private static long number(String option, ArrayDeque<String> args) {
        String text = args.poll();
        try {
            return Long.parseLong(text == null ? "" : text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    option + " needs a number, not \"" + (text == null ? "" : text) + "\"", e);
        }
    }
}
