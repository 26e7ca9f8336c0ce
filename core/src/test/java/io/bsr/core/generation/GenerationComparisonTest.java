package io.bsr.core.generation;

import static io.bsr.core.generation.GenerationIdentifiers.JUST_CREATED;
import static io.bsr.core.generation.Parties.A;
import static io.bsr.core.generation.Parties.B;
import static io.bsr.core.generation.Parties.C;
import static io.bsr.core.generation.Parties.ME;
import static io.bsr.core.generation.Parties.PEER;
import static io.bsr.core.generation.Parties.STEP;
import static io.bsr.core.generation.Parties.identifiers;
import static io.bsr.core.generation.Parties.mine;
import static io.bsr.core.generation.Parties.peers;
import static io.bsr.core.generation.Parties.report;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.bsr.base.state.Role;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class GenerationComparisonTest {
    private static final UuidFlag CRASHED = UuidFlag.CRASHED_PRIMARY;
    private static final long D = 0xD0;

    private static ComparisonSetting bsr(int version, Role me, Role peer, boolean resolveConflicts) {
        return new ComparisonSetting(RuleSet.BSR, version, me, peer, resolveConflicts, true, false);
    }

    private static ComparisonSetting drbd84(Role me, Role peer, boolean writeSame) {
        return new ComparisonSetting(RuleSet.DRBD84, 101, me, peer, true, writeSame, false);
    }

    private static final ComparisonSetting AT_118 = bsr(118, Role.SECONDARY, Role.SECONDARY, true);
    private static final ComparisonSetting AT_101 = bsr(101, Role.SECONDARY, Role.SECONDARY, true);

    /** One row per outcome of the table: who, towards whom, under which setting. */
    static Stream<Arguments> table() {
        return Stream.of(
                row(10, 0, report(mine(JUST_CREATED, 0)), report(peers(0, 0)), AT_118),
                row(20, -3, report(mine(JUST_CREATED, 0)), report(peers(A, 0)), AT_118),
                row(
                        20,
                        -1000,
                        report(mine(JUST_CREATED, 0)),
                        report(peers(A, 0), UuidFlag.TARGET_ONLY),
                        bsr(118, Role.PRIMARY, Role.SECONDARY, true)),
                row(30, 3, report(mine(A, 0)), report(peers(0, 0)), AT_118),
                row(
                        30,
                        -1000,
                        report(mine(A, 0), UuidFlag.TARGET_ONLY),
                        report(peers(JUST_CREATED, 0)),
                        bsr(118, Role.SECONDARY, Role.PRIMARY, true)),
                row(34, 2, report(mine(A, B, C)), report(peers(A, 0, B, C)), AT_101),
                row(36, 2, report(mine(A, B, C)), report(peers(A, 0, D)), AT_101),
                row(35, -2, report(mine(A, 0, B, C)), report(peers(A, B, C)), AT_101),
                row(37, -2, report(mine(A, 0, D)), report(peers(A, B, C)), AT_101),
                row(34, -1091, report(mine(A, 0)), report(peers(A, B)), bsr(90, Role.SECONDARY, Role.SECONDARY, true)),
                row(40, 0, report(mine(A, B)), report(peers(A, 0)), AT_118),
                row(
                        38,
                        0,
                        report(mine(A, 0), UuidFlag.RECONNECT, CRASHED),
                        report(peers(A, 0), UuidFlag.RECONNECT),
                        AT_118),
                row(40, 1, report(mine(A, 0), CRASHED), report(peers(A, 0), UuidFlag.RECONNECT), AT_118),
                row(40, -1, report(mine(A, 0)), report(peers(A, 0), CRASHED), AT_118),
                row(40, -1, report(mine(A, 0), CRASHED), report(peers(A, 0), CRASHED), AT_118),
                row(
                        40,
                        1,
                        report(mine(A, 0), CRASHED),
                        report(peers(A, 0), CRASHED),
                        bsr(118, Role.SECONDARY, Role.SECONDARY, false)),
                row(
                        40,
                        0,
                        report(mine(A, 0), CRASHED),
                        report(peers(A, 0)),
                        new ComparisonSetting(RuleSet.BSR, 118, Role.SECONDARY, Role.SECONDARY, true, true, true)),
                row(
                        41,
                        1,
                        report(mine(A, 0)),
                        report(peers(A, 0), CRASHED),
                        drbd84(Role.PRIMARY, Role.SECONDARY, true)),
                row(
                        41,
                        -1,
                        report(mine(A, 0), CRASHED),
                        report(peers(A, 0)),
                        drbd84(Role.SECONDARY, Role.PRIMARY, true)),
                row(
                        41,
                        -100,
                        report(mine(A, 0), CRASHED),
                        report(peers(A, 0)),
                        drbd84(Role.PRIMARY, Role.PRIMARY, true)),
                row(
                        41,
                        -1096,
                        report(mine(A, 0), CRASHED),
                        report(peers(A, 0)),
                        drbd84(Role.PRIMARY, Role.SECONDARY, false)),
                row(50, -2, report(mine(A, 0)), report(peers(B | 1, A | 1)), AT_118),
                row(52, -4, report(mine(A, 0)), report(identifiers(PEER, ME, B, 0, A)), AT_118),
                row(51, -2, report(mine(A, 0)), report(peers(B, A + STEP, A)), AT_101),
                row(
                        51,
                        -2,
                        report(mine(A, 0, C)),
                        report(peers(B, D, A, C)),
                        bsr(95, Role.SECONDARY, Role.SECONDARY, true)),
                row(60, -2, report(mine(A, 0, C)), report(peers(B, C, A)), AT_118),
                row(60, -3, report(mine(A, 0)), report(peers(B, C, D, A)), AT_118),
                row(70, 2, report(mine(B | 1, A | 1)), report(peers(A, 0)), AT_118),
                row(72, 4, report(identifiers(ME, PEER, B, 0, A)), report(peers(A, 0)), AT_118),
                row(71, 2, report(mine(B, A + STEP, A)), report(peers(A, 0)), AT_101),
                row(
                        71,
                        2,
                        report(mine(B, D, A, C)),
                        report(peers(A, 0, C)),
                        bsr(95, Role.SECONDARY, Role.SECONDARY, true)),
                row(80, 2, report(mine(B, C, A)), report(peers(A, 0, C)), AT_118),
                row(80, 3, report(mine(B, C, D, A)), report(peers(A, 0)), AT_118),
                row(90, 100, report(mine(A | 1, C | 1)), report(peers(B, C)), AT_118),
                row(100, -100, report(mine(A, C, D)), report(peers(B, 0, D)), AT_118),
                row(0, -1000, report(mine(A, 0)), report(peers(B, 0)), AT_118),
                row(100, -100, report(mine(A, 0)), report(peers(B, 0)), drbd84(Role.SECONDARY, Role.SECONDARY, true)));
    }

    private static Arguments row(
            int rule, int relation, GenerationReport mine, GenerationReport peers, ComparisonSetting setting) {
        return arguments(rule, relation, mine, peers, setting);
    }

    @ParameterizedTest(name = "rule {0} gives {1}")
    @MethodSource("table")
    void each_row_of_the_table_applies(
            int rule, int relation, GenerationReport mine, GenerationReport peers, ComparisonSetting setting) {
        GenerationComparison comparison = GenerationComparison.compare(mine, peers, setting);

        assertEquals(rule, comparison.rule().number());
        assertEquals(relation, comparison.relation().number());
    }

    @Test
    void the_table_of_this_test_has_every_outcome() {
        Set<GenerationRule> hit = EnumSet.noneOf(GenerationRule.class);
        table().forEach(row -> hit.add(GenerationComparison.compare(
                        (GenerationReport) row.get()[2], (GenerationReport) row.get()[3], (ComparisonSetting)
                                row.get()[4])
                .rule()));

        assertEquals(EnumSet.allOf(GenerationRule.class), hit);
    }

    @Test
    void a_lost_start_of_my_resync_is_undone_in_my_identifiers() {
        GenerationComparison comparison =
                GenerationComparison.compare(report(mine(B, A + STEP, A, C)), report(peers(A, 0)), AT_101);

        assertEquals(mine(B, A, C), comparison.mine());
    }

    @Test
    void a_lost_start_of_the_peers_resync_is_undone_in_the_copy_of_its_identifiers() {
        GenerationComparison comparison =
                GenerationComparison.compare(report(mine(A, 0)), report(peers(B, A + STEP, A, C)), AT_101);

        assertEquals(peers(B, A, C), comparison.peers());
        assertEquals(mine(A, 0), comparison.mine());
    }

    @Test
    void a_missed_end_leaves_my_bitmap_identifier_until_the_resync_begins() {
        GenerationComparison comparison =
                GenerationComparison.compare(report(mine(A, B, C)), report(peers(A, 0, B, C)), AT_101);

        assertEquals(mine(A, B, C), comparison.mine());
    }

    @Test
    void a_missed_end_retires_the_bitmap_identifier_in_the_copy_of_the_peers() {
        GenerationComparison comparison =
                GenerationComparison.compare(report(mine(A, 0, B, C)), report(peers(A, B, C)), AT_101);

        assertEquals(peers(A, 0, B, C), comparison.peers());
    }

    @Test
    void only_two_history_entries_count_below_protocol_110() {
        GenerationReport mine = report(mine(B, 0, C, D, A));
        GenerationReport peers = report(peers(A, 0));

        assertEquals(
                80, GenerationComparison.compare(mine, peers, AT_118).rule().number());
        assertEquals(0, GenerationComparison.compare(mine, peers, AT_101).rule().number());
    }

    @Test
    void a_clear_but_different_bitmap_identifier_matches_nothing() {
        GenerationReport mine = report(mine(A, GenerationIdentifiers.CLEAR_BUT_DIFFERENT));
        GenerationReport peers = report(peers(B, GenerationIdentifiers.CLEAR_BUT_DIFFERENT));

        assertEquals(
                Relation.UNRELATED,
                GenerationComparison.compare(mine, peers, AT_118).relation());
    }

    @Test
    void below_protocol_110_the_rules_are_those_of_8_4() {
        assertEquals(RuleSet.DRBD84, RuleSet.forVersion(101));
        assertEquals(RuleSet.BSR, RuleSet.forVersion(110));
    }

    @Test
    void explanation_names_relation_rule_and_reason() {
        GenerationComparison comparison = GenerationComparison.compare(report(mine(B, A)), report(peers(A, 0)), AT_118);

        assertEquals("+2 by rule 70: the peer's current generation is my bitmap generation", comparison.explanation());
    }

    /** Generations of a small alphabet in every place, with third nodes, for every role and crash flag. */
    @Test
    void comparisons_of_all_small_identifier_sets_mirror_each_other() {
        long[] currents = {JUST_CREATED, A, B, C};
        long[] bitmaps = {0, A, B, C, A + STEP};
        long[] thirds = {0, A, B};
        long[][] histories = {{}, {A}, {B}, {A, B}, {B, C}, {C, A}};
        List<GenerationIdentifiers> all = new ArrayList<>();
        List<GenerationIdentifiers> others = new ArrayList<>();
        for (long current : currents) {
            for (long bitmap : bitmaps) {
                for (long third : thirds) {
                    for (long[] history : histories) {
                        all.add(identifiers(ME, PEER, current, bitmap, third, history));
                        others.add(identifiers(PEER, ME, current, bitmap, third, history));
                    }
                }
            }
        }
        long pairs = 0;
        long contradictions = 0;
        Set<GenerationRule> hit = EnumSet.noneOf(GenerationRule.class);
        for (RuleSet rules : RuleSet.values()) {
            for (int version : rules == RuleSet.BSR ? new int[] {118, 101, 95} : new int[] {101, 90}) {
                for (int crash = 0; crash < 4; crash += 3) {
                    UuidFlag[] mineFlags = (crash & 1) != 0 ? new UuidFlag[] {CRASHED} : new UuidFlag[0];
                    UuidFlag[] peersFlags = (crash & 2) != 0 ? new UuidFlag[] {CRASHED} : new UuidFlag[0];
                    ComparisonSetting setting = new ComparisonSetting(
                            rules, version, Role.PRIMARY, Role.SECONDARY, version != 101, true, false);
                    for (GenerationIdentifiers me : all) {
                        GenerationReport mine = report(me, mineFlags);
                        for (GenerationIdentifiers peer : others) {
                            GenerationReport peers = report(peer, peersFlags);
                            GenerationComparison here = GenerationComparison.compare(mine, peers, setting);
                            GenerationComparison there = GenerationComparison.compare(peers, mine, setting.mirrored());
                            Relation expected = here.relation().mirrored();
                            boolean agree = there.relation().source() == expected.source()
                                    && there.relation().target() == expected.target();
                            assertTrue(
                                    !agree || there.relation() == expected,
                                    () -> setting + "\n" + mine + "\n" + peers + "\n" + here + "\n" + there);
                            hit.add(here.rule());
                            contradictions += agree ? 0 : 1;
                            pairs++;
                        }
                    }
                }
            }
        }
        System.out.println(pairs + " pairs of identifier sets compared, " + contradictions
                + " of them contradict themselves; rules not met: " + EnumSet.complementOf(EnumSet.copyOf(hit)));
        assertTrue(contradictions < pairs / 4, "most sets do not contradict each other");
    }
}
