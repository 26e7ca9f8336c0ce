package io.bsr.core.generation;

import static io.bsr.core.generation.GenerationIdentifiers.JUST_CREATED;
import static io.bsr.core.generation.Parties.A;
import static io.bsr.core.generation.Parties.B;
import static io.bsr.core.generation.Parties.C;
import static io.bsr.core.generation.Parties.ME;
import static io.bsr.core.generation.Parties.PEER;
import static io.bsr.core.generation.Parties.bsr;
import static io.bsr.core.generation.Parties.drbd84;
import static io.bsr.core.generation.Parties.identifiers;
import static io.bsr.core.generation.Parties.mine;
import static io.bsr.core.generation.Parties.on;
import static io.bsr.core.generation.Parties.peers;
import static io.bsr.core.generation.Parties.policies;
import static io.bsr.core.generation.Parties.primary;
import static io.bsr.core.generation.Parties.secondary;
import static io.bsr.core.generation.Parties.withBits;
import static io.bsr.core.generation.UuidFlag.CRASHED_PRIMARY;
import static io.bsr.core.generation.UuidFlag.DISCARD_MY_DATA;
import static io.bsr.core.generation.UuidFlag.INITIAL_SYNC_BEGUN;
import static io.bsr.core.generation.UuidFlag.PRIMARY_IO_ERROR;
import static io.bsr.core.generation.UuidFlag.SYNC_IN_PROGRESS;
import static io.bsr.core.generation.UuidFlag.TARGET_ONLY;
import static io.bsr.core.generation.UuidFlag.VERIFY_MISMATCH;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.generation.SyncOutcome.BitmapAction;
import io.bsr.core.generation.SyncOutcome.DropReason;
import io.bsr.core.generation.SyncOutcome.Handler;
import io.bsr.core.generation.SyncOutcome.IdentifierAction;
import io.bsr.core.generation.SyncOutcome.Verdict;
import io.bsr.core.generation.SyncSituation.Demotion;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SyncDecisionTest {
    private static final SyncPolicies ALWAYS_LEAST = policies(
            SplitBrainPolicy.DISCARD_LEAST_CHANGES, SplitBrainPolicy.CONSENSUS, SplitBrainPolicy.DISCONNECT, true);

    /** Policies that mean the same on both nodes: discard-local and discard-remote are each other's mirror. */
    private static final List<SplitBrainPolicy> WITHOUT = List.of(
            SplitBrainPolicy.DISCONNECT,
            SplitBrainPolicy.DISCARD_YOUNGER_PRIMARY,
            SplitBrainPolicy.DISCARD_OLDER_PRIMARY,
            SplitBrainPolicy.DISCARD_ZERO_CHANGES,
            SplitBrainPolicy.DISCARD_LEAST_CHANGES);

    private static final List<SplitBrainPolicy> WITH_ONE = List.of(
            SplitBrainPolicy.DISCONNECT,
            SplitBrainPolicy.CONSENSUS,
            SplitBrainPolicy.DISCARD_SECONDARY,
            SplitBrainPolicy.CALL_PRI_LOST_AFTER_SB,
            SplitBrainPolicy.VIOLENTLY);

    private static final List<SplitBrainPolicy> WITH_TWO =
            List.of(SplitBrainPolicy.DISCONNECT, SplitBrainPolicy.CALL_PRI_LOST_AFTER_SB, SplitBrainPolicy.VIOLENTLY);

    private static <T> T any(Random random, List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private static SyncPolicies onRoleConflict(RoleConflictPolicy policy) {
        return new SyncPolicies(
                SplitBrainPolicy.DISCONNECT, SplitBrainPolicy.DISCONNECT, SplitBrainPolicy.DISCONNECT, false, policy);
    }

    private static DropReason reason(SyncOutcome outcome) {
        return assertInstanceOf(Verdict.Drop.class, outcome.verdict(), outcome::explanation)
                .reason();
    }

    private static SyncSituation changed(
            SyncSituation s, boolean mayBeSource, boolean mayBeTarget, boolean otherResync, boolean dryRun) {
        return new SyncSituation(
                s.rules(),
                s.agreedVersion(),
                s.me(),
                s.peer(),
                s.policies(),
                s.resolveConflicts(),
                s.writeSameAgreed(),
                s.alreadySource(),
                s.fromOff(),
                mayBeSource,
                mayBeTarget,
                otherResync,
                dryRun,
                s.demotion());
    }

    @Test
    void equal_nodes_are_established_and_nothing_changes() {
        SyncOutcome outcome = SyncDecision.decide(bsr(secondary(mine(A, 0)), secondary(peers(A, 0))));

        assertEquals(ReplicationState.ESTABLISHED, outcome.next());
        assertEquals(BitmapAction.KEEP, outcome.bitmap());
        assertEquals(IdentifierAction.KEEP, outcome.identifiers());
    }

    @Test
    void the_node_whose_generation_is_the_peers_bitmap_generation_becomes_target_of_a_bitmap_resync() {
        SyncOutcome outcome = SyncDecision.decide(bsr(secondary(mine(A, 0)), primary(peers(B | 1, A | 1))));

        assertEquals(ReplicationState.WF_BITMAP_T, outcome.next());
        assertEquals(BitmapAction.KEEP, outcome.bitmap());
        assertTrue(outcome.myDataIsOlder());
    }

    @Test
    void contradictory_identifiers_are_dropped_by_both_nodes() {
        SyncSituation situation = bsr(secondary(mine(A, B)), secondary(peers(B, A)));

        assertEquals(DropReason.CONTRADICTORY_IDENTIFIERS, reason(SyncDecision.decide(situation)));
        assertEquals(DropReason.CONTRADICTORY_IDENTIFIERS, reason(SyncDecision.decide(Parties.mirrored(situation))));
    }

    @Test
    void target_only_forbids_to_be_source_and_both_stay_established() {
        SyncSituation situation = bsr(secondary(mine(B, A), TARGET_ONLY), secondary(peers(A, 0)));

        SyncOutcome mine = SyncDecision.decide(situation);
        SyncOutcome peers = SyncDecision.decide(Parties.mirrored(situation));

        assertEquals(Relation.FORBIDDEN_SOURCE, mine.relation());
        assertEquals(ReplicationState.ESTABLISHED, mine.next());
        assertEquals(ReplicationState.ESTABLISHED, peers.next());
        assertTrue(peers.myDataIsOlder());
    }

    @Test
    void a_primary_that_is_older_than_a_target_only_peer_drops() {
        SyncSituation situation = bsr(primary(mine(A, 0)), secondary(peers(B, A), TARGET_ONLY));

        assertEquals(DropReason.PRIMARY_WOULD_BE_TARGET, reason(SyncDecision.decide(situation)));
        assertEquals(DropReason.PRIMARY_WOULD_BE_TARGET, reason(SyncDecision.decide(Parties.mirrored(situation))));
    }

    @Test
    void unrelated_data_are_dropped() {
        SyncOutcome outcome = SyncDecision.decide(bsr(secondary(mine(A, 0)), secondary(peers(B, 0))));

        assertEquals(DropReason.UNRELATED_DATA, reason(outcome));
    }

    @Test
    void repair_rules_without_protocol_91_are_dropped() {
        SyncOutcome outcome = SyncDecision.decide(SyncSituation.justConnected(
                RuleSet.BSR, 90, secondary(mine(A, B)), secondary(peers(A, 0)), SyncPolicies.DEFAULT, true));

        assertEquals(DropReason.PROTOCOL_TOO_OLD, reason(outcome));
    }

    @Test
    void an_inconsistent_disk_becomes_target_although_the_generations_are_equal() {
        SyncOutcome outcome =
                SyncDecision.decide(bsr(on(DiskState.INCONSISTENT, secondary(mine(A, 0))), secondary(peers(A, 0))));

        assertEquals(ReplicationState.WF_BITMAP_T, outcome.next());
        assertEquals(Relation.BITMAP_TARGET, outcome.relation());
    }

    @Test
    void two_fresh_nodes_are_established_whatever_their_disks() {
        SyncOutcome outcome = SyncDecision.decide(
                bsr(on(DiskState.INCONSISTENT, secondary(mine(JUST_CREATED, 0))), secondary(peers(JUST_CREATED, 0))));

        assertEquals(ReplicationState.ESTABLISHED, outcome.next());
    }

    @Test
    void leftover_bits_make_the_primary_source() {
        SyncOutcome mine = SyncDecision.decide(bsr(primary(mine(A, 0)), withBits(3, secondary(peers(A, 0)))));
        SyncOutcome peers = SyncDecision.decide(bsr(withBits(3, secondary(mine(A, 0))), primary(peers(A, 0))));

        assertEquals(ReplicationState.WF_BITMAP_S, mine.next());
        assertEquals(ReplicationState.WF_BITMAP_T, peers.next());
    }

    @Test
    void leftover_bits_make_the_better_disk_source() {
        SyncOutcome outcome = SyncDecision.decide(
                bsr(on(DiskState.OUTDATED, secondary(mine(A, 0))), withBits(1, secondary(peers(A, 0)))));

        assertEquals(ReplicationState.WF_BITMAP_T, outcome.next());
    }

    @Test
    void leftover_bits_with_a_consistent_disk_do_not_start_a_resync() {
        SyncOutcome outcome = SyncDecision.decide(
                bsr(on(DiskState.CONSISTENT, secondary(mine(A, 0))), withBits(1, secondary(peers(A, 0)))));

        assertEquals(ReplicationState.ESTABLISHED, outcome.next());
    }

    @Test
    void a_bitmap_that_only_this_node_has_is_stale_between_up_to_date_secondaries() {
        SyncOutcome outcome = SyncDecision.decide(bsr(withBits(5, secondary(mine(A, B))), secondary(peers(A, 0))));

        assertEquals(ReplicationState.ESTABLISHED, outcome.next());
        assertEquals(BitmapAction.CLEAR, outcome.bitmap());
        assertEquals(mine(A, 0, B), outcome.identifiersAfter());
    }

    @Test
    void a_split_brain_is_announced_and_dropped_by_default() {
        SyncOutcome outcome = SyncDecision.decide(bsr(secondary(mine(A, C)), secondary(peers(B, C))));

        assertEquals(DropReason.SPLIT_BRAIN, reason(outcome));
        assertEquals(List.of(Handler.INITIAL_SPLIT_BRAIN, Handler.SPLIT_BRAIN), outcome.handlers());
    }

    @Test
    void a_split_brain_is_solved_by_policy_along_the_bitmap() {
        SyncOutcome outcome = SyncDecision.decide(
                bsr(withBits(2, secondary(mine(A, C))), withBits(7, secondary(peers(B, C))), ALWAYS_LEAST));

        assertEquals(Relation.BITMAP_TARGET, outcome.relation());
        assertEquals(List.of(Handler.INITIAL_SPLIT_BRAIN), outcome.handlers());
    }

    @Test
    void a_split_brain_without_common_bitmap_is_solved_by_policy_only_with_always_asbp_and_fully() {
        SyncParty me = withBits(2, secondary(mine(A, 0, C)));
        SyncParty peer = withBits(7, secondary(peers(B, 0, C)));
        SyncPolicies notAlways = policies(
                SplitBrainPolicy.DISCARD_LEAST_CHANGES,
                SplitBrainPolicy.DISCONNECT,
                SplitBrainPolicy.DISCONNECT,
                false);

        SyncOutcome solved = SyncDecision.decide(bsr(me, peer, ALWAYS_LEAST));

        assertEquals(Relation.FULL_TARGET, solved.relation());
        assertEquals(BitmapAction.SET_ALL, solved.bitmap());
        assertEquals(DropReason.SPLIT_BRAIN, reason(SyncDecision.decide(bsr(me, peer, notAlways))));
    }

    @Test
    void discard_my_data_solves_a_split_brain_on_both_sides() {
        SyncSituation situation = bsr(secondary(mine(A, C), DISCARD_MY_DATA), secondary(peers(B, C)));

        assertEquals(
                ReplicationState.WF_BITMAP_T, SyncDecision.decide(situation).next());
        assertEquals(
                ReplicationState.WF_BITMAP_S,
                SyncDecision.decide(Parties.mirrored(situation)).next());
    }

    @Test
    void discard_my_data_without_common_bitmap_transfers_the_whole_device() {
        SyncOutcome outcome =
                SyncDecision.decide(bsr(secondary(mine(A, 0, C), DISCARD_MY_DATA), secondary(peers(B, 0, C))));

        assertEquals(ReplicationState.WF_BITMAP_T, outcome.next());
        assertEquals(BitmapAction.SET_ALL, outcome.bitmap());
    }

    @Test
    void discard_my_data_on_both_nodes_is_dropped() {
        SyncOutcome outcome = SyncDecision.decide(
                bsr(secondary(mine(A, C), DISCARD_MY_DATA), secondary(peers(B, C), DISCARD_MY_DATA)));

        assertEquals(DropReason.BOTH_DISCARD, reason(outcome));
    }

    @Test
    void discard_my_data_towards_a_target_only_peer_is_dropped() {
        SyncOutcome outcome =
                SyncDecision.decide(bsr(secondary(mine(A, C), DISCARD_MY_DATA), secondary(peers(B, C), TARGET_ONLY)));

        assertEquals(DropReason.DISCARD_FORBIDDEN_BY_TARGET_ONLY, reason(outcome));
    }

    @Test
    void a_newer_secondary_that_discards_becomes_target_of_the_primary() {
        SyncSituation situation = bsr(secondary(mine(B, A), DISCARD_MY_DATA), primary(peers(A, 0)));

        SyncOutcome mine = SyncDecision.decide(situation);
        SyncOutcome peers = SyncDecision.decide(Parties.mirrored(situation));

        assertEquals(ReplicationState.WF_BITMAP_T, mine.next());
        assertFalse(mine.newCurrentUuid());
        assertEquals(ReplicationState.WF_BITMAP_S, peers.next());
        assertTrue(peers.newCurrentUuid());
    }

    @Test
    void a_newer_node_whose_disk_is_inconsistent_can_discard_its_data_although_nobody_is_primary() {
        SyncParty newer = on(DiskState.INCONSISTENT, secondary(mine(B, A), DISCARD_MY_DATA, UuidFlag.INCONSISTENT));
        SyncSituation situation = bsr(newer, secondary(peers(A, 0)));

        SyncOutcome mine = SyncDecision.decide(situation);
        SyncOutcome peers = SyncDecision.decide(Parties.mirrored(situation));

        assertEquals(ReplicationState.WF_BITMAP_T, mine.next());
        assertEquals(ReplicationState.WF_BITMAP_S, peers.next());
        assertTrue(peers.newCurrentUuid());
    }

    @Test
    void a_newer_node_cannot_discard_its_data_without_a_primary_and_both_drop() {
        SyncSituation situation = bsr(secondary(mine(B, A), DISCARD_MY_DATA), secondary(peers(A, 0)));

        assertEquals(DropReason.DISCARD_IMPOSSIBLE, reason(SyncDecision.decide(situation)));
        assertEquals(DropReason.DISCARD_IMPOSSIBLE, reason(SyncDecision.decide(Parties.mirrored(situation))));
    }

    @Test
    void a_primary_is_not_overwritten_unless_the_administrator_says_so() {
        SyncParty me = primary(mine(A, 0));
        SyncParty peer = secondary(peers(B, A));

        SyncOutcome disconnect = SyncDecision.decide(bsr(me, peer));
        SyncOutcome called = SyncDecision.decide(bsr(me, peer, onRoleConflict(RoleConflictPolicy.CALL_PRI_LOST)));
        SyncOutcome violently = SyncDecision.decide(drbd84(me, peer, onRoleConflict(RoleConflictPolicy.VIOLENTLY)));

        assertEquals(DropReason.PRIMARY_WOULD_BE_TARGET, reason(disconnect));
        assertEquals(List.of(), disconnect.handlers());
        assertEquals(DropReason.PRIMARY_WOULD_BE_TARGET, reason(called));
        assertEquals(List.of(Handler.PRI_LOST), called.handlers());
        assertEquals(ReplicationState.WF_BITMAP_T, violently.next());
    }

    @Test
    void a_full_resync_from_an_inconsistent_disk_is_dropped_by_both() {
        SyncSituation situation = bsr(
                on(DiskState.INCONSISTENT, secondary(mine(A, 0), UuidFlag.INCONSISTENT)),
                on(DiskState.INCONSISTENT, secondary(peers(JUST_CREATED, 0))));

        assertEquals(DropReason.SOURCE_NOT_GOOD_ENOUGH, reason(SyncDecision.decide(situation)));
        assertEquals(DropReason.SOURCE_NOT_GOOD_ENOUGH, reason(SyncDecision.decide(Parties.mirrored(situation))));
    }

    @Test
    void a_dry_run_ends_before_anything_is_done() {
        SyncOutcome outcome = SyncDecision.decide(
                changed(bsr(secondary(mine(JUST_CREATED, 0)), secondary(peers(A, 0))), true, true, false, true));

        assertEquals(DropReason.DRY_RUN, reason(outcome));
        assertEquals(BitmapAction.KEEP, outcome.bitmap());
        assertTrue(outcome.explanation().startsWith("-3 by rule 20"), outcome.explanation());
    }

    @Test
    void a_full_resync_sets_all_bits_on_both_sides() {
        SyncSituation situation = bsr(secondary(mine(JUST_CREATED, 0)), secondary(peers(A, 0)));

        assertEquals(BitmapAction.SET_ALL, SyncDecision.decide(situation).bitmap());
        assertEquals(
                BitmapAction.SET_ALL,
                SyncDecision.decide(Parties.mirrored(situation)).bitmap());
    }

    @Test
    void an_interrupted_initial_sync_goes_on_where_it_was_only_if_both_sides_know_of_it() {
        SyncSituation known =
                bsr(secondary(mine(JUST_CREATED, 0), INITIAL_SYNC_BEGUN), secondary(peers(A, 0), SYNC_IN_PROGRESS));
        SyncSituation replacedSource =
                bsr(secondary(mine(JUST_CREATED, 0), INITIAL_SYNC_BEGUN), secondary(peers(A, 0)));

        assertEquals(BitmapAction.KEEP, SyncDecision.decide(known).bitmap());
        assertEquals(
                BitmapAction.KEEP, SyncDecision.decide(Parties.mirrored(known)).bitmap());
        assertEquals(BitmapAction.SET_ALL, SyncDecision.decide(replacedSource).bitmap());
    }

    @Test
    void a_fresh_node_leaves_its_bitmap_while_another_resync_brings_it_data() {
        SyncSituation situation = bsr(secondary(mine(JUST_CREATED, 0)), secondary(peers(A, 0)));

        assertEquals(
                BitmapAction.KEEP,
                SyncDecision.decide(changed(situation, true, true, true, false)).bitmap());
    }

    @Test
    void a_side_that_stable_sync_does_not_allow_stays_established() {
        SyncSituation situation = bsr(secondary(mine(A, 0)), secondary(peers(B, A)));

        assertEquals(
                ReplicationState.ESTABLISHED,
                SyncDecision.decide(changed(situation, true, false, false, false))
                        .next());
    }

    @Test
    void after_a_crash_the_present_primary_is_source_whoever_crashed() {
        SyncParty crashed = secondary(mine(A, 0), CRASHED_PRIMARY);

        assertEquals(
                ReplicationState.WF_BITMAP_S,
                SyncDecision.decide(bsr(crashed, secondary(peers(A, 0)))).next());
        assertEquals(
                ReplicationState.WF_BITMAP_T,
                SyncDecision.decide(bsr(crashed, primary(peers(A, 0)))).next());
        assertEquals(
                ReplicationState.ESTABLISHED,
                SyncDecision.decide(bsr(primary(mine(A, 0), CRASHED_PRIMARY), primary(peers(A, 0))))
                        .next());
    }

    @Test
    void a_leftover_bitmap_identifier_is_cleared_with_its_bits() {
        SyncOutcome outcome =
                SyncDecision.decide(bsr(withBits(2, secondary(mine(A, B))), withBits(2, secondary(peers(A, 0)))));

        assertEquals(ReplicationState.ESTABLISHED, outcome.next());
        assertEquals(BitmapAction.CLEAR, outcome.bitmap());
        assertEquals(mine(A, 0), outcome.identifiersAfter());
    }

    @Test
    void what_a_verify_has_found_is_not_forgotten() {
        SyncParty peer = withBits(2, secondary(peers(A, 0), VERIFY_MISMATCH));

        SyncOutcome without = SyncDecision.decide(bsr(withBits(2, secondary(mine(A, 0))), peer));
        SyncOutcome with = SyncDecision.decide(bsr(withBits(2, secondary(mine(A, B))), peer));

        assertEquals(BitmapAction.KEEP, without.bitmap());
        assertEquals(BitmapAction.KEEP, with.bitmap());
        assertEquals(IdentifierAction.CLEAR_BITMAP, with.identifiers());
    }

    @Test
    void bits_of_a_failed_write_of_the_then_primary_are_resynced_from_it() {
        SyncSituation situation = bsr(withBits(2, secondary(mine(A, 0), PRIMARY_IO_ERROR)), secondary(peers(A, 0)));

        assertEquals(
                ReplicationState.WF_BITMAP_S, SyncDecision.decide(situation).next());
        assertEquals(
                ReplicationState.WF_BITMAP_T,
                SyncDecision.decide(Parties.mirrored(situation)).next());
    }

    @Test
    void bits_that_a_broken_resync_left_are_cleared() {
        SyncOutcome outcome = SyncDecision.decide(bsr(
                on(DiskState.OUTDATED, withBits(2, secondary(mine(A, 0), SYNC_IN_PROGRESS))),
                on(DiskState.OUTDATED, withBits(1, secondary(peers(A, 0))))));

        assertEquals(ReplicationState.ESTABLISHED, outcome.next());
        assertEquals(BitmapAction.CLEAR, outcome.bitmap());
    }

    @Test
    void losing_a_split_brain_asks_the_primary_to_step_down_first() {
        SyncPolicies call = policies(
                SplitBrainPolicy.DISCARD_LEAST_CHANGES,
                SplitBrainPolicy.CALL_PRI_LOST_AFTER_SB,
                SplitBrainPolicy.DISCONNECT,
                false);
        SyncSituation situation = bsr(withBits(1, primary(mine(A, C))), withBits(9, secondary(peers(B, C))), call);

        SyncOutcome first = SyncDecision.decide(situation);
        SyncOutcome demoted = SyncDecision.decide(situation.after(Demotion.SUCCEEDED));
        SyncOutcome failed = SyncDecision.decide(situation.after(Demotion.FAILED));

        assertInstanceOf(Verdict.DemoteFirst.class, first.verdict());
        assertEquals(ReplicationState.WF_BITMAP_T, demoted.next());
        assertEquals(DropReason.SPLIT_BRAIN, reason(failed));
        assertEquals(
                List.of(Handler.INITIAL_SPLIT_BRAIN, Handler.PRI_LOST_AFTER_SB, Handler.SPLIT_BRAIN),
                failed.handlers());
    }

    @Test
    void drbd_8_4_prefers_the_consistent_disk_over_everything() {
        SyncOutcome outcome = SyncDecision.decide(drbd84(
                on(DiskState.INCONSISTENT, secondary(mine(A, C))), secondary(peers(B, C)), SyncPolicies.DEFAULT));

        assertEquals(ReplicationState.WF_BITMAP_T, outcome.next());
        assertEquals(List.of(), outcome.handlers());
    }

    @Test
    void drbd_8_4_keeps_leftover_bits() {
        SyncOutcome outcome = SyncDecision.decide(
                drbd84(withBits(4, primary(mine(A, 0))), secondary(peers(A, 0)), SyncPolicies.DEFAULT));

        assertEquals(ReplicationState.ESTABLISHED, outcome.next());
        assertEquals(BitmapAction.KEEP, outcome.bitmap());
    }

    @Test
    void drbd_8_4_drops_if_the_source_is_inconsistent() {
        SyncOutcome outcome = SyncDecision.decide(drbd84(
                on(DiskState.INCONSISTENT, secondary(mine(B, A))),
                on(DiskState.INCONSISTENT, secondary(peers(A, 0))),
                SyncPolicies.DEFAULT));

        assertEquals(DropReason.SOURCE_NOT_GOOD_ENOUGH, reason(outcome));
    }

    @Test
    void the_recorded_recovery_of_drbd_8_4_nodes_is_reproduced() {
        // Public trace of two DRBD 8.4 nodes: both were Primary alone; after-sb-1pri discard-secondary.
        GenerationIdentifiers first = mine(0x2605CE813DC83C8DL, 0x537147AC48C761BBL);
        GenerationIdentifiers second = peers(0x8A3EBCBFE40EE5A2L, 0x537147AC48C761BAL);
        SyncPolicies policies = policies(
                SplitBrainPolicy.DISCARD_ZERO_CHANGES,
                SplitBrainPolicy.DISCARD_SECONDARY,
                SplitBrainPolicy.DISCONNECT,
                false);

        SyncOutcome outcome =
                SyncDecision.decide(drbd84(withBits(4, primary(first)), withBits(6, secondary(second)), policies));
        GenerationIdentifiers begun = NewGeneration.resyncBegunAsSource(outcome.identifiersAfter(), PEER, 0x1234_5600L);
        GenerationIdentifiers target = NewGeneration.resyncBegunAsTarget(second, ME, begun.bitmapTowards(PEER));
        GenerationIdentifiers ended = NewGeneration.resyncEndedAsTarget(target, first);

        assertEquals(ReplicationState.WF_BITMAP_S, outcome.next());
        assertEquals(0x537247AC48C761BBL, begun.bitmapTowards(PEER));
        assertEquals(peers(0x2605CE813DC83C8CL, 0, 0x537247AC48C761BAL, 0x537147AC48C761BAL), ended);
        assertEquals(
                mine(0x2605CE813DC83C8DL, 0, 0x537247AC48C761BAL, 0x537147AC48C761BAL),
                NewGeneration.resyncEndedAsSource(begun, PEER));
    }

    @Test
    void after_an_attach_a_split_brain_has_no_result() {
        SyncOutcome outcome = AttachDecision.afterAttach(bsr(secondary(mine(A, C)), secondary(peers(B, C))));

        assertEquals(DropReason.NO_ATTACH_RESULT, reason(outcome));
        assertEquals(List.of(), outcome.handlers());
    }

    @Test
    void after_an_attach_the_older_disk_becomes_target() {
        SyncOutcome outcome =
                AttachDecision.afterAttach(bsr(on(DiskState.OUTDATED, secondary(mine(A, 0))), primary(peers(B, A))));

        assertEquals(ReplicationState.WF_BITMAP_T, outcome.next());
    }

    @Test
    void a_node_that_became_stable_resyncs_leftover_bits_to_the_worse_disk() {
        SyncOutcome outcome = AttachDecision.afterBecomingStable(
                bsr(withBits(1, secondary(mine(A, 0))), on(DiskState.OUTDATED, secondary(peers(A, 0)))));

        assertEquals(ReplicationState.WF_BITMAP_S, outcome.next());
    }

    @Test
    void a_node_that_became_stable_drops_on_split_brain() {
        SyncOutcome outcome = AttachDecision.afterBecomingStable(bsr(secondary(mine(A, C)), secondary(peers(B, C))));

        assertEquals(DropReason.SPLIT_BRAIN, reason(outcome));
    }

    /** Any identifiers, flags, disks, roles and policies, far beyond what histories lead to. */
    @ParameterizedTest
    @EnumSource(RuleSet.class)
    void decisions_in_random_situations_mirror_each_other(RuleSet rules) {
        Random random = new Random(20260101);
        UuidFlag[] flags = UuidFlag.values();
        DiskState[] disks = {
            DiskState.INCONSISTENT, DiskState.OUTDATED, DiskState.CONSISTENT, DiskState.UP_TO_DATE, DiskState.UP_TO_DATE
        };
        int established = 0;
        int resyncs = 0;
        for (int i = 0; i < 100_000; i++) {
            SyncParty[] parties = new SyncParty[2];
            for (int x = 0; x < 2; x++) {
                long[] values = {JUST_CREATED, A, A, B, C, 0};
                long[] history = random.ints(random.nextInt(3), 1, 5)
                        .mapToLong(v -> values[v])
                        .toArray();
                GenerationIdentifiers ids = identifiers(
                        x == 0 ? ME : PEER,
                        x == 0 ? PEER : ME,
                        values[random.nextInt(5)],
                        values[random.nextInt(6)],
                        random.nextInt(4) == 0 ? B : 0,
                        history);
                long mask = 0;
                for (UuidFlag flag : flags) {
                    mask |= random.nextInt(6) == 0 ? flag.mask() : 0;
                }
                parties[x] = new SyncParty(
                        new GenerationReport(ids, mask, random.nextInt(3)),
                        disks[random.nextInt(disks.length)],
                        random.nextInt(3) == 0 ? Role.PRIMARY : Role.SECONDARY);
            }
            SyncPolicies policies = new SyncPolicies(
                    any(random, WITHOUT),
                    any(random, WITH_ONE),
                    any(random, WITH_TWO),
                    random.nextBoolean(),
                    any(random, List.of(RoleConflictPolicy.values())));
            boolean mayBeSource = random.nextInt(8) != 0;
            boolean mayBeTarget = random.nextInt(8) != 0;
            SyncSituation situation = changed(
                    SyncSituation.justConnected(
                            rules,
                            rules == RuleSet.BSR ? 118 : 101,
                            parties[0],
                            parties[1],
                            policies,
                            random.nextBoolean()),
                    mayBeSource,
                    mayBeTarget,
                    false,
                    false);

            SyncOutcome mine = SyncDecision.decide(situation);
            SyncOutcome peers = SyncDecision.decide(Parties.mirrored(situation));

            assertNull(PairHistories.asymmetry(mine, peers), () -> situation + "\n" + mine + "\n" + peers);
            established += mine.next() == ReplicationState.ESTABLISHED ? 1 : 0;
            resyncs +=
                    mine.next() == ReplicationState.WF_BITMAP_S || mine.next() == ReplicationState.WF_BITMAP_T ? 1 : 0;
        }
        assertTrue(established > 1000 && resyncs > 1000, established + " established, " + resyncs + " resyncs");
    }
}
