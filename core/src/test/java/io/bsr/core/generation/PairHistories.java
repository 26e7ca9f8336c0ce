package io.bsr.core.generation;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.core.generation.AbstractPair.Link;
import io.bsr.core.generation.SyncOutcome.DropReason;
import io.bsr.core.generation.SyncOutcome.Verdict;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every history of an {@link AbstractPair} up to a number of events, breadth first, each state once; in every state in
 * which the nodes may connect, both take their decision, and the oracles judge the two together.
 */
final class PairHistories {
    /** A state, how it came about, and how long that took. */
    private record Step(AbstractPair pair, @Nullable Step before, String event, int depth) {
        @Override
        public String toString() {
            return (before == null ? "" : before + "\n") + depth + ". " + event + "\n" + pair;
        }
    }

    private interface Event {
        void happen(AbstractPair pair);
    }

    private static final SyncPolicies[] POLICIES = {
        SyncPolicies.DEFAULT,
        new SyncPolicies(
                SplitBrainPolicy.DISCARD_YOUNGER_PRIMARY,
                SplitBrainPolicy.CONSENSUS,
                SplitBrainPolicy.VIOLENTLY,
                false,
                RoleConflictPolicy.CALL_PRI_LOST),
        new SyncPolicies(
                SplitBrainPolicy.DISCARD_OLDER_PRIMARY,
                SplitBrainPolicy.VIOLENTLY,
                SplitBrainPolicy.CALL_PRI_LOST_AFTER_SB,
                true,
                RoleConflictPolicy.VIOLENTLY),
        new SyncPolicies(
                SplitBrainPolicy.DISCARD_ZERO_CHANGES,
                SplitBrainPolicy.DISCARD_SECONDARY,
                SplitBrainPolicy.DISCONNECT,
                true,
                RoleConflictPolicy.DISCONNECT),
        new SyncPolicies(
                SplitBrainPolicy.DISCARD_LEAST_CHANGES,
                SplitBrainPolicy.CALL_PRI_LOST_AFTER_SB,
                SplitBrainPolicy.VIOLENTLY,
                true,
                RoleConflictPolicy.DISCONNECT),
    };

