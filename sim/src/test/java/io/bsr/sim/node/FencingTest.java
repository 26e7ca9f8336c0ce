package io.bsr.sim.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;
import io.bsr.core.option.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node that goes on alone has first made sure that its peer does not. */
final class FencingTest {
    private static final long SECOND = ScriptedPair.SECOND;
    private static final int OUTDATED = 4;
    private static final int DOWN = 5;
    private static final int IS_PRIMARY = 6;
    private static final int STONITHED = 7;

    /** The handlers of both nodes: what was called, and answers to fence-peer that a test gives when it likes. */
    private static final class Script {
        final List<String> calls = new ArrayList<>();
        final List<IntConsumer> open = new ArrayList<>();

        Script(ScriptedPair pair) {
            for (SimNode node : pair.nodes) {
                node.handlers().script((due, exitCode) -> {
                    calls.add(node.name() + " " + due.handler());
                    if (due.handler().equals("fence-peer")) {
                        open.add(exitCode);
                    } else {
                        exitCode.accept(0);
                    }
                });
            }
        }

        void answer(int code) {
            open.removeFirst().accept(code);
        }
    }

    private static ScriptedPair pair(String policy) {
        return new ScriptedPair(Protocol.C, true, 1, Map.of(), Map.of("fencing", policy)).connected();
    }

    private static ScriptedPair primary(String policy) {
        ScriptedPair pair = pair(policy);
        pair.primary(0, false);
        pair.written(0, 0);
        pair.run(SECOND);
        return pair;
    }

    private static void lose(ScriptedPair pair, int survivor) {
        pair.nodes[1 - survivor].kill();
        pair.waitFor(() -> pair.state(survivor) != ConnectionState.CONNECTED);
    }

    private static DiskState peerDisk(ScriptedPair pair) {
        pair.nodes[0].refresh();
        return Objects.requireNonNull(pair.snapshot(0))
                .connections()
                .getFirst()
                .peerDevices()
                .getFirst()
                .peerDisk();
    }

    private static Outcome outcome(ScriptedPair.Ending ending) {
        return Objects.requireNonNull(ending.outcome);
    }

    private static ScriptedPair.Ending promoting(ScriptedPair pair, int node, boolean force) {
        ScriptedPair.Ending ending = new ScriptedPair.Ending();
        pair.nodes[node].primary(force, ending);
        return ending;
    }

    @Test
    void users_wait_until_the_lost_peer_is_fenced() {
        ScriptedPair pair = primary("resource-and-stonith");
        Script script = new Script(pair);
        long generation = pair.generation(0);

        pair.nodes[1].kill();
        ScriptedPair.Request onItsWay = pair.write(0, 4096);
        pair.waitFor(() -> pair.suspended(0).equals("fencing"));
        ScriptedPair.Request held = pair.write(0, 8192);
        pair.run(5 * SECOND);

        assertEquals(-1, onItsWay.errno);
        assertEquals(-1, held.errno);
        assertEquals(generation, pair.generation(0));
        assertEquals(List.of("n0 fence-peer"), script.calls);
        script.answer(STONITHED);
        pair.waitFor(() -> onItsWay.errno == 0 && held.errno == 0);
        assertEquals("no", pair.suspended(0));
        assertEquals(DiskState.OUTDATED, peerDisk(pair));
        assertNotEquals(generation, pair.generation(0));
    }

    @Test
    void a_handler_that_has_not_fenced_leaves_users_waiting_for_the_administrator() {
        ScriptedPair pair = primary("resource-and-stonith");
        Script script = new Script(pair);
        pair.nodes[1].kill();
        ScriptedPair.Request write = pair.write(0, 4096);
        pair.waitFor(() -> !script.open.isEmpty());

        script.answer(1);
        pair.run(5 * SECOND);
        assertEquals(-1, write.errno);
        assertTrue(pair.log.stream().anyMatch(line -> line.contains("has not fenced the peer: exit code 1")));

        pair.nodes[0].suspendIo(ScriptedPair.VOLUME, false);
        pair.waitFor(() -> write.errno == 0);
        assertEquals("no", pair.suspended(0));
    }

    @Test
    void a_peer_that_comes_back_ends_the_wait_and_gets_what_it_lacks() {
        ScriptedPair pair = primary("resource-and-stonith");
        Script script = new Script(pair);
        pair.nodes[1].kill();
        ScriptedPair.Request write = pair.write(0, 4096);
        pair.waitFor(() -> pair.suspended(0).equals("fencing"));

        pair.nodes[1].start(true);
        pair.waitFor(() -> write.errno == 0);
        pair.waitFor(() -> pair.outOfSync(0) == 0 && pair.disk(1) == DiskState.UP_TO_DATE);
        assertEquals("no", pair.suspended(0));
        script.answer(OUTDATED);
        pair.run(SECOND);

        assertEquals(DiskState.UP_TO_DATE, peerDisk(pair));
        assertEquals(pair.generation(0) & ~1, pair.generation(1) & ~1);
        assertTrue(script.calls.contains("n0 unfence-peer"));
    }

