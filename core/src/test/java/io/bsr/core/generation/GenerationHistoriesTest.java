package io.bsr.core.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every history of two nodes up to a number of events; longer ones with {@code -Dbsr.histories.depth=7}. */
final class GenerationHistoriesTest {
    private static final int DEPTH = Integer.getInteger("bsr.histories.depth", 5);

    private static Set<GenerationRule> explore(RuleSet rules, int version, int depth) {
        Set<GenerationRule> hit = EnumSet.noneOf(GenerationRule.class);
        for (AbstractPair start : PairHistories.starts(rules, version, List.of())) {
            PairHistories histories = new PairHistories(depth).from(start);

            System.out.println(rules + " at protocol " + version + ": " + histories.summary());
            assertTrue(histories.violation == null, () -> String.valueOf(histories.violation));
            hit.addAll(histories.rules);
        }
        return hit;
    }

    @Test
    void histories_of_two_bsr_nodes_end_in_mirrored_decisions_without_silent_loss() {
        Set<GenerationRule> hit = explore(RuleSet.BSR, 118, DEPTH);

        assertEquals(
                EnumSet.of(
                        GenerationRule.BOTH_JUST_CREATED,
                        GenerationRule.I_AM_JUST_CREATED,
                        GenerationRule.PEER_IS_JUST_CREATED,
                        GenerationRule.BOTH_RECONNECT,
                        GenerationRule.NOBODY_CRASHED,
                        GenerationRule.I_CRASHED,
                        GenerationRule.PEER_CRASHED,
                        GenerationRule.MY_CURRENT_IS_PEERS_BITMAP,
                        GenerationRule.PEERS_CURRENT_IS_MY_BITMAP,
                        GenerationRule.BITMAPS_IN_HISTORIES_PEER_NEWER,
                        GenerationRule.BITMAPS_IN_HISTORIES_I_AM_NEWER,
                        GenerationRule.SAME_BITMAP,
                        GenerationRule.COMMON_HISTORY,
                        GenerationRule.NOTHING_IN_COMMON),
                hit);
    }

    @Test
    void histories_with_drbd_8_4_end_in_mirrored_decisions_without_silent_loss() {
        Set<GenerationRule> hit = explore(RuleSet.DRBD84, 101, DEPTH);

        assertTrue(hit.containsAll(EnumSet.of(
                GenerationRule.I_MISSED_THE_END_AS_SOURCE,
                GenerationRule.PEER_MISSED_THE_END_AS_SOURCE,
                GenerationRule.ONLY_I_HAVE_A_BITMAP,
                GenerationRule.ONLY_PEER_HAS_A_BITMAP,
                GenerationRule.PEERS_RESYNC_START_WAS_LOST,
                GenerationRule.MY_RESYNC_START_WAS_LOST,
                GenerationRule.MY_CURRENT_IS_IN_PEERS_HISTORY,
                GenerationRule.PEERS_CURRENT_IS_IN_MY_HISTORY)));
    }

    @Test
    void histories_of_bsr_nodes_at_protocol_101_end_in_mirrored_decisions_without_silent_loss() {
        Set<GenerationRule> hit = explore(RuleSet.BSR, 101, DEPTH - 1);

        assertTrue(hit.containsAll(
                EnumSet.of(GenerationRule.PEERS_RESYNC_START_WAS_LOST, GenerationRule.MY_RESYNC_START_WAS_LOST)));
    }

    @ParameterizedTest
    @EnumSource(AbstractPair.Flaw.class)
    void the_oracles_notice_a_planted_flaw(AbstractPair.Flaw flaw) {
        String found = null;
        for (AbstractPair start : PairHistories.starts(RuleSet.BSR, 118, List.of(flaw))) {
            if (found == null) {
                PairHistories histories = new PairHistories(7).from(start);
                found = histories.violation;
                System.out.println(flaw + " shows after " + histories.violationDepth + " events");
            }
        }

        assertNotNull(found, "no history up to the depth shows the flaw");
    }
}
