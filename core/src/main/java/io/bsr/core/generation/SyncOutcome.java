package io.bsr.core.generation;

import io.bsr.base.state.ReplicationState;
import java.util.List;

/**
 * What is to be done. The parts are to be carried out in the order: handlers, identifiers, bitmap, verdict; metadata is
 * on disk before the verdict takes effect.
 *
 * @param comparison the comparison behind it; {@link GenerationComparison#mine()} is to be stored before anything else
 *     if it differs from this node's identifiers
 * @param relation the final relation, after policies
 * @param newCurrentUuid begin a new generation before the next write (NEW_CUR_UUID)
 * @param handlers handlers to call, in order
 * @param explanation for logs: why
 */
public record SyncOutcome(
        Verdict verdict,
        GenerationComparison comparison,
        Relation relation,
        BitmapAction bitmap,
        IdentifierAction identifiers,
        boolean newCurrentUuid,
        List<Handler> handlers,
        String explanation) {
    public SyncOutcome {
        handlers = List.copyOf(handlers);
    }

    /** What happens to the replication state. */
    public sealed interface Verdict {
        /** Go on: Established, WFBitMapS or WFBitMapT. */
        record Proceed(ReplicationState next) implements Verdict {}

        /** Give the connection up (StandAlone), or let the attach fail if it is about an attach. */
        record Drop(DropReason reason) implements Verdict {}

        /**
         * First try to become Secondary, then decide again with {@link SyncSituation#after}. Nothing else of this
         * outcome is to be carried out.
         */
        record DemoteFirst() implements Verdict {}
    }

    /** Why a connection is given up. */
    public enum DropReason {
        UNRELATED_DATA("the data of the two nodes is not related: one of them must be invalidated or created anew"),
        CONTRADICTORY_IDENTIFIERS(
                "the generation identifiers of the two nodes contradict each other, so that they could not"
                        + " agree on a direction: metadata were altered or copied; invalidate one of the nodes"),
        PROTOCOL_TOO_OLD("the rules that this situation needs are not in the agreed protocol"),
        SPLIT_BRAIN("split brain, and no policy solves it: decide which node's changes to discard, and connect that"
                + " node with discard-my-data"),
        BOTH_DISCARD("both nodes want their own data discarded: give discard-my-data on one node only"),
        DISCARD_IMPOSSIBLE(
                "discard-my-data was given on the node that has to be the source; give it on the other one, or, where"
                        + " the volumes contradict each other, begin anew on the node whose data are to go (down, create-md, up)"),
        DISCARD_FORBIDDEN_BY_TARGET_ONLY("discard-my-data would make a target-only node the source"),
        PRIMARY_WOULD_BE_TARGET("the Primary would become target of a resync: demote it, or see rr-conflict"),
        SOURCE_NOT_GOOD_ENOUGH(
                "a full resync is needed, and the disk of the node that had to be its source is Inconsistent: where no node"
                        + " has better data, declare those of that node good (primary --force), then connect again"),
        DRY_RUN("dry run: what would happen was reported, nothing was done"),
        NO_ATTACH_RESULT("the attached data and the peer's have diverged");

        private final String explanation;

        DropReason(String explanation) {
            this.explanation = explanation;
        }

        /** What happened and what to do, in words. */
        public String explanation() {
            return explanation;
        }
    }

    /** What happens to this node's bitmap towards the peer. */
    public enum BitmapAction {
        KEEP,
        SET_ALL,
        CLEAR
    }

    /** What happens to this node's bitmap identifier towards the peer. */
    public enum IdentifierAction {
        KEEP,
        /** It becomes 0. */
        CLEAR_BITMAP,
        /** It goes to the history and becomes 0. */
        RETIRE_BITMAP
    }

    /** Handlers that the decision asks for. */
    public enum Handler {
        INITIAL_SPLIT_BRAIN("initial-split-brain"),
        SPLIT_BRAIN("split-brain"),
        PRI_LOST("pri-lost"),
        PRI_LOST_AFTER_SB("pri-lost-after-sb");

        private final String option;

        Handler(String option) {
            this.option = option;
        }

        /** Its name in the configuration. */
        @Override
        public String toString() {
            return option;
        }
    }

    /** The replication state to enter if the verdict is to proceed; Off otherwise. */
    public ReplicationState next() {
        return verdict instanceof Verdict.Proceed proceed ? proceed.next() : ReplicationState.OFF;
    }

    /** True if the connection (or the attach) is given up. */
    public boolean drops() {
        return verdict instanceof Verdict.Drop;
    }

    /**
     * The data of this node is older than the peer's, whether or not it becomes target: a disk better than Outdated
     * becomes Outdated.
     */
    public boolean myDataIsOlder() {
        return switch (relation) {
            case BITMAP_TARGET, FULL_TARGET, THIRD_NODE_TARGET, FORBIDDEN_TARGET -> true;
            case IN_SYNC,
                    CRASH_SOURCE,
                    CRASH_TARGET,
                    BITMAP_SOURCE,
                    FULL_SOURCE,
                    THIRD_NODE_SOURCE,
                    FORBIDDEN_SOURCE,
                    SPLIT_BRAIN,
                    SPLIT_BRAIN_WITHOUT_BITMAP,
                    UNRELATED,
                    NEEDS_PROTOCOL_91,
                    NEEDS_WRITE_SAME -> false;
        };
    }

    /** This node's identifiers after repair and after {@link #identifiers()}. */
    public GenerationIdentifiers identifiersAfter() {
        GenerationIdentifiers mine = comparison.mine();
        return switch (identifiers) {
            case KEEP -> mine;
            case CLEAR_BITMAP -> mine.withBitmap(comparison.peers().node(), 0);
            case RETIRE_BITMAP -> mine.withBitmapRetired(comparison.peers().node());
        };
    }
}