    @Test
    void a_primary_that_was_shut_down_while_it_waited_has_nothing_of_its_own() {
        ScriptedPair pair = primary("resource-and-stonith");
        Script script = new Script(pair);
        pair.network.cut(pair.nodes[0].host(), pair.nodes[1].host());
        pair.network.cut(pair.nodes[1].host(), pair.nodes[0].host());
        ScriptedPair.Request lost = pair.write(0, 4096);
        pair.waitFor(() -> pair.suspended(0).equals("fencing") && pair.state(1) != ConnectionState.CONNECTED);

        ScriptedPair.Ending promotion = promoting(pair, 1, false);
        pair.waitFor(() -> script.open.size() == 2);
        pair.nodes[0].kill();
        script.open.removeFirst();
        script.answer(STONITHED);
        pair.ended(promotion);
        assertTrue(outcome(promotion).success());
        pair.written(1, 8192);
        assertEquals(-1, lost.errno);

        pair.network.heal(pair.nodes[0].host(), pair.nodes[1].host());
        pair.network.heal(pair.nodes[1].host(), pair.nodes[0].host());
        pair.nodes[0].start(true);
        pair.waitFor(() -> pair.state(0) == ConnectionState.CONNECTED && pair.disk(0) == DiskState.UP_TO_DATE);
        pair.waitFor(() -> pair.outOfSync(0) == 0 && pair.outOfSync(1) == 0);
        assertEquals(pair.generation(0) & ~1, pair.generation(1) & ~1);
    }

    @Test
    void with_resource_only_users_go_on_and_the_peer_is_fenced_meanwhile() {
        ScriptedPair pair = primary("resource-only");
        Script script = new Script(pair);

        lose(pair, 0);
        pair.written(0, 4096);
        assertEquals("no", pair.suspended(0));
        pair.waitFor(() -> !script.open.isEmpty());
        script.answer(DOWN);
        pair.waitFor(() -> peerDisk(pair) == DiskState.OUTDATED);
    }

    @Test
    void without_a_policy_no_handler_is_called() {
        ScriptedPair pair = primary("dont-care");
        Script script = new Script(pair);

        lose(pair, 0);
        pair.written(0, 4096);
        pair.run(5 * SECOND);

        assertEquals(List.of(), script.calls);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void a_connection_that_ends_in_good_order_needs_no_fence(int whoEndsIt) {
        ScriptedPair pair = primary("resource-and-stonith");
        Script script = new Script(pair);

        pair.disconnected(whoEndsIt);
        pair.waitFor(() -> pair.state(0) != ConnectionState.CONNECTED && pair.state(1) != ConnectionState.CONNECTED);
        pair.written(0, 4096);

        assertEquals(List.of(), script.calls);
        assertEquals("no", pair.suspended(0));
        assertEquals(DiskState.OUTDATED, peerDisk(pair));
        assertEquals(DiskState.OUTDATED, pair.disk(1));
    }

    @Test
    void a_node_without_contact_becomes_primary_only_when_the_peer_is_fenced() {
        ScriptedPair pair = pair("resource-only");
        Script script = new Script(pair);
        lose(pair, 0);

        ScriptedPair.Ending refused = promoting(pair, 0, false);
        pair.waitFor(() -> !script.open.isEmpty());
        assertNull(refused.outcome);
        script.answer(1);
        pair.ended(refused);
        assertEquals(ErrorCode.PRIMARY_NOP, outcome(refused).code());

        ScriptedPair.Ending promoted = promoting(pair, 0, false);
        pair.waitFor(() -> !script.open.isEmpty());
        script.answer(OUTDATED);
        pair.ended(promoted);
        assertTrue(outcome(promoted).success());
        assertEquals(DiskState.OUTDATED, peerDisk(pair));
    }

    @Test
    void what_a_fenced_peer_was_is_remembered_over_a_restart() {
        ScriptedPair pair = primary("resource-only");
        Script script = new Script(pair);
        lose(pair, 0);
        pair.waitFor(() -> !script.open.isEmpty());
        script.answer(OUTDATED);
        pair.waitFor(() -> peerDisk(pair) == DiskState.OUTDATED);
        pair.run(SECOND);
        script.calls.clear();

        pair.nodes[0].kill();
        pair.nodes[0].start(true);
        pair.waitFor(() -> pair.disk(0) == DiskState.UP_TO_DATE);
        assertTrue(outcome(pair.primary(0, false)).success());

        assertFalse(script.calls.contains("n0 fence-peer"));
    }

    @Test
    void force_goes_on_without_a_fence() {
        ScriptedPair pair = pair("resource-and-stonith");
        Script script = new Script(pair);
        lose(pair, 0);

        ScriptedPair.Ending forced = promoting(pair, 0, true);
        pair.waitFor(() -> !script.open.isEmpty());
        script.answer(0);
        pair.ended(forced);

        assertTrue(outcome(forced).success());
        pair.written(0, 0);
    }

    @Test
    void a_peer_that_is_primary_outdates_the_node_that_asks() {
        ScriptedPair pair = pair("resource-only");
        Script script = new Script(pair);
        lose(pair, 0);

        ScriptedPair.Ending refused = promoting(pair, 0, false);
        pair.waitFor(() -> !script.open.isEmpty());
        script.answer(IS_PRIMARY);
        pair.ended(refused);

        assertFalse(outcome(refused).success());
        assertEquals(DiskState.OUTDATED, pair.disk(0));
        assertNotNull(pair.snapshot(0));
        assertEquals(Role.SECONDARY, Objects.requireNonNull(pair.snapshot(0)).role());
    }
}