    private final int maxDepth;
    private final Set<String> seen = new HashSet<>();
    private final ArrayDeque<Step> queue = new ArrayDeque<>();
    final Set<GenerationRule> rules = EnumSet.noneOf(GenerationRule.class);
    final Map<Relation, Long> relations = new EnumMap<>(Relation.class);
    final Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);

    /** States in which a decision was taken. */
    long pairs;

    /** Decisions taken, with all policies, discard flags and leaders. */
    long decisions;

    /** Events of the history that shows the violation. */
    int violationDepth;

    /** The first violation with its history; null if there is none. */
    @Nullable String violation;

    PairHistories(int maxDepth) {
        this.maxDepth = maxDepth;
    }

    int states() {
        return seen.size();
    }

    /** Explores from {@code start}; stops at the first violation. */
    PairHistories from(AbstractPair start) {
        enqueue(new Step(start, null, "start", 0));
        while (!queue.isEmpty() && violation == null) {
            Step step = queue.removeFirst();
            if (step.pair.link == Link.DOWN) {
                judge(step);
            }
            if (step.depth < maxDepth && violation == null) {
                expand(step);
            }
        }
        return this;
    }

    private void enqueue(Step step) {
        if (seen.add(step.pair.key())) {
            queue.add(step);
        }
    }

    private void event(Step before, String name, Event event) {
        AbstractPair pair = before.pair.copy();
        event.happen(pair);
        enqueue(new Step(pair, before, name, before.depth + 1));
    }

    private void expand(Step step) {
        AbstractPair now = step.pair;
        for (int node = 0; node < 2; node++) {
            int x = node;
            eventsOfNode(step, now, x);
        }
        if (now.link == Link.DOWN) {
            connect(step, 0);
            connect(step, 1);
            connect(step, 2);
        } else {
            event(step, "disconnect", AbstractPair::disconnect);
        }
        if (now.canFinish()) {
            event(step, "resync ends", pair -> pair.finishSync(true));
            event(step, "resync ends, unseen by the source", pair -> pair.finishSync(false));
        } else if (now.syncing() && now.nodes[1 - now.source()].bits != 0) {
            event(step, "a block is resynced", pair -> pair.resyncBlock(false));
            event(step, "a block is resynced, acknowledgement lost", pair -> pair.resyncBlock(true));
        }
    }

    private void eventsOfNode(Step step, AbstractPair now, int x) {
        if (now.canWrite(x)) {
            for (int bit = 0; bit < AbstractPair.BLOCKS; bit++) {
                int block = 1 << bit;
                event(step, x + " writes block " + bit, pair -> pair.write(x, block));
                event(
                        step,
                        x + " crashes while writing block " + bit + ", own disk only",
                        pair -> pair.crashWithWrite(x, block, true, false));
                if (now.link != Link.DOWN) {
                    event(
                            step,
                            x + " writes block " + bit + ", disconnect, peer lacks it",
                            pair -> pair.writeAndDisconnect(x, block, false));
                    event(
                            step,
                            x + " writes block " + bit + ", disconnect, peer has it",
                            pair -> pair.writeAndDisconnect(x, block, true));
                    event(
                            step,
                            x + " crashes while writing block " + bit + ", peer's disk only",
                            pair -> pair.crashWithWrite(x, block, false, true));
                }
            }
        }
        if (now.nodes[x].primary) {
            event(step, x + " demoted", pair -> pair.demote(x));
        }
        if (now.canPromote(x)) {
            event(step, x + " promoted", pair -> pair.promote(x));
        }
        if (now.canForcePromote(x)) {
            event(step, x + " promoted by force", pair -> pair.forcePromote(x));
        }
        if (now.canInvalidate(x)) {
            event(step, x + " invalidated", pair -> pair.invalidate(x));
        }
        event(step, x + " crashes", pair -> pair.crash(x));
        if (now.link == Link.DOWN && !now.nodes[x].primary) {
            event(step, x + " gets a new disk", pair -> pair.replaceDisk(x));
            if (now.nodes[x].disk == DiskState.UP_TO_DATE) {
                event(step, x + " outdated", pair -> pair.nodes[x].disk = DiskState.OUTDATED);
            }
        }
    }

    private void connect(Step step, int discarding) {
        AbstractPair now = step.pair;
        if (now.nodes[0].primary && now.nodes[1].primary) {
            return;
        }
        SyncOutcome of0 = SyncDecision.decide(now.situation(0, SyncPolicies.DEFAULT, discarding, 0));
        SyncOutcome of1 = SyncDecision.decide(now.situation(1, SyncPolicies.DEFAULT, discarding, 0));
        if (of0.drops() || of1.drops()) {
            return;
        }
        String name = "connect" + (discarding == 0 ? "" : ", " + (discarding - 1) + " discards");
        name += " (" + of0.comparison().rule() + ")";
        event(step, name, pair -> {
            pair.store(0, of0);
            pair.store(1, of1);
            pair.enter(of0);
        });
        event(step, name + ", broken when only 0 has stored", pair -> pair.store(0, of0));
        event(step, name + ", broken when only 1 has stored", pair -> pair.store(1, of1));
        if (of0.next() != ReplicationState.ESTABLISHED && now.version < ComparisonSetting.SEVERAL_PEERS) {
            event(step, name + ", broken when only the source has begun", pair -> {
                pair.store(0, of0);
                pair.store(1, of1);
                pair.exchangeBitmaps();
                pair.beginAsSource(of0.next() == ReplicationState.WF_BITMAP_S ? 0 : 1);
            });
        }
    }

    private void judge(Step step) {
        AbstractPair now = step.pair;
        pairs++;
        for (SyncPolicies policies : POLICIES) {
            for (int discarding = 0; discarding < 4; discarding++) {
                for (int leader = 0; leader < 2; leader++) {
                    SyncOutcome of0 = SyncDecision.decide(now.situation(0, policies, discarding, leader));
                    SyncOutcome of1 = SyncDecision.decide(now.situation(1, policies, discarding, leader));
                    decisions++;
                    String complaint = complaint(now, policies, discarding, of0, of1);
                    if (complaint != null) {
                        violationDepth = step.depth;
                        violation = "%s%n%s%n%ndiscarding %d, leader %d, %s%n0: %s%n1: %s"
                                .formatted(complaint, step, discarding, leader, policies, of0, of1);
                        return;
                    }
                    if (policies.equals(SyncPolicies.DEFAULT) && discarding == 0) {
                        count(of0);
                        count(of1);
                    }
                }
            }
        }
    }

    private void count(SyncOutcome outcome) {
        rules.add(outcome.comparison().rule());
        relations.merge(outcome.relation(), 1L, Long::sum);
        if (outcome.verdict() instanceof Verdict.Drop drop) {
            drops.merge(drop.reason(), 1L, Long::sum);
        }
    }

    /** What is wrong with these two decisions taken together; null if nothing is. */
    private static @Nullable String complaint(
            AbstractPair now, SyncPolicies policies, int discarding, SyncOutcome of0, SyncOutcome of1) {
        String asymmetry = asymmetry(of0, of1);
        if (asymmetry != null || of0.drops() || of1.drops()) {
            return asymmetry;
        }
        if (of0.verdict() instanceof Verdict.DemoteFirst || of1.verdict() instanceof Verdict.DemoteFirst) {
            return null;
        }
        AbstractPair after = now.copy();
        after.store(0, of0);
        after.store(1, of1);
        if (of0.next() == ReplicationState.ESTABLISHED) {
            boolean bothUseless =
                    now.nodes[0].disk == DiskState.INCONSISTENT && now.nodes[1].disk == DiskState.INCONSISTENT;
            return now.different != 0 && !bothUseless ? "Established, but the contents differ" : null;
        }
        int target = of0.next() == ReplicationState.WF_BITMAP_T ? 0 : 1;
        boolean administratorsChoice = discarding != 0 || !policies.equals(SyncPolicies.DEFAULT);
        if (now.ahead[target] != 0 && !administratorsChoice) {
            return "silent loss: node " + target + " becomes target and has writes that the other lacks";
        }
        if ((now.different & ~(after.nodes[0].bits | after.nodes[1].bits)) != 0) {
            return "the bitmaps do not cover the difference";
        }
        return null;
    }

    static @Nullable String asymmetry(SyncOutcome of0, SyncOutcome of1) {
        boolean locally = droppedForLocalReasons(of0) || droppedForLocalReasons(of1);
        if (of0.drops() != of1.drops()) {
            return locally ? null : "only one of the nodes drops the connection";
        }
        if (of0.drops() || locally) {
            return null;
        }
        boolean mirrored =
                switch (of0.next()) {
                    case ESTABLISHED -> of1.next() == ReplicationState.ESTABLISHED;
                    case WF_BITMAP_S -> of1.next() == ReplicationState.WF_BITMAP_T;
                    case WF_BITMAP_T -> of1.next() == ReplicationState.WF_BITMAP_S;
                    case OFF,
                            STARTING_SYNC_S,
                            STARTING_SYNC_T,
                            WF_SYNC_UUID,
                            SYNC_SOURCE,
                            SYNC_TARGET,
                            VERIFY_S,
                            VERIFY_T,
                            PAUSED_SYNC_S,
                            PAUSED_SYNC_T,
                            AHEAD,
                            BEHIND -> false;
                };
        return mirrored ? null : "the nodes disagree about the direction";
    }

    /** Reasons that the peer does not know: its own rr-conflict, whether it can be demoted, 8.4's own disk. */
    private static boolean droppedForLocalReasons(SyncOutcome outcome) {
        return switch (outcome.verdict()) {
            case Verdict.Drop(DropReason reason) ->
                reason == DropReason.PRIMARY_WOULD_BE_TARGET || reason == DropReason.SOURCE_NOT_GOOD_ENOUGH;
            case Verdict.DemoteFirst() -> true;
            case Verdict.Proceed(ReplicationState next) -> false;
        };
    }

    String summary() {
        return "%d states, %d pairs that could connect, %d decisions; rules %s; relations %s; drops %s"
                .formatted(states(), pairs, decisions, rules, relations, drops);
    }

    static List<AbstractPair> starts(RuleSet rules, int version, List<AbstractPair.Flaw> flaws) {
        return List.of(AbstractPair.inSync(rules, version, flaws), AbstractPair.justCreated(rules, version, flaws));
    }
}
