package io.bsr.sim.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.core.ResizeRequest;
import io.bsr.core.option.Protocol;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Disks that have grown while two nodes, which take each other for a DRBD 8.4, were apart. */
final class Drbd84GrowthTest {
    private static final long GROWN = 6 << 20;

    @Test
    void of_two_secondaries_whose_disks_have_both_grown_one_stays_up_to_date() {
        ScriptedPair pair = drbd84();
        for (int node = 0; node < 2; node++) {
            ScriptedPair.Ending down = new ScriptedPair.Ending();
            pair.nodes[node].down(down);
            pair.ended(down);
            pair.data.get(node).grow(GROWN);
        }

        pair.nodes[0].up(true);
        pair.nodes[1].up(true);
        pair.waitFor(() -> size(pair, 0) == GROWN / 512 && size(pair, 1) == GROWN / 512 && inSync(pair));

        assertTrue(pair.log.stream().noneMatch(line -> line.contains("nothing to resync from")), pair.log::toString);
    }

    @Test
    void a_node_whose_disk_has_grown_later_than_the_peers_volume_finds_that_out() {
        ScriptedPair pair = drbd84();
        pair.primary(1, false);
        pair.disconnected(1);
        pair.data.get(1).grow(GROWN);
        ScriptedPair.Ending resized = new ScriptedPair.Ending();
        pair.nodes[1].resize(ScriptedPair.VOLUME, new ResizeRequest(0, true, false, 0, 0), resized);
        pair.ended(resized);
        pair.data.get(0).grow(GROWN);

        connect(pair, 1);
        pair.waitFor(() -> pair.state(1) == ConnectionState.STANDALONE);
        connect(pair, 1);
        pair.waitFor(() -> inSync(pair));

        assertEquals(GROWN / 512, size(pair, 0));
    }

    private static ScriptedPair drbd84() {
        return new ScriptedPair(Protocol.C, true, 1, Map.of(), Map.of("peer-family", "drbd84")).connected();
    }

    private static void connect(ScriptedPair pair, int node) {
        ScriptedPair.Ending ending = new ScriptedPair.Ending();
        pair.nodes[node].connect(false, ending);
        pair.ended(ending);
    }

    private static long size(ScriptedPair pair, int node) {
        return Objects.requireNonNull(pair.nodes[node].snapshot()).volumes().stream()
                .mapToLong(volume -> volume.size())
                .findFirst()
                .orElse(0);
    }

    private static boolean inSync(ScriptedPair pair) {
        return pair.state(0) == ConnectionState.CONNECTED
                && pair.state(1) == ConnectionState.CONNECTED
                && pair.disk(0) == DiskState.UP_TO_DATE
                && pair.disk(1) == DiskState.UP_TO_DATE
                && pair.outOfSync(0) + pair.outOfSync(1) == 0;
    }
}
