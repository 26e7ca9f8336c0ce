package io.bsr.sim.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.core.option.Protocol;
import io.bsr.core.snapshot.PeerDeviceSnapshot;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A resync that is stopped and goes on. */
final class PausedResyncTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void answers_that_come_after_a_pause_are_no_errors_of_the_disk(int pausing) {
        ScriptedPair pair = resyncing();
        pair.data.get(0).faults().stallUntil(pair.clock.now() + ScriptedPair.SECOND);
        pair.run(ScriptedPair.SECOND / 2);

        pair.nodes[pausing].pauseSync(ScriptedPair.VOLUME, true);
        pair.waitFor(() -> device(pair, 1).replication() == ReplicationState.PAUSED_SYNC_T);
        pair.run(2 * ScriptedPair.SECOND);
        DiskState paused = pair.disk(1);
        pair.nodes[pausing].pauseSync(ScriptedPair.VOLUME, false);
        pair.waitFor(() -> pair.disk(1) == DiskState.UP_TO_DATE);

        assertEquals(DiskState.INCONSISTENT, paused);
        assertEquals(0, errors(pair));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void a_paused_resync_tells_how_far_it_is_and_counts_on(int node) {
        ScriptedPair pair = resyncing();
        long total = device(pair, node).resyncTotal();

        pair.nodes[0].pauseSync(ScriptedPair.VOLUME, true);
        pair.waitFor(() -> device(pair, 1).replication() == ReplicationState.PAUSED_SYNC_T);
        pair.run(ScriptedPair.SECOND);
        pair.nodes[node].refresh();
        PeerDeviceSnapshot paused = device(pair, node);
        pair.nodes[0].pauseSync(ScriptedPair.VOLUME, false);
        pair.waitFor(() -> device(pair, node).replication() != paused.replication());

        assertEquals(total, paused.resyncTotal());
        assertTrue(paused.resyncLeft() > 0 && paused.resyncLeft() < total, "left " + paused.resyncLeft());
        assertEquals(total, device(pair, node).resyncTotal());
    }

    /** The first resync, under way; a single error of a disk would detach it. */
    private static ScriptedPair resyncing() {
        ScriptedPair pair =
                new ScriptedPair(Protocol.C, false, 1, Map.of("on-io-error", "detach"), Map.of()).connected();
        pair.primary(0, true);
        pair.waitFor(() -> device(pair, 1).replication() == ReplicationState.SYNC_TARGET
                && device(pair, 1).resyncLeft() < device(pair, 1).resyncTotal());
        return pair;
    }

    private static PeerDeviceSnapshot device(ScriptedPair pair, int node) {
        return Objects.requireNonNull(pair.nodes[node].snapshot())
                .connections()
                .getFirst()
                .peerDevices()
                .getFirst();
    }

    private static int errors(ScriptedPair pair) {
        return Objects.requireNonNull(pair.nodes[1].snapshot())
                .volumes()
                .getFirst()
                .ioErrors();
    }
}
