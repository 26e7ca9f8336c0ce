package io.bsr.core.generation;

import static io.bsr.core.generation.AfterSplitBrain.Solution.DEMOTION_FAILED;
import static io.bsr.core.generation.AfterSplitBrain.Solution.I_AM_SOURCE;
import static io.bsr.core.generation.AfterSplitBrain.Solution.I_AM_TARGET;
import static io.bsr.core.generation.AfterSplitBrain.Solution.I_AM_TARGET_AFTER_DEMOTION;
import static io.bsr.core.generation.AfterSplitBrain.Solution.UNSOLVED;
import static io.bsr.core.generation.Parties.A;
import static io.bsr.core.generation.Parties.B;
import static io.bsr.core.generation.Parties.C;
import static io.bsr.core.generation.Parties.mine;
import static io.bsr.core.generation.Parties.peers;
import static io.bsr.core.generation.Parties.policies;
import static io.bsr.core.generation.Parties.primary;
import static io.bsr.core.generation.Parties.secondary;
import static io.bsr.core.generation.Parties.withBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bsr.base.state.Role;
import io.bsr.core.generation.AfterSplitBrain.Solution;
import io.bsr.core.generation.SyncSituation.Demotion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class AfterSplitBrainTest {
    private static Solution solve(
            SplitBrainPolicy without, SplitBrainPolicy one, SplitBrainPolicy two, SyncParty me, SyncParty peer) {
        return AfterSplitBrain.solve(Parties.bsr(me, peer, policies(without, one, two, false)));
    }

    private static SyncParty me(boolean wasPrimary, long bits) {
        return withBits(bits, secondary(mine(A, C | (wasPrimary ? 1 : 0))));
    }

    private static SyncParty peer(boolean wasPrimary, long bits) {
        return withBits(bits, secondary(peers(B, C | (wasPrimary ? 1 : 0))));
    }

    /** In these rows the connection makes this node target where nothing else decides. */
    @ParameterizedTest
    @CsvSource({
        "DISCONNECT,              false, false, 1, 2, UNSOLVED",
        "DISCARD_YOUNGER_PRIMARY, false, true,  9, 1, I_AM_TARGET",
        "DISCARD_YOUNGER_PRIMARY, true,  false, 1, 9, I_AM_SOURCE",
        "DISCARD_YOUNGER_PRIMARY, true,  true,  1, 9, I_AM_TARGET",
        "DISCARD_YOUNGER_PRIMARY, false, false, 0, 0, I_AM_TARGET",
        "DISCARD_OLDER_PRIMARY,   false, true,  1, 9, I_AM_SOURCE",
        "DISCARD_OLDER_PRIMARY,   true,  false, 9, 1, I_AM_TARGET",
        "DISCARD_OLDER_PRIMARY,   true,  true,  9, 0, I_AM_SOURCE",
        "DISCARD_OLDER_PRIMARY,   false, false, 9, 1, I_AM_SOURCE",
        "DISCARD_ZERO_CHANGES,    false, false, 0, 0, I_AM_TARGET",
        "DISCARD_ZERO_CHANGES,    false, false, 3, 0, I_AM_SOURCE",
        "DISCARD_ZERO_CHANGES,    false, false, 0, 3, I_AM_TARGET",
        "DISCARD_ZERO_CHANGES,    false, false, 1, 9, UNSOLVED",
        "DISCARD_LEAST_CHANGES,   false, false, 1, 9, I_AM_TARGET",
        "DISCARD_LEAST_CHANGES,   false, false, 9, 1, I_AM_SOURCE",
        "DISCARD_LEAST_CHANGES,   false, false, 4, 4, I_AM_TARGET",
        "DISCARD_LOCAL,           true,  false, 9, 1, I_AM_TARGET",
        "DISCARD_REMOTE,          false, true,  1, 9, I_AM_SOURCE",
    })
    void policies_without_a_primary_decide(
            SplitBrainPolicy policy, boolean iWas, boolean peerWas, long mine, long peers, Solution expected) {
        Solution solution = solve(
                policy, SplitBrainPolicy.DISCONNECT, SplitBrainPolicy.DISCONNECT, me(iWas, mine), peer(peerWas, peers));

        assertEquals(expected, solution);
    }

    @ParameterizedTest
    @CsvSource({
        "DISCONNECT,             1, 9, UNSOLVED,    UNSOLVED",
        "CONSENSUS,              9, 1, I_AM_SOURCE, UNSOLVED",
        "CONSENSUS,              1, 9, UNSOLVED,    I_AM_TARGET",
        "VIOLENTLY,              1, 9, I_AM_TARGET, I_AM_TARGET",
        "VIOLENTLY,              9, 1, I_AM_SOURCE, I_AM_SOURCE",
        "DISCARD_SECONDARY,      1, 9, I_AM_SOURCE, I_AM_TARGET",
        "CALL_PRI_LOST_AFTER_SB, 9, 1, I_AM_SOURCE, I_AM_SOURCE",
        "CALL_PRI_LOST_AFTER_SB, 1, 9, I_AM_TARGET_AFTER_DEMOTION, I_AM_TARGET",
    })
    void policies_with_one_primary_decide(
            SplitBrainPolicy policy, long mine, long peers, Solution asPrimary, Solution asSecondary) {
        SyncParty me = me(false, mine);
        SyncParty peer = peer(false, peers);

        Solution ifIAm = solve(
                SplitBrainPolicy.DISCARD_LEAST_CHANGES,
                policy,
                SplitBrainPolicy.DISCONNECT,
                me.withRole(Role.PRIMARY),
                peer);
        Solution ifPeerIs = solve(
                SplitBrainPolicy.DISCARD_LEAST_CHANGES,
                policy,
                SplitBrainPolicy.DISCONNECT,
                me,
                peer.withRole(Role.PRIMARY));

        assertEquals(asPrimary, ifIAm);
        assertEquals(asSecondary, ifPeerIs);
    }

    @ParameterizedTest
    @CsvSource({
        "DISCONNECT,             1, 9, UNSOLVED",
        "VIOLENTLY,              1, 9, I_AM_TARGET",
        "VIOLENTLY,              9, 1, I_AM_SOURCE",
        "CALL_PRI_LOST_AFTER_SB, 1, 9, I_AM_TARGET_AFTER_DEMOTION",
        "CALL_PRI_LOST_AFTER_SB, 9, 1, I_AM_SOURCE",
    })
    void policies_with_two_primaries_decide(SplitBrainPolicy policy, long mine, long peers, Solution expected) {
        Solution solution = solve(
                SplitBrainPolicy.DISCARD_LEAST_CHANGES,
                SplitBrainPolicy.DISCONNECT,
                policy,
                withBits(mine, primary(mine(A, C))),
                withBits(peers, primary(peers(B, C))));

        assertEquals(expected, solution);
    }

    @Test
    void a_demotion_ends_in_target_or_in_the_handler() {
        SyncSituation situation = Parties.bsr(
                withBits(1, primary(mine(A, C))),
                withBits(9, secondary(peers(B, C))),
                policies(
                        SplitBrainPolicy.DISCARD_LEAST_CHANGES,
                        SplitBrainPolicy.CALL_PRI_LOST_AFTER_SB,
                        SplitBrainPolicy.DISCONNECT,
                        false));

        assertEquals(I_AM_TARGET_AFTER_DEMOTION, AfterSplitBrain.solve(situation));
        assertEquals(I_AM_TARGET, AfterSplitBrain.solve(situation.after(Demotion.SUCCEEDED)));
        assertEquals(DEMOTION_FAILED, AfterSplitBrain.solve(situation.after(Demotion.FAILED)));
    }

    @ParameterizedTest
    @EnumSource(SplitBrainPolicy.class)
    void policy_numbers_are_those_of_the_wire(SplitBrainPolicy policy) {
        assertEquals(policy, SplitBrainPolicy.ofNumber(policy.number()));
    }

    @Test
    void numbers_beyond_the_policies_are_none() {
        assertEquals(null, SplitBrainPolicy.ofNumber(11));
        assertEquals(null, SplitBrainPolicy.ofNumber(-1));
    }

    @Test
    void a_policy_for_another_number_of_primaries_is_refused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> policies(
                        SplitBrainPolicy.CONSENSUS, SplitBrainPolicy.DISCONNECT, SplitBrainPolicy.DISCONNECT, false));
    }

    @Test
    void solutions_are_what_the_other_node_finds_mirrored() {
        for (long mine = 0; mine < 3; mine++) {
            for (long peers = 0; peers < 3; peers++) {
                for (SplitBrainPolicy policy : SplitBrainPolicy.values()) {
                    boolean local =
                            policy == SplitBrainPolicy.DISCARD_LOCAL || policy == SplitBrainPolicy.DISCARD_REMOTE;
                    if (!policy.allowedWith(0) || local) {
                        continue;
                    }
                    SyncSituation situation = Parties.bsr(
                            me(mine == 1, mine),
                            peer(peers == 2, peers),
                            policies(policy, SplitBrainPolicy.DISCONNECT, SplitBrainPolicy.DISCONNECT, false));
                    Solution here = AfterSplitBrain.solve(situation);
                    Solution there = AfterSplitBrain.solve(Parties.mirrored(situation));
                    Solution expected = here == UNSOLVED ? UNSOLVED : here == I_AM_SOURCE ? I_AM_TARGET : I_AM_SOURCE;

                    assertEquals(expected, there);
                }
            }
        }
    }
}
