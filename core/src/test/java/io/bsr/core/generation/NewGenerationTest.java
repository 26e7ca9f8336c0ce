package io.bsr.core.generation;

import static io.bsr.core.generation.GenerationIdentifiers.JUST_CREATED;
import static io.bsr.core.generation.Parties.A;
import static io.bsr.core.generation.Parties.B;
import static io.bsr.core.generation.Parties.C;
import static io.bsr.core.generation.Parties.ME;
import static io.bsr.core.generation.Parties.PEER;
import static io.bsr.core.generation.Parties.THIRD;
import static io.bsr.core.generation.Parties.identifiers;
import static io.bsr.core.generation.Parties.mine;
import static io.bsr.core.generation.Parties.peers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.NodeId;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.core.generation.NewGeneration.Other;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class NewGenerationTest {
    private static final long RANDOM = 0x1234_5678_9ABC_DEF0L;

    private static Other missing(NodeId node) {
        return new Other(node, false, false);
    }

    private static Other present(NodeId node) {
        return new Other(node, true, false);
    }

    @Test
    void missing_nodes_get_the_old_current_identifier_as_bitmap_identifier() {
        Optional<GenerationIdentifiers> next =
                NewGeneration.begin(mine(A | 1, 0), List.of(missing(PEER), present(THIRD)), true, false, RANDOM);

        assertEquals(Optional.of(mine(RANDOM | 1, A | 1)), next);
    }

    @Test
    void nothing_begins_while_everybody_has_the_data_or_is_behind_already() {
        assertEquals(Optional.empty(), NewGeneration.begin(mine(A, 0), List.of(present(PEER)), true, false, RANDOM));
        assertEquals(Optional.empty(), NewGeneration.begin(mine(A, B), List.of(missing(PEER)), true, false, RANDOM));
    }

    @Test
    void a_forced_generation_keeps_the_old_one_in_the_history() {
        assertEquals(
                Optional.of(mine(RANDOM | 1, B, A)),
                NewGeneration.begin(mine(A, B), List.of(missing(PEER)), true, true, RANDOM));
    }

    @Test
    void a_generation_that_a_missing_target_may_share_ends() {
        assertEquals(
                Optional.of(mine(RANDOM | 1, B, A)),
                NewGeneration.begin(mine(A, B), List.of(new Other(PEER, false, true)), true, false, RANDOM));
    }

    @Test
    void the_first_generation_of_a_fresh_node_leaves_no_bitmap_identifier() {
        assertEquals(
                Optional.of(mine(RANDOM, 0)),
                NewGeneration.begin(mine(JUST_CREATED, 0), List.of(missing(PEER)), false, true, RANDOM));
    }

    @Test
    void values_with_a_meaning_are_never_taken_for_a_generation() {
        for (long random : new long[] {0, 1, 4, 5, -1, -2}) {
            long uuid = NewGeneration.usable(random);

            assertTrue(uuid != 0 && uuid != JUST_CREATED && uuid != -2, "from " + random);
            assertEquals(0, uuid & 1);
        }
    }

    @Test
    void contact_needs_a_good_disk_and_a_direct_link() {
        assertTrue(NewGeneration.inContact(true, DiskState.UP_TO_DATE, ReplicationState.ESTABLISHED, false, false));
        assertTrue(NewGeneration.inContact(true, DiskState.NEGOTIATING, ReplicationState.ESTABLISHED, false, false));
        assertFalse(NewGeneration.inContact(true, DiskState.INCONSISTENT, ReplicationState.SYNC_SOURCE, false, false));
        assertFalse(NewGeneration.inContact(true, DiskState.UNKNOWN, ReplicationState.OFF, false, false));
        assertFalse(NewGeneration.inContact(false, DiskState.UP_TO_DATE, ReplicationState.OFF, false, false));
        assertFalse(NewGeneration.inContact(true, DiskState.UP_TO_DATE, ReplicationState.AHEAD, false, false));
        assertFalse(NewGeneration.inContact(true, DiskState.UP_TO_DATE, ReplicationState.ESTABLISHED, true, false));
        assertFalse(NewGeneration.inContact(true, DiskState.UP_TO_DATE, ReplicationState.ESTABLISHED, false, true));
    }

    @Test
    void a_follower_takes_the_announced_generation_and_its_slots() {
        GenerationIdentifiers announced = identifiers(PEER, ME, B | 1, 0, A | 1);

        GenerationIdentifiers next =
                NewGeneration.follow(mine(A, 0), announced, List.of(present(PEER), missing(THIRD)));

        assertEquals(identifiers(ME, PEER, B, 0, A | 1, A), next);
    }

    @Test
    void a_target_does_not_follow() {
        assertTrue(
                NewGeneration.ignoresAnnouncement(ReplicationState.SYNC_TARGET, true, DiskState.INCONSISTENT, false));
        assertTrue(NewGeneration.ignoresAnnouncement(ReplicationState.BEHIND, false, DiskState.OUTDATED, false));
        assertFalse(NewGeneration.ignoresAnnouncement(ReplicationState.ESTABLISHED, false, DiskState.UP_TO_DATE, true));
        assertTrue(NewGeneration.ignoresAnnouncement(ReplicationState.ESTABLISHED, false, DiskState.OUTDATED, true));
        assertFalse(NewGeneration.ignoresAnnouncement(ReplicationState.WF_BITMAP_T, false, DiskState.OUTDATED, false));
    }

    @Test
    void after_a_resync_the_target_is_of_the_sources_generation_and_knows_both_pasts() {
        GenerationIdentifiers source = identifiers(PEER, ME, B | 1, A | 1, C, 0xD0);
        GenerationIdentifiers target = mine(A, 0x50, 0x60);

        GenerationIdentifiers next = NewGeneration.resyncedFrom(target, source);

        assertEquals(B, next.current());
        assertEquals(0, next.bitmapTowards(PEER));
        assertEquals(C, next.bitmapTowards(THIRD));
        assertEquals(List.of(A, 0x60L, 0xD0L), next.history());
        assertEquals(source.withBitmapRetired(ME), NewGeneration.peerReports(source, next));
    }

    @Test
    void a_report_of_another_generation_leaves_the_bitmap_identifier() {
        assertEquals(mine(A, B), NewGeneration.peerReports(mine(A, B), peers(B, 0)));
        assertEquals(mine(A, B), NewGeneration.peerReports(mine(A, B), peers(A, C)));
    }

    @Test
    void a_skipped_initial_sync_takes_over_the_generation() {
        assertEquals(mine(A, 0), NewGeneration.initialSyncSkipped(mine(JUST_CREATED, 0), peers(A | 1, JUST_CREATED)));
    }

    @Test
    void a_resync_without_bitmap_identifier_begins_with_a_random_one_below_110() {
        assertEquals(mine(A, RANDOM), NewGeneration.resyncBegunAsSource(mine(A, 0), PEER, RANDOM));
        assertEquals(mine(A, RANDOM), NewGeneration.resyncBegunAsSource(mine(A, JUST_CREATED), PEER, RANDOM));
    }

    @Test
    void the_history_drops_its_oldest_and_takes_nothing_twice() {
        GenerationIdentifiers ids = mine(A, 0);
        for (long uuid = 1; uuid <= 40; uuid++) {
            ids = ids.withHistoryPushed(uuid << 8 | 1);
        }
        GenerationIdentifiers full = ids;

        assertEquals(GenerationIdentifiers.HISTORY_LIMIT, full.history().size());
        assertEquals(40L << 8, full.historyAt(0));
        assertEquals(9L << 8, full.historyAt(31));
        assertEquals(full, full.withHistoryPushed(20L << 8));
        assertEquals(full, full.withHistoryPushed(JUST_CREATED).withHistoryPushed(0));
    }

    @Test
    void a_received_history_is_cut_at_its_first_zero_and_at_its_limit() {
        List<Long> endless = new ArrayList<>();
        for (long i = 1; i <= 1000; i++) {
            endless.add(i << 8);
        }

        assertEquals(List.of(B), mine(A, 0, B, 0, C).history());
        assertEquals(32, mine(A, 0).withHistory(endless).history().size());
    }

    @Test
    void a_bitmap_identifier_towards_oneself_is_refused() {
        TreeMap<NodeId, Long> slots = new TreeMap<>();
        slots.put(ME, B);

        assertThrows(IllegalArgumentException.class, () -> new GenerationIdentifiers(ME, A, slots, List.of()));
    }

    @Test
    void identifiers_print_as_in_logs() {
        assertEquals(
                "00000000000000A1:[1]00000000000000B0:00000000000000C0",
                mine(A | 1, B, C).toString());
    }
}
