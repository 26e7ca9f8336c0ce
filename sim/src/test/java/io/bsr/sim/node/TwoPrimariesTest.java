package io.bsr.sim.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.NodeId;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;
import io.bsr.core.option.Protocol;
import io.bsr.sim.node.ScriptedPair.Ending;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both nodes are Primary, or want to be: with a DRBD 8.4 as the peer by option, otherwise never. */
final class TwoPrimariesTest {
    private static final Map<String, String> DRBD84 = Map.of("peer-family", "drbd84", "verify-alg", "crc32c");

    @Test
    void both_nodes_say_that_it_is_a_split_brain() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();
        pair.disconnected(0);
        pair.disconnected(1);
        pair.primary(0, true);
        pair.primary(1, true);

        reconnect(pair);

        assertSplitBrain(pair);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bsr", "drbd84"})
    void a_second_primary_is_refused_without_the_option_and_beside_a_bsr_with_it(String family) {
        boolean option = family.equals("bsr");
        ScriptedPair pair = pair(Map.of("peer-family", family, "allow-two-primaries", option ? "yes" : "no"));
        assertTrue(pair.primary(0, false).outcome().success());

        Outcome outcome = pair.primary(1, false).outcome();

        assertEquals(ErrorCode.TWO_PRIMARIES, outcome.code(), outcome.detail());
        assertEquals(Role.SECONDARY, role(pair, 1));
    }

    @Test
    void both_may_be_promoted_in_any_order_and_at_the_same_time() {
        ScriptedPair pair = pair(SharedVolume.ALLOWED);
        Ending first = new Ending();
        Ending second = new Ending();
        pair.nodes[0].primary(false, first);
        pair.nodes[1].primary(false, second);

        assertTrue(pair.ended(first).outcome().success(), () -> "" + first.outcome());
        assertTrue(pair.ended(second).outcome().success(), () -> "" + second.outcome());
        assertBothPrimary(pair);
    }

    @Test
    void the_option_comes_and_goes_while_both_are_connected_but_not_while_both_are_primary() {
        ScriptedPair pair = pair(DRBD84);
        assertTrue(pair.primary(0, false).outcome().success());
        assertEquals(ErrorCode.TWO_PRIMARIES, pair.primary(1, false).outcome().code());

        // The other one follows, and has counted what has been sent by then.
        for (int i = 0; i < 5; i++) {
            pair.written(0, i * 4096L);
        }
        assertEquals(Outcome.OK, netOptions(pair, 0, true));
        pair.run(ScriptedPair.SECOND);
        assertTrue(pair.primary(1, false).outcome().success());
        pair.written(0, 0);
        pair.written(1, 0);
        assertEquals(ErrorCode.NEED_TWO_PRIMARIES, netOptions(pair, 0, false).code());
        assertBothPrimary(pair);

        demote(pair, 0);
        assertEquals(Outcome.OK, netOptions(pair, 0, false));
        pair.run(ScriptedPair.SECOND);
        assertEquals(ErrorCode.TWO_PRIMARIES, pair.primary(0, false).outcome().code());
    }

    @Test
    void the_one_that_stays_primary_goes_on_and_the_other_follows() {
        SharedVolume shared = new SharedVolume().bothPrimary();
        ScriptedPair pair = shared.pair;
        shared.write(0, 0, 8);
        shared.write(1, 4, 8);
        shared.allAnswered();

        demote(pair, 0);
        shared.write(1, 0, 16);
        shared.allAnswered();
        pair.disconnected(0);
        shared.write(1, 8, 16);
        shared.allAnswered();
        pair.nodes[0].connect(false, new Ending());
        pair.waitFor(() -> pair.disk(0) == DiskState.UP_TO_DATE && pair.outOfSync(0) + pair.outOfSync(1) == 0);

        shared.checkContents(64);
        assertTrue(pair.primary(0, false).outcome().success());
        assertBothPrimary(pair);
    }

    @Test
    void two_primaries_that_lose_each_other_and_write_are_a_split_brain_on_both() {
        SharedVolume shared = new SharedVolume().bothPrimary();
        ScriptedPair pair = shared.pair;
        long before = pair.generation(0);
        cut(pair, true);
        shared.write(0, 0, 8);
        shared.write(1, 0, 8);
        shared.allAnswered();
        assertTrue(pair.generation(0) != before && pair.generation(1) != before);

        cut(pair, false);

        assertSplitBrain(pair);
    }

