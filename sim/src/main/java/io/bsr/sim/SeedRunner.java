package io.bsr.sim;

import io.bsr.core.option.PeerFamily;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.world.Plant;
import io.bsr.sim.world.Scale;
import io.bsr.sim.world.SeedResult;
import io.bsr.sim.world.World;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Runs single seeds, with and without a timeline. */
public final class SeedRunner {
    private final Scale scale;
    private final boolean strictPower;
    private final PeerFamily family;

    /**
     * A runner.
     *
     * @param strictPower see {@link io.bsr.sim.oracle.VolumeOracle}
     */
    public SeedRunner(Scale scale, boolean strictPower) {
        this(scale, strictPower, PeerFamily.BSR);
    }

    /** A runner of worlds whose nodes take each other for {@code family}. */
    public SeedRunner(Scale scale, boolean strictPower, PeerFamily family) {
        this.scale = scale;
        this.strictPower = strictPower;
        this.family = family;
    }

    /** Runs a seed, silently. */
    public SeedResult run(long seed) {
        return trace(seed, Timeline.Detail.NOTHING, line -> {});
    }

    /** Runs a seed and tells what happens. */
    public SeedResult trace(long seed, Timeline.Detail detail, Timeline.Listener listener) {
        return World.of(seed, new World.Options(scale, strictPower, detail, listener, Plant.NONE), family)
                .run();
    }

    /** Finds the shortest list of faults and commands with which a seed violates what it violates, for at most so long. */
    public ShrunkFaults shrink(long seed, long nanos) {
        return ShrunkFaults.search(
                script -> World.of(
                                seed,
                                new World.Options(
                                        scale, strictPower, Timeline.Detail.EVENTS, script, Plant.NONE, script),
                                family)
                        .run(),
                nanos);
    }

    /**
     * Runs a seed that failed again, for its timeline, and looks for the shortest list of faults that make it fail.
     *
     * @param nanos to look for
     * @return what to print
     */
    public String explain(SeedResult failed, long nanos) {
        SeedResult again = trace(failed.seed(), Timeline.Detail.EVENTS, line -> {});
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "seed %d violates %s at %.3f s of virtual time%n  %s%n",
                failed.seed(),
                failed.invariant(),
                failed.simulated() / 1e9,
                failed.explanation()));
        if (again.hash() != failed.hash()) {
            text.append("  and the second run went another way (I12)\n");
        }
        text.append("  last events:\n");
        List<String> lines = again.lastLines();
        for (String line : lines.subList(Math.max(0, lines.size() - 60), lines.size())) {
            text.append("    ").append(line).append('\n');
        }
        text.append(shrink(failed.seed(), nanos).text());
        text.append("  repeat with: --seed ").append(failed.seed()).append(" --trace\n");
        return text.toString();
    }

    /** The seeds that ever failed in such worlds, oldest first. */
    public List<Long> regressions() {
        List<Long> seeds = new ArrayList<>();
        String name = family == PeerFamily.BSR ? "regressions.txt" : "regressions-drbd84.txt";
        try (InputStream stream = SeedRunner.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException(name + " is not beside " + SeedRunner.class);
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
            String line = reader.readLine();
            while (line != null) {
                int comment = line.indexOf('#');
                String number = (comment < 0 ? line : line.substring(0, comment)).strip();
                if (!number.isEmpty()) {
                    seeds.add(Long.parseLong(number));
                }
                line = reader.readLine();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return seeds;
    }
}
