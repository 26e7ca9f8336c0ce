package io.bsr.sim;

import io.bsr.sim.world.FaultScript;
import io.bsr.sim.world.SeedResult;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * The shortest list of faults and commands found with which a seed still violates the same invariant (delta debugging: halves,
 * quarters, … are left out as long as that goes on failing).
 *
 * @param failure of the seed with that list
 * @param told what is left, in words
 * @param from how many there were
 * @param runs that it took
 * @param minimal none of them can be left out alone; otherwise time was over
 */
public record ShrunkFaults(SeedResult failure, List<String> told, int from, int runs, boolean minimal) {
    private static final class Search {
        private final Function<FaultScript, SeedResult> seed;
        private final FaultScript record;
        private final String invariant;
        private final long deadline;
        private List<Integer> left = new ArrayList<>();
        private int runs = 1;

        Search(Function<FaultScript, SeedResult> seed, FaultScript record, String invariant, long deadline) {
            this.seed = seed;
            this.record = record;
            this.invariant = invariant;
            this.deadline = deadline;
            for (int i = 0; i < record.size(); i++) {
                left.add(i);
            }
        }

        private boolean over() {
            return System.nanoTime() - deadline >= 0;
        }

        private static BitSet bits(List<Integer> numbers) {
            BitSet bits = new BitSet();
            numbers.forEach(bits::set);
            return bits;
        }

        private boolean failsWith(List<Integer> numbers) {
            runs++;
            SeedResult result = seed.apply(record.keeping(bits(numbers)));
            if (!invariant.equals(result.invariant())) {
                return false;
            }
            left = numbers;
            return true;
        }

        /** Returns true if nothing more can be left out. */
        boolean run() {
            if (over() || failsWith(List.of())) {
                return left.isEmpty();
            }
            int parts = 2;
            while (!left.isEmpty() && !over()) {
                parts = Math.min(parts, left.size());
                if (leaveOutOneOf(parts)) {
                    parts = Math.max(2, parts - 1);
                } else if (over()) {
                    return false;
                } else if (parts == left.size()) {
                    return true;
                } else {
                    parts = 2 * parts;
                }
            }
            return left.isEmpty();
        }

        private boolean leaveOutOneOf(int parts) {
            int size = left.size();
            // Late ones first: what comes before is often what the failure needs.
            for (int part = parts - 1; part >= 0 && !over(); part--) {
                List<Integer> without = new ArrayList<>(left.subList(0, size * part / parts));
                without.addAll(left.subList(size * (part + 1) / parts, size));
                if (failsWith(without)) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * Searches.
     *
     * @param seed runs the seed with a list
     * @param nanos after which the best list so far is good enough
     */
    static ShrunkFaults search(Function<FaultScript, SeedResult> seed, long nanos) {
        long deadline = System.nanoTime() + nanos;
        FaultScript record = FaultScript.recording();
        SeedResult first = seed.apply(record);
        String invariant = first.invariant();
        if (invariant == null) {
            return new ShrunkFaults(first, List.of(), record.size(), 1, true);
        }
        Search search = new Search(seed, record, invariant, deadline);
        boolean minimal = search.run();
        FaultScript last = record.keeping(Search.bits(search.left));
        SeedResult told = seed.apply(last);
        return new ShrunkFaults(told, last.told(), record.size(), search.runs + 1, minimal);
    }

    /** The list, one a line. */
    String text() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "  %d of %d faults and commands are enough to violate %s at %.3f s (%d runs%s):%n",
                told.size(),
                from,
                failure.invariant(),
                failure.simulated() / 1e9,
                runs,
                minimal ? ", none of them can be left out" : ", time was over"));
        for (String line : told) {
            text.append("    ").append(line).append('\n');
        }
        text.append("    then: ").append(failure.explanation()).append('\n');
        return text.toString();
    }
}
