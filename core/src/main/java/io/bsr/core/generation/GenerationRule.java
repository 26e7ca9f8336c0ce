package io.bsr.core.generation;

/** The outcomes of the comparison, each with its rule (wire-protocol reference, section 8.6), first match first. */
public enum GenerationRule {
    BOTH_JUST_CREATED(10, Relation.IN_SYNC, "neither node ever had data"),
    I_AM_JUST_CREATED(20, Relation.FULL_TARGET, "my metadata is fresh"),
    I_AM_JUST_CREATED_BUT_PRIMARY(
            20, Relation.UNRELATED, "my metadata is fresh, but I am Primary and the peer is target-only"),
    PEER_IS_JUST_CREATED(30, Relation.FULL_SOURCE, "the peer's metadata is fresh"),
    PEER_IS_JUST_CREATED_BUT_PRIMARY(
            30, Relation.UNRELATED, "the peer's metadata is fresh, but it is Primary and I am target-only"),

    REPAIR_NEEDS_PROTOCOL_91(
            34, Relation.NEEDS_PROTOCOL_91, "same current generation, one bitmap generation left: needs protocol 91"),
    I_MISSED_THE_END_AS_SOURCE(
            34, Relation.BITMAP_SOURCE, "I was source of a resync that the peer finished, and missed its end"),
    PEER_MISSED_THE_END_AS_SOURCE(
            35, Relation.BITMAP_TARGET, "the peer was source of a resync that I finished, and missed its end"),
    ONLY_I_HAVE_A_BITMAP(
            36, Relation.BITMAP_SOURCE, "same current generation, but I still have a bitmap generation, the peer none"),
    ONLY_PEER_HAS_A_BITMAP(
            37,
            Relation.BITMAP_TARGET,
            "same current generation, but the peer still has a bitmap generation, I have none"),
    BOTH_RECONNECT(
            38, Relation.IN_SYNC, "same current generation, and both nodes were running since they were connected"),
    NOBODY_CRASHED(40, Relation.IN_SYNC, "same current generation, and nobody crashed as Primary"),
    I_CRASHED(40, Relation.CRASH_SOURCE, "same current generation, and I crashed as Primary"),
    PEER_CRASHED(40, Relation.CRASH_TARGET, "same current generation, and the peer crashed as Primary"),
    BOTH_CRASHED_AND_I_LEAD(
            40,
            Relation.CRASH_SOURCE,
            "same current generation, both crashed as Primary; the connection makes me source"),
    BOTH_CRASHED_AND_PEER_LEADS(
            40,
            Relation.CRASH_TARGET,
            "same current generation, both crashed as Primary; the connection makes the peer source"),
    ALREADY_SOURCE(40, Relation.IN_SYNC, "same current generation, and I am source already"),
    CRASH_AND_I_AM_PRIMARY(
            41, Relation.CRASH_SOURCE, "same current generation, a Primary crashed, and I am Primary now"),
    CRASH_AND_PEER_IS_PRIMARY(
            41, Relation.CRASH_TARGET, "same current generation, a Primary crashed, and the peer is Primary now"),
    CRASH_AND_BOTH_PRIMARY(
            41,
            Relation.SPLIT_BRAIN_WITHOUT_BITMAP,
            "same current generation, a Primary crashed, and both nodes are Primary now"),
    CRASH_NEEDS_WRITE_SAME(
            41,
            Relation.NEEDS_WRITE_SAME,
            "same current generation, a Primary crashed and one node is Primary: needs a peer with the write-same feature"),

    MY_CURRENT_IS_PEERS_BITMAP(50, Relation.BITMAP_TARGET, "my current generation is the peer's bitmap generation"),
    MY_CURRENT_IS_PEERS_BITMAP_OF_A_THIRD(
            52, Relation.THIRD_NODE_TARGET, "my current generation is the peer's bitmap generation of a third node"),
    PEERS_RESYNC_START_WAS_LOST(
            51, Relation.BITMAP_TARGET, "the peer began a resync as source, and I never learned of it"),
    BITMAPS_IN_HISTORIES_PEER_NEWER(
            60,
            Relation.BITMAP_TARGET,
            "my current generation is in the peer's history, and the peer's bitmap generation is in mine"),
    MY_CURRENT_IS_IN_PEERS_HISTORY(60, Relation.FULL_TARGET, "my current generation is in the peer's history"),
    PEERS_CURRENT_IS_MY_BITMAP(70, Relation.BITMAP_SOURCE, "the peer's current generation is my bitmap generation"),
    PEERS_CURRENT_IS_MY_BITMAP_OF_A_THIRD(
            72, Relation.THIRD_NODE_SOURCE, "the peer's current generation is my bitmap generation of a third node"),
    MY_RESYNC_START_WAS_LOST(
            71, Relation.BITMAP_SOURCE, "I began a resync as source, and the peer never learned of it"),
    BITMAPS_IN_HISTORIES_I_AM_NEWER(
            80,
            Relation.BITMAP_SOURCE,
            "the peer's current generation is in my history, and my bitmap generation is in the peer's"),
    PEERS_CURRENT_IS_IN_MY_HISTORY(80, Relation.FULL_SOURCE, "the peer's current generation is in my history"),
    SAME_BITMAP(90, Relation.SPLIT_BRAIN, "both nodes changed data since the same bitmap generation"),
    COMMON_HISTORY(
            100,
            Relation.SPLIT_BRAIN_WITHOUT_BITMAP,
            "both nodes changed data since a generation that both have in their history"),
    NOTHING_IN_COMMON(0, Relation.UNRELATED, "the data of the two nodes was never related");

    private final int number;
    private final Relation relation;
    private final String explanation;

    GenerationRule(int number, Relation relation, String explanation) {
        this.number = number;
        this.relation = relation;
        this.explanation = explanation;
    }

    /** The number of the rule; 0 if none matched. */
    public int number() {
        return number;
    }

    public Relation relation() {
        return relation;
    }

    /** Why, in words. */
    public String explanation() {
        return explanation;
    }

    /** The relation follows from which node crashed as Primary. */
    public boolean aboutCrashes() {
        return number == 40 || number == 41;
    }
}
