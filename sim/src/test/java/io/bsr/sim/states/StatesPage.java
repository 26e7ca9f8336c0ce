package io.bsr.sim.states;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The page docs/STATES.md, made from what the searches found. */
final class StatesPage {
    /** Events that are named for one move; the rest is counted. */
    private static final int NAMED = 6;

    /** One search: what it was called, and how much there was. */
    record Row(String name, Search.Depth depth, int quiet, int moving, int played, int newMetadata) {}

    private StatesPage() {}

    static String of(List<Row> rows, Moves bsr, Moves drbd84) {
        StringBuilder text = new StringBuilder();
        text.append("""
                # States

                What two nodes with one volume can be in, found by playing all sequences of events breadth first in the core of the engine, on
                virtual time. Made by `StatesTest` of the module `sim`, which compares this page with what it finds
                (`./dev test StatesTest -Dbsr.pages.write=true` writes it).

                In each quiet state (nothing moves although time passes) each of the events below happens to each node; in each moving state
                (passed on the way; of two that are mirrored, one) as well, up to the second depth. Judged by rules that were written from the protocol and share nothing with
                the core:

                * in every state: no two Primaries, nothing known of a peer that is not connected, and the disks that a replication state allows;
                * in every quiet one: both nodes see the same of each other, no resync waits, no command and no write is unanswered; where both
                  are UpToDate and no block is marked, the data are equal;
                * from each quiet state to the next: a refused command changes nothing, no node changes its role by itself, a promotion needs good
                  data, and no command but a forced one, or `down`, takes good data away from a Primary;
                * from every quiet state a fixed recipe (mend, start, attach, connect; if refused, demote both and `connect --discard-my-data` on
                  one; if nobody is UpToDate, `primary --force`) makes both UpToDate and equal. Where both were forced to be the first copy the data
                  are not related, and one node needs new metadata; in the 8.4 family data may also look so ([drbd84.md](drbd84.md)).

                | search | depth from quiet, moving states | quiet states | moving states | events played | need new metadata |
                |---|---|---|---|---|---|
                """);
        for (Row row : rows) {
            text.append("| ")
                    .append(row.name())
                    .append(" | ")
                    .append(row.depth().quiet())
                    .append(", ");
            text.append(row.depth().moving()).append(" | ").append(row.quiet()).append(" | ");
            text.append(row.moving())
                    .append(" | ")
                    .append(row.played())
                    .append(" | ")
                    .append(row.newMetadata())
                    .append(" |\n");
        }
        text.append("\nEvents: ").append(String.join(", ", events())).append(".\n");
        text.append("""

                The tables have what such nodes were seen to become (a state that is left in the same moment does not appear), and after which
                events in a quiet state; "peer:" is what happened to the other node. *only beside another event*: no event in a quiet state leads there.
                """);
        for (Moves.Kind kind : Moves.Kind.values()) {
            table(kind, text, bsr, drbd84);
        }
        return text.toString();
    }

    private static List<String> events() {
        List<String> names = new ArrayList<>();
        for (Deed deed : Deed.values()) {
            names.add(deed.toString());
        }
        return names;
    }

    private static void table(Moves.Kind kind, StringBuilder text, Moves bsr, Moves drbd84) {
        text.append("\n## ").append(kind.title()).append("\n\n");
        text.append("| from | to | bsr 1.7 and this engine | DRBD 8.4 family |\n|---|---|---|---|\n");
        TreeSet<Moves.Move> all = new TreeSet<>(bsr.all().keySet());
        all.addAll(drbd84.all().keySet());
        for (Moves.Move move : all) {
            if (move.kind() == kind) {
                text.append("| ")
                        .append(move.from())
                        .append(" | ")
                        .append(move.to())
                        .append(" | ");
                text.append(causes(bsr.all().get(move))).append(" | ");
                text.append(causes(drbd84.all().get(move))).append(" |\n");
            }
        }
    }

    private static String causes(@Nullable Map<String, Integer> causes) {
        if (causes == null) {
            return "–";
        }
        if (causes.isEmpty()) {
            return "*only beside another event*";
        }
        List<String> names = causes.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
        String named = String.join(", ", names.subList(0, Math.min(NAMED, names.size())));
        return names.size() <= NAMED ? named : named + ", and " + (names.size() - NAMED) + " more";
    }
}
