package io.bsr.sim.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bsr.base.state.ConnectionState;
import io.bsr.core.option.Protocol;
import io.bsr.sim.node.ScriptedPair.Ending;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Both nodes became Primary while they did not see each other. */
final class TwoPrimariesTest {
    @Test
    void both_nodes_say_that_it_is_a_split_brain() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();
        pair.disconnected(0);
        pair.disconnected(1);
        pair.primary(0, true);
        pair.primary(1, true);

        pair.nodes[0].connect(false, new Ending());
        pair.nodes[1].connect(false, new Ending());
        pair.waitFor(() -> !error(pair, 0).isEmpty() && pair.state(1) == ConnectionState.STANDALONE);

        assertEquals("split-brain", error(pair, 0));
        assertEquals("split-brain", error(pair, 1));
        assertEquals(ConnectionState.STANDALONE, pair.state(0));
    }

    private static String error(ScriptedPair pair, int node) {
        return Objects.requireNonNull(pair.nodes[node].snapshot())
                .connections()
                .getFirst()
                .error();
    }
}
