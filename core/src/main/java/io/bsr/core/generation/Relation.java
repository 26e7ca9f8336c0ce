package io.bsr.core.generation;

/**
 * How the data of this node relates to the peer's: result of the comparison, refined by the decision. Positive numbers:
 * this node is source; negative: target.
 *
 * <p>The numbers are bsr's (wire-protocol reference, section 8.6). DRBD 8.4 counts the crash cases and the bitmap-based
 * ones both as ±1 and full ones as ±2.
 */
public enum Relation {
    /** No resync. */
    IN_SYNC(0),
    /** Follow the bitmap; this node is source because of who crashed, unless the other is Primary now. */
    CRASH_SOURCE(1),
    CRASH_TARGET(-1),
    /** Follow the bitmap. */
    BITMAP_SOURCE(2),
    BITMAP_TARGET(-2),
    /** The whole device. */
    FULL_SOURCE(3),
    FULL_TARGET(-3),
    /** Follow the bitmap; the relation was found through the bitmap identifier of a third node. */
    THIRD_NODE_SOURCE(4),
    THIRD_NODE_TARGET(-4),
    /** A resync is needed in a direction that target-only forbids: none. */
    FORBIDDEN_SOURCE(200),
    FORBIDDEN_TARGET(-200),
    /** Both changed since a common bitmap generation: policies may solve it. */
    SPLIT_BRAIN(100),
    /** Both changed since they had a common generation that neither bitmap goes back to. */
    SPLIT_BRAIN_WITHOUT_BITMAP(-100),
    /** Nothing in common. */
    UNRELATED(-1000),
    /** The repair rules need protocol 91. */
    NEEDS_PROTOCOL_91(-1091),
    /** The crash rule needs the write-same feature of the peer. */
    NEEDS_WRITE_SAME(-1096);

    private final int number;

    Relation(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** This node would be source of a resync that goes ahead. */
    public boolean source() {
        return number >= 1 && number <= 4;
    }

    /** This node would be target of a resync that goes ahead. */
    public boolean target() {
        return number <= -1 && number >= -4;
    }

    /** The whole device has to be transferred. */
    public boolean full() {
        return Math.abs(number) == 3;
    }

    public boolean splitBrain() {
        return Math.abs(number) == 100;
    }

    /** A direction that target-only forbids. */
    public boolean forbidden() {
        return Math.abs(number) == 200;
    }

    /** No relation in which two nodes may work together. */
    public boolean hopeless() {
        return number <= -1000;
    }

    /** How the peer sees it. */
    public Relation mirrored() {
        return switch (this) {
            case IN_SYNC, SPLIT_BRAIN, SPLIT_BRAIN_WITHOUT_BITMAP, UNRELATED, NEEDS_PROTOCOL_91, NEEDS_WRITE_SAME ->
                this;
            case CRASH_SOURCE -> CRASH_TARGET;
            case CRASH_TARGET -> CRASH_SOURCE;
            case BITMAP_SOURCE -> BITMAP_TARGET;
            case BITMAP_TARGET -> BITMAP_SOURCE;
            case FULL_SOURCE -> FULL_TARGET;
            case FULL_TARGET -> FULL_SOURCE;
            case THIRD_NODE_SOURCE -> THIRD_NODE_TARGET;
            case THIRD_NODE_TARGET -> THIRD_NODE_SOURCE;
            case FORBIDDEN_SOURCE -> FORBIDDEN_TARGET;
            case FORBIDDEN_TARGET -> FORBIDDEN_SOURCE;
        };
    }

    /** For logs: {@code +2}, {@code -100}, {@code 0}. */
    public String signed() {
        return number > 0 ? "+" + number : Integer.toString(number);
    }
}
