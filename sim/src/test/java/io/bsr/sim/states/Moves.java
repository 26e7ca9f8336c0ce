package io.bsr.sim.states;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** Which states followed each other, and after which events. */
final class Moves {
    /** What a table is about. */
    enum Kind {
        ROLE("Roles"),
        CONNECTION("Connection states"),
        DISK("Disk states"),
        REPLICATION("Replication states");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    /** From one state to another. */
    record Move(Kind kind, String from, String to) implements Comparable<Move> {
        private static final Comparator<Move> ORDER =
                Comparator.comparing(Move::kind).thenComparing(Move::from).thenComparing(Move::to);

        @Override
        public int compareTo(Move other) {
            return ORDER.compare(this, other);
        }
    }

    /** How often, by what had happened last; empty for moves that were seen only after an interrupted event. */
    private final Map<Move, Map<String, Integer>> causes = new TreeMap<>();

    Map<Move, Map<String, Integer>> all() {
        return causes;
    }

    void made(NodeState before, NodeState after, Deed deed, boolean here, boolean interrupted) {
        if (!before.up() || !after.up()) {
            return;
        }
        String cause = interrupted ? "" : here ? deed.toString() : "peer: " + deed;
        note(Kind.ROLE, before.role(), after.role(), cause);
        note(Kind.CONNECTION, before.connection(), after.connection(), cause);
        note(Kind.DISK, before.disk(), after.disk(), cause);
        note(Kind.REPLICATION, before.replication(), after.replication(), cause);
    }

    private void note(Kind kind, Object from, Object to, String cause) {
        if (!from.equals(to)) {
            Map<String, Integer> known =
                    causes.computeIfAbsent(new Move(kind, from.toString(), to.toString()), m -> new TreeMap<>());
            if (!cause.isEmpty()) {
                known.merge(cause, 1, Integer::sum);
            }
        }
    }
}
