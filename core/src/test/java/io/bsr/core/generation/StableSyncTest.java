package io.bsr.core.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.NodeId;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.generation.StableSync.Neighbour;
import io.bsr.core.generation.StableSync.Stability;
import io.bsr.core.generation.StableSync.Testimony;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class StableSyncTest {
    private static final NodeId ME = new NodeId(0);
    private static final NodeId PEER = new NodeId(1);
    private static final NodeId THIRD = new NodeId(2);
    private static final Stability STABLE = new Stability(true, 0);

    private static Neighbour neighbour(NodeId node, Role role, ReplicationState replication) {
        return new Neighbour(node, true, role, replication);
    }

    private static Testimony testimony(boolean stable, long authoritative, boolean targetOnly) {
        return new Testimony(PEER, true, stable, authoritative, targetOnly);
    }

    @Test
    void a_primary_is_stable_whatever_its_neighbours_do() {
        Stability stability = StableSync.stabilityOf(
                Role.PRIMARY, List.of(neighbour(PEER, Role.PRIMARY, ReplicationState.SYNC_TARGET)));

        assertEquals(STABLE, stability);
    }

    @Test
    void a_secondary_alone_or_among_secondaries_is_stable() {
        assertEquals(STABLE, StableSync.stabilityOf(Role.SECONDARY, List.of()));
        assertEquals(
                STABLE,
                StableSync.stabilityOf(
                        Role.SECONDARY, List.of(neighbour(PEER, Role.SECONDARY, ReplicationState.SYNC_SOURCE))));
    }

    @Test
    void a_secondary_beside_a_primary_depends_on_it() {
        Stability stability = StableSync.stabilityOf(
                Role.SECONDARY, List.of(neighbour(PEER, Role.PRIMARY, ReplicationState.ESTABLISHED)));

        assertFalse(stability.stable());
        assertTrue(stability.dependsOn(PEER));
    }

    @Test
    void a_primary_that_is_not_connected_does_not_count() {
        Neighbour gone = new Neighbour(PEER, false, Role.PRIMARY, ReplicationState.OFF);

        assertTrue(StableSync.stabilityOf(Role.SECONDARY, List.of(gone)).stable());
    }

    @ParameterizedTest
    @EnumSource(
            value = ReplicationState.class,
            names = {"BEHIND", "WF_BITMAP_T", "SYNC_TARGET", "PAUSED_SYNC_T"})
    void a_target_depends_on_its_source(ReplicationState replication) {
        Stability stability =
                StableSync.stabilityOf(Role.SECONDARY, List.of(neighbour(PEER, Role.SECONDARY, replication)));

        assertEquals(new Stability(false, PEER.mask()), stability);
    }

    @Test
    void primaries_are_authoritative_before_sync_sources() {
        Stability stability = StableSync.stabilityOf(
                Role.SECONDARY,
                List.of(
                        neighbour(PEER, Role.SECONDARY, ReplicationState.SYNC_TARGET),
                        neighbour(THIRD, Role.PRIMARY, ReplicationState.ESTABLISHED)));

        assertEquals(new Stability(false, THIRD.mask()), stability);
    }

    @Test
    void two_stable_nodes_may_sync_either_way() {
        assertTrue(StableSync.mayBeTarget(STABLE, testimony(true, 0, false)));
        assertTrue(StableSync.mayBeSource(ME, STABLE, false, testimony(true, 0, false)));
    }

    @Test
    void a_node_that_depends_on_another_is_target_only_of_that() {
        assertTrue(StableSync.mayBeTarget(new Stability(false, PEER.mask()), testimony(true, 0, false)));
        assertFalse(StableSync.mayBeTarget(new Stability(false, THIRD.mask()), testimony(true, 0, false)));
    }

    @Test
    void an_unstable_node_is_never_source() {
        assertFalse(StableSync.mayBeSource(ME, new Stability(false, PEER.mask()), false, testimony(true, 0, false)));
    }

    @Test
    void an_unstable_peer_is_never_my_source_and_my_target_only_if_it_depends_on_me() {
        assertFalse(StableSync.mayBeTarget(STABLE, testimony(false, 0, false)));
        assertTrue(StableSync.mayBeSource(ME, STABLE, false, testimony(false, ME.mask(), false)));
        assertFalse(StableSync.mayBeSource(ME, STABLE, false, testimony(false, THIRD.mask(), false)));
    }

    @Test
    void target_only_nodes_are_never_source() {
        assertFalse(StableSync.mayBeTarget(STABLE, testimony(true, 0, true)));
        assertFalse(StableSync.mayBeSource(ME, STABLE, true, testimony(true, 0, false)));
    }

    @Test
    void nothing_is_allowed_before_the_peers_identifiers_arrived() {
        Testimony silent = new Testimony(PEER, false, true, 0, false);

        assertFalse(StableSync.mayBeTarget(STABLE, silent));
        assertFalse(StableSync.mayBeSource(ME, STABLE, false, silent));
    }

    @Test
    void of_two_nodes_either_both_are_allowed_their_sides_or_neither() {
        for (Role mine : List.of(Role.PRIMARY, Role.SECONDARY)) {
            for (Role peers : List.of(Role.PRIMARY, Role.SECONDARY)) {
                Stability here =
                        StableSync.stabilityOf(mine, List.of(neighbour(PEER, peers, ReplicationState.ESTABLISHED)));
                Stability there =
                        StableSync.stabilityOf(peers, List.of(neighbour(ME, mine, ReplicationState.ESTABLISHED)));
                Testimony ofPeer = new Testimony(PEER, true, there.stable(), there.authoritativeNodes(), false);
                Testimony ofMe = new Testimony(ME, true, here.stable(), here.authoritativeNodes(), false);

                assertEquals(StableSync.mayBeTarget(here, ofPeer), StableSync.mayBeSource(PEER, there, false, ofMe));
            }
        }
    }

    @Test
    void sides_are_judged_by_state() {
        Stability unstable = new Stability(false, PEER.mask());
        Testimony peer = testimony(true, 0, false);

        assertTrue(StableSync.allows(ReplicationState.PAUSED_SYNC_T, ME, unstable, false, peer));
        assertFalse(StableSync.allows(ReplicationState.VERIFY_S, ME, unstable, false, peer));
        assertTrue(StableSync.allows(ReplicationState.AHEAD, ME, unstable, false, peer));
    }
}