    /** What was on its way between them counts as written without the other. */
    @Test
    void writes_that_cross_while_the_link_is_lost_are_a_split_brain_on_both() {
        SharedVolume shared = new SharedVolume().bothPrimary();
        ScriptedPair pair = shared.pair;
        shared.write(0, 0, 8);
        shared.write(1, 4, 8);
        cut(pair, true);
        shared.allAnswered();
        assertTrue(pair.outOfSync(0) > 0 && pair.outOfSync(1) > 0);

        cut(pair, false);

        assertSplitBrain(pair);
    }

    @Test
    void two_primaries_that_lose_each_other_without_a_write_go_on_together() {
        SharedVolume shared = new SharedVolume().bothPrimary();
        ScriptedPair pair = shared.pair;
        cut(pair, true);
        cut(pair, false);
        pair.waitFor(() -> pair.state(0) == ConnectionState.CONNECTED && pair.state(1) == ConnectionState.CONNECTED);
        pair.run(ScriptedPair.SECOND);

        assertBothPrimary(pair);
        shared.write(0, 0, 8);
        shared.write(1, 4, 8);
        shared.allAnswered();
        shared.checkContents(64);
    }

    @Test
    void two_primaries_do_not_verify() {
        Map<String, String> net = new HashMap<>(DRBD84);
        net.put("allow-two-primaries", "yes");
        ScriptedPair pair = pair(net);
        pair.primary(0, false);
        pair.primary(1, false);
        Ending verify = new Ending();
        pair.nodes[0].verify(ScriptedPair.VOLUME, -1, -1, false, verify);

        assertEquals(ErrorCode.NOT_SUPPORTED, pair.ended(verify).outcome().code());
    }

    // ------------------------------------------------------------------------------------------------ steps

    private static ScriptedPair pair(Map<String, String> net) {
        return new ScriptedPair(Protocol.C, true, 1, Map.of(), net).connected();
    }

    private static Outcome netOptions(ScriptedPair pair, int node, boolean two) {
        Map<String, String> net = new HashMap<>(DRBD84);
        net.putAll(Map.of("protocol", "C", "connect-int", "1", "ping-int", "1"));
        net.put("allow-two-primaries", two ? "yes" : "no");
        Ending ending = new Ending();
        pair.nodes[node].command(
                "net-options", (r, done) -> done.done(r.setNetOptions(new NodeId(1 - node), net)), ending);
        return pair.ended(ending).outcome();
    }

    private static void demote(ScriptedPair pair, int node) {
        Ending ending = new Ending();
        pair.nodes[node].secondary(ending);
        assertTrue(pair.ended(ending).outcome().success(), () -> "" + ending.outcome());
    }

    private static void cut(ScriptedPair pair, boolean on) {
        for (int n = 0; n < 2; n++) {
            if (on) {
                pair.network.cut(pair.nodes[n].host(), pair.nodes[1 - n].host());
            } else {
                pair.network.heal(pair.nodes[n].host(), pair.nodes[1 - n].host());
            }
        }
        if (on) {
            pair.waitFor(
                    () -> pair.state(0) != ConnectionState.CONNECTED && pair.state(1) != ConnectionState.CONNECTED);
        }
    }

    private static void reconnect(ScriptedPair pair) {
        pair.nodes[0].connect(false, new Ending());
        pair.nodes[1].connect(false, new Ending());
    }

    private static void assertSplitBrain(ScriptedPair pair) {
        pair.waitFor(() -> pair.state(0) == ConnectionState.STANDALONE && pair.state(1) == ConnectionState.STANDALONE);
        assertEquals("split-brain", error(pair, 0));
        assertEquals("split-brain", error(pair, 1));
    }

    private static void assertBothPrimary(ScriptedPair pair) {
        pair.run(ScriptedPair.SECOND);
        for (int n = 0; n < 2; n++) {
            pair.nodes[n].refresh();
            assertEquals(Role.PRIMARY, role(pair, n));
            assertEquals(ConnectionState.CONNECTED, pair.state(n));
            assertEquals(
                    Role.PRIMARY,
                    Objects.requireNonNull(pair.snapshot(n))
                            .connections()
                            .getFirst()
                            .peerRole());
        }
    }

    private static Role role(ScriptedPair pair, int node) {
        return Objects.requireNonNull(pair.snapshot(node)).role();
    }

    private static String error(ScriptedPair pair, int node) {
        return Objects.requireNonNull(pair.snapshot(node))
                .connections()
                .getFirst()
                .error();
    }
}
