package io.bsr.sim.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.core.option.Protocol;
import io.bsr.core.snapshot.ConnectionSnapshot;
import io.bsr.core.snapshot.PeerDeviceSnapshot;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Whoever looks at the status of something that does not go on is told why. */
final class WaitingTest {
    private static final long SECOND = ScriptedPair.SECOND;

    private static ScriptedPair primary() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();
        pair.primary(0, false);
        pair.written(0, 0);
        return pair;
    }

    /** The first resync, under way to node 1. */
    private static ScriptedPair resyncing() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, false).connected();
        pair.primary(0, true);
        pair.waitFor(() -> device(pair, 1).replication() == ReplicationState.SYNC_TARGET
                && device(pair, 1).resyncLeft() < device(pair, 1).resyncTotal());
        return pair;
    }

    private static String volume(ScriptedPair pair, int node) {
        pair.nodes[node].refresh();
        return Objects.requireNonNull(pair.snapshot(node)).volumes().getFirst().waitsFor();
    }

    private static ConnectionSnapshot connection(ScriptedPair pair, int node) {
        pair.nodes[node].refresh();
        return Objects.requireNonNull(pair.snapshot(node)).connections().getFirst();
    }

    private static PeerDeviceSnapshot device(ScriptedPair pair, int node) {
        return connection(pair, node).peerDevices().getFirst();
    }

    @Test
    void nothing_is_said_where_nothing_is_held() {
        ScriptedPair pair = primary();

        for (int n = 0; n < 2; n++) {
            assertEquals("", volume(pair, n));
            assertEquals("", device(pair, n).waitsFor());
            assertEquals("", connection(pair, n).reason());
        }
    }

    @Test
    void users_wait_for_resume_io() {
        ScriptedPair pair = primary();

        pair.nodes[0].suspendIo(ScriptedPair.VOLUME, true);
        pair.write(0, 0);
        pair.run(SECOND / 10);

        assertEquals("requests wait for resume-io: I/O is suspended by command", volume(pair, 0));
    }

    @Test
    void a_write_waits_for_the_activity_log() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();
        pair.primary(0, false);
        pair.run(SECOND);

        pair.meta.getFirst().faults().stallUntil(pair.clock.now() + 3 * SECOND);
        pair.write(0, 0);
        pair.run(SECOND / 10);

        assertEquals("requests wait for the activity log", volume(pair, 0));
    }

    @Test
    void a_write_waits_for_an_earlier_one_of_the_same_blocks() {
        ScriptedPair pair = primary();

        pair.data.getFirst().faults().stallUntil(pair.clock.now() + 3 * SECOND);
        pair.write(0, 0);
        pair.write(0, 0);
        pair.run(SECOND / 10);

        assertEquals(
                "requests wait for an earlier write, or a read of a resync or verify, of the same blocks",
                volume(pair, 0));
    }

    @Test
    void a_write_waits_for_the_superblock_when_the_peer_is_lost() {
        ScriptedPair pair = primary();

        pair.meta.getFirst().faults().stallUntil(pair.clock.now() + 5 * SECOND);
        pair.nodes[1].kill();
        pair.waitFor(() -> pair.state(0) != ConnectionState.CONNECTED);
        pair.write(0, 0);
        pair.run(SECOND / 10);

        assertEquals("requests wait for the superblock to be written", volume(pair, 0));
    }

    @Test
    void attaching_waits_for_the_metadata() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true);
        pair.meta.getFirst().faults().stallUntil(3 * SECOND);
        pair.nodes[0].start(true);
        pair.run(SECOND);

        assertEquals(DiskState.ATTACHING, pair.disk(0));
        assertEquals("attach waits for the metadata on the disk", volume(pair, 0));
    }

    @Test
    void detaching_waits_for_the_disk() {
        ScriptedPair pair = primary();

        pair.data.get(1).faults().stallUntil(pair.clock.now() + 3 * SECOND);
        pair.write(0, 0);
        pair.run(SECOND / 10);
        pair.nodes[1].detach(ScriptedPair.VOLUME, false, outcome -> {});
        pair.run(SECOND / 10);

        assertEquals(DiskState.DETACHING, pair.disk(1));
        assertEquals("detach waits for 1 operations of the disk", volume(pair, 1));
    }

    @Test
    void a_paused_resync_waits_for_the_node_that_paused_it() {
        ScriptedPair pair = resyncing();

        pair.nodes[0].pauseSync(ScriptedPair.VOLUME, true);
        pair.waitFor(() -> device(pair, 1).replication() == ReplicationState.PAUSED_SYNC_T);

        assertEquals(
                "resync waits for resume-sync on this node", device(pair, 0).waitsFor());
        assertEquals("resync waits for resume-sync on the peer", device(pair, 1).waitsFor());
    }

    @Test
    void a_resync_waits_for_answers_of_the_source() {
        ScriptedPair pair = resyncing();

        pair.data.getFirst().faults().stallUntil(pair.clock.now() + 8 * SECOND);
        pair.run(4 * SECOND);

        String waits = device(pair, 1).waitsFor();
        assertTrue(waits.matches("resync waits for the peer to answer \\d+ requests, since [34] s"), waits);
    }

    @Test
    void a_resync_waits_for_its_own_metadata() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, false).connected();

        pair.meta.get(1).faults().stallUntil(pair.clock.now() + 5 * SECOND);
        pair.primary(0, true);
        pair.waitFor(() -> device(pair, 1).replication() == ReplicationState.SYNC_TARGET);
        pair.run(SECOND / 10);

        assertEquals(
                "resync waits for own metadata to become durable",
                device(pair, 1).waitsFor());
    }

    @Test
    void a_resync_waits_for_blocks_that_cannot_be_read() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, false).connected();
        pair.primary(0, true);
        pair.waitFor(() -> device(pair, 1).replication() == ReplicationState.SYNC_TARGET);

        pair.data.getFirst().faults().badRange(3 << 20, (3 << 20) + 4096);
        pair.waitFor(() -> device(pair, 1).waitsFor().contains("could not be"));

        String waits = device(pair, 1).waitsFor();
        assertTrue(waits.matches("resync waits for \\d+ blocks that could not be read or written, .*"), waits);
    }

    @Test
    void a_connection_waits_for_a_peer_that_is_not_there() {
        ScriptedPair pair = primary();

        pair.nodes[1].kill();
        pair.waitFor(() -> pair.state(0) == ConnectionState.CONNECTING);
        pair.run(3 * SECOND);

        assertTrue(
                connection(pair, 0).reason().contains("waits for the peer to answer"),
                connection(pair, 0).reason());
    }
}
