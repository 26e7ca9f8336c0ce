package io.bsr.sim.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.core.option.Protocol;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What two nodes that take each other for a DRBD 8.4 know of each other's generations. */
final class Drbd84HistoriesTest {
    private static final long PRIMARY = 1;

    @Test
    void a_source_that_becomes_target_gets_the_generation_that_its_former_target_had_from_it() {
        ScriptedPair pair = drbd84();
        pair.primary(0, false);
        pair.disconnected(0);
        pair.written(0, 0);
        connect(pair, 0);
        pair.waitFor(() -> bothUpToDate(pair));
        long generation = pair.generation(0) & ~PRIMARY;
        secondary(pair, 0);

        invalidate(pair, 0);
        pair.waitFor(() -> bothUpToDate(pair));

        assertEquals(generation, pair.generation(1));
        assertEquals(generation, pair.generation(0));
    }

    @Test
    void a_node_that_stayed_behind_more_generations_than_are_told_is_resynchronised() {
        ScriptedPair pair = drbd84();
        pair.disconnected(0);
        long old = pair.generation(1);
        begin(pair, 4);

        connect(pair, 0);
        pair.waitFor(() -> bothUpToDate(pair));

        assertNotEquals(old, pair.generation(1));
        assertEquals(pair.generation(0), pair.generation(1));
    }

    @Test
    void after_a_restart_that_takes_a_second_attempt() {
        ScriptedPair pair = drbd84();
        pair.disconnected(0);
        begin(pair, 4);
        pair.nodes[0].kill();
        pair.nodes[0].start(true);
        pair.waitFor(() -> pair.state(0) == ConnectionState.CONNECTED);
        pair.waitFor(() -> pair.state(0) == ConnectionState.STANDALONE && pair.state(1) == ConnectionState.STANDALONE);

        connect(pair, 0);
        connect(pair, 1);
        pair.waitFor(() -> bothUpToDate(pair));

        assertEquals(pair.generation(0), pair.generation(1));
    }

    private static void begin(ScriptedPair pair, int generations) {
        for (int i = 0; i < generations; i++) {
            pair.newCurrentUuid(0, false);
        }
    }

    private static ScriptedPair drbd84() {
        return new ScriptedPair(Protocol.C, true, 1, Map.of(), Map.of("peer-family", "drbd84")).connected();
    }

    private static boolean bothUpToDate(ScriptedPair pair) {
        return pair.state(0) == ConnectionState.CONNECTED
                && pair.state(1) == ConnectionState.CONNECTED
                && pair.disk(0) == DiskState.UP_TO_DATE
                && pair.disk(1) == DiskState.UP_TO_DATE
                && pair.outOfSync(0) + pair.outOfSync(1) == 0;
    }

    private static void connect(ScriptedPair pair, int node) {
        ScriptedPair.Ending ending = new ScriptedPair.Ending();
        pair.nodes[node].connect(false, ending);
        pair.ended(ending);
    }

    private static void secondary(ScriptedPair pair, int node) {
        ScriptedPair.Ending ending = new ScriptedPair.Ending();
        pair.nodes[node].secondary(ending);
        pair.ended(ending);
    }

    private static void invalidate(ScriptedPair pair, int node) {
        ScriptedPair.Ending ending = new ScriptedPair.Ending();
        pair.nodes[node].invalidate(ScriptedPair.VOLUME, ending);
        pair.ended(ending);
    }
}
