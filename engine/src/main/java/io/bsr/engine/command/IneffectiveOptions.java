package io.bsr.engine.command;

import io.bsr.base.error.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Options that are accepted and do nothing must not look like ones that protect: the command that sets one is told. */
final class IneffectiveOptions {
    private IneffectiveOptions() {}

    /**
     * The same of allow-two-primaries, which has an effect with a DRBD 8.4 as the peer.
     *
     * @param changed the options that the command sets
     * @param all those that the connection has with them
     */
    static Outcome twoPrimaries(Outcome outcome, Map<String, String> changed, Map<String, String> all) {
        return all.getOrDefault("peer-family", "bsr").equals("drbd84")
                ? outcome
                : said(
                        outcome,
                        set(changed, "allow-two-primaries", "no"),
                        "two nodes can be Primary at once only where the peer is a DRBD 8.4 (peer-family drbd84).");
    }

    /** The outcome of a command that sets options of a resource. */
    static Outcome resource(Outcome outcome, Map<String, String> options) {
        List<String> set = new ArrayList<>(set(options, "quorum", "off"));
        set.addAll(set(options, "on-no-quorum", "suspend-io"));
        return said(
                outcome,
                set,
                "the engine of this version counts no votes, so a node that is alone neither suspends I/O nor fails it."
                        + " Two Primaries have to be kept apart by whoever promotes nodes.");
    }

    private static List<String> set(Map<String, String> options, String name, String usual) {
        String value = options.getOrDefault(name, usual);
        return value.equals(usual) ? List.of() : List.of(name + " " + value);
    }

    private static Outcome said(Outcome outcome, List<String> options, String why) {
        if (!outcome.success() || options.isEmpty()) {
            return outcome;
        }
        String verb = options.size() == 1 ? " has" : " have";
        String told = String.join(" and ", options) + verb + " no effect: " + why;
        return Outcome.of(outcome.code(), outcome.detail().isEmpty() ? told : outcome.detail() + "\n" + told);
    }
}
