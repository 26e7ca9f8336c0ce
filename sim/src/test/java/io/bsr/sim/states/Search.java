package io.bsr.sim.states;

import io.bsr.core.option.PeerFamily;
import io.bsr.sim.node.ScriptedPair;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All states that are reached within a number of events, breadth first. */
final class Search {
    private static final int MOST_PROBLEMS = 40;

    /** An event, and how long the clock ran afterwards. */
    private record Act(@Nullable Deed deed, int node, int steps, boolean interrupted) {
        @Override
        public String toString() {
            String what = deed == null ? "both connected" : deed.common() ? deed.toString() : "n" + node + ": " + deed;
            return what + (interrupted ? " (interrupted)" : "");
        }
    }

    private record Node(PairState state, boolean moving, List<Act> path) {
        int depth() {
            return path.size() - 1;
        }
    }

    private record Key(PairState state, boolean moving) {}

    /** How far to go, in events. */
    record Depth(int quiet, int moving) {}

    private final PeerFamily family;
    private final boolean synced;
    private final Depth depth;
    private final Rules rules;
    private final Moves moves;
    private final Set<Key> known = new HashSet<>();
    private final ArrayDeque<Node> queue = new ArrayDeque<>();
    private final Map<String, String> problems = new TreeMap<>();
    private final Map<String, Integer> problemCounts = new TreeMap<>();
    private int quietStates;
    private int played;
    private int newMetadata;

    Search(PeerFamily family, boolean synced, Depth depth, Moves moves) {
        this.family = family;
        this.synced = synced;
        this.depth = depth;
        this.moves = moves;
        rules = new Rules(family);
    }

    int quietStates() {
        return quietStates;
    }

    int movingStates() {
        return known.size() - quietStates;
    }

    /** Events played. */
    int played() {
        return played;
    }

    /** States out of which only new metadata helped. */
    int newMetadata() {
        return newMetadata;
    }

    /** What broke a rule: the shortest way to it, for each kind once. */
    List<String> problems() {
        List<String> texts = new ArrayList<>();
        problems.forEach((kind, text) -> texts.add(problemCounts.get(kind) + " x " + text));
        return texts;
    }

    void run() {
        Stage stage = new Stage(family, synced);
        List<Stage.Passed> passed = new ArrayList<>();
        stage.settle(passed);
        Stage.Passed first = passed.getLast();
        found(new Node(first.state(), false, List.of(new Act(null, 0, first.steps(), false))));
        while (!queue.isEmpty() && problems.size() < MOST_PROBLEMS) {
            Node node = queue.poll();
            if (node.depth() >= (node.moving() ? depth.moving() : depth.quiet())) {
                continue;
            }
            for (Deed deed : Deed.values()) {
                for (int n = 0; n < 2; n++) {
                    if (deed.possible(node.state(), n)) {
                        play(node, deed, n);
                    }
                }
            }
        }
    }

    private Stage replay(List<Act> path) {
        Stage stage = new Stage(family, synced);
        for (Act act : path) {
            Deed deed = act.deed();
            if (deed != null) {
                deed.begin(stage, act.node(), new ScriptedPair.Ending());
            }
            stage.play(act.steps());
        }
        return stage;
    }

    private void found(Node node) {
        // Of the many moving states, one of two that are mirrored is enough.
        boolean mirrored = node.moving() && known.contains(new Key(node.state().mirrored(), true));
        if (mirrored || !known.add(new Key(node.state(), node.moving()))) {
            return;
        }
        queue.add(node);
        if (!node.moving()) {
            quietStates++;
            Stage stage = replay(node.path());
            for (String broken : rules.quiet(node.state(), stage.sameData())) {
                problem("quiet: " + broken, node.path(), node.state().toString());
            }
            Repair repair = new Repair(stage, family);
            boolean good;
            try {
                good = repair.run();
            } catch (RuntimeException | AssertionError e) {
                problem("repair fails: " + e, node.path(), node.state().toString());
                return;
            }
            newMetadata += repair.neededNewMetadata() ? 1 : 0;
            if (!good) {
                problem("no way out", node.path(), node.state() + "\n      in the end " + stage.state());
            }
        }
    }

    private void play(Node from, Deed deed, int n) {
        played++;
        try {
            playOn(from, deed, n);
        } catch (RuntimeException | AssertionError e) {
            List<Act> path = with(from.path(), new Act(deed, n, 0, false));
            StackTraceElement[] trace = e.getStackTrace();
            problem(
                    "fails: " + e + (trace.length > 0 ? " at " + trace[0] : ""),
                    path,
                    from.state().toString());
        }
    }

    private void playOn(Node from, Deed deed, int n) {
        Stage stage = replay(from.path());
        NodeState[] last = {NodeState.ABSENT, NodeState.ABSENT};
        List<Act> whole = with(from.path(), new Act(deed, n, 0, false));
        boolean[] begun = {false};
        stage.observe((node, now) -> {
            if (begun[0]) {
                for (String broken : rules.always(now)) {
                    problem("always: " + broken, whole, "n" + node + ": " + now);
                }
                for (String broken : rules.step(last[node], now)) {
                    problem("step: " + broken, whole, "n" + node + ": " + last[node] + " -> " + now);
                }
                moves.made(last[node], now, deed, deed.common() || node == n, from.moving());
            }
            last[node] = now;
        });
        begun[0] = true;
        ScriptedPair.Ending ending = new ScriptedPair.Ending();
        deed.begin(stage, n, ending);
        List<Stage.Passed> passed = new ArrayList<>();
        boolean quiet = stage.settle(passed);
        Stage.Passed end = passed.removeLast();
        for (Stage.Passed p : passed) {
            found(new Node(p.state(), true, with(from.path(), new Act(deed, n, p.steps(), true))));
        }
        List<Act> path = with(from.path(), new Act(deed, n, end.steps(), false));
        if (!quiet) {
            problem(
                    "never quiet, waiting for " + stage.unended(),
                    path,
                    end.state().toString());
            return;
        }
        if (!from.moving()) {
            Boolean success = ending.outcome == null ? null : ending.outcome.success();
            for (String broken : rules.event(from.state(), deed, n, success, end.state())) {
                problem(
                        "event: " + broken + " (" + deed + ")",
                        path,
                        from.state() + "\n      -> " + end.state()
                                + (ending.outcome == null ? "" : "\n      " + ending.outcome));
            }
        }
        found(new Node(end.state(), false, path));
    }

    private static List<Act> with(List<Act> path, Act act) {
        List<Act> longer = new ArrayList<>(path);
        longer.add(act);
        return longer;
    }

    private void problem(String kind, List<Act> path, String where) {
        problemCounts.merge(kind, 1, Integer::sum);
        problems.putIfAbsent(kind, kind + "\n      after " + path.subList(1, path.size()) + "\n      in " + where);
    }
}
