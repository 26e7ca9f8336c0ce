package io.bsr.core.generation;

import static io.bsr.core.generation.Parties.A;
import static io.bsr.core.generation.Parties.B;
import static io.bsr.core.generation.Parties.C;
import static io.bsr.core.generation.Parties.mine;
import static io.bsr.core.generation.Parties.peers;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ToldHistoryTest {
    private static final long D = 0xD0;
    private static final long E = 0xE0;
    private static final long F = 0xF0;

    private static SyncOutcome decided(GenerationIdentifiers mine, GenerationIdentifiers peer) {
        GenerationIdentifiers told = mine.withHistory(ToldHistory.inOrder(mine, peer));
        return SyncDecision.decide(
                Parties.drbd84(Parties.secondary(told), Parties.secondary(peer), SyncPolicies.DEFAULT));
    }

    @Test
    void a_peer_that_stayed_behind_more_than_two_generations_is_target_of_a_full_resync() {
        GenerationIdentifiers mine = mine(A, B, C, D, E, F);
        GenerationIdentifiers peer = peers(E, 0, F);

        assertEquals(List.of(C, E, D, F), ToldHistory.inOrder(mine, peer));
        assertEquals(Relation.FULL_SOURCE, decided(mine, peer).relation());
    }

    @Test
    void two_that_went_on_from_a_generation_long_ago_have_a_split_brain_and_are_not_unrelated() {
        GenerationIdentifiers mine = mine(A, B, C, D, E);
        GenerationIdentifiers peer = peers(F, 0x110, 0x120, E);

        assertEquals(List.of(C, E, D), ToldHistory.inOrder(mine, peer));
        assertEquals(Relation.SPLIT_BRAIN_WITHOUT_BITMAP, decided(mine, peer).relation());
    }

    @Test
    void the_bitmap_generation_is_a_former_one_too() {
        GenerationIdentifiers mine = mine(A, B, C, D);
        GenerationIdentifiers peer = peers(F, 0x110, B, E);

        assertEquals(List.of(C, B, D), ToldHistory.inOrder(mine, peer));
        assertEquals(Relation.SPLIT_BRAIN_WITHOUT_BITMAP, decided(mine, peer).relation());
    }

    @Test
    void the_two_newest_are_told_where_they_say_how_the_data_are_related_and_where_nothing_does() {
        GenerationIdentifiers mine = mine(A, B, C, D, E, F);

        for (GenerationIdentifiers peer : List.of(
                peers(A, 0, F),
                peers(B, 0, F),
                peers(D, 0, F),
                peers(F | 0x1000, A, E),
                peers(0x110, 0x120, A, E),
                peers(0x110, 0x120, D, E),
                peers(0x110, 0x120, 0x130))) {
            assertEquals(mine.history(), ToldHistory.inOrder(mine, peer), peer::toString);
        }
    }
}
