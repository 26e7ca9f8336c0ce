package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.frontend.nbd.ExportClient;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL in the middle of a resync: afterwards it goes on, and both copies are equal. */
class ResyncCrashTest {
    /** So that a resync of {@link #RESYNCED} blocks takes long enough to be caught in the middle. */
    private static final String SLOW = "c-plan-ahead 0; resync-rate 4M;";

    private static final int BLOCK = Ledger.BLOCK;
    private static final int RESYNCED = 4096;
    private static final int CYCLES = 1;

    private final Path folder;

    ResyncCrashTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** Alpha is Primary and writes alone; then beta comes back, and a slow resync to it begins. */
    private static void startSlowResync(Pair pair, Ledger ledger, int cycle) throws IOException {
        pair.beta().must("disconnect", Pair.RESOURCE);
        pair.alpha().await("alone", s -> !s.isConnected());
        byte[] data = new byte[BLOCK];
        try (ExportClient client = pair.alpha().openVolume()) {
            for (int i = 0; i < RESYNCED; i++) {
                data[0] = (byte) (cycle + 1);
                data[1] = (byte) i;
                client.write((16L << 20) + (long) i * BLOCK, data);
            }
            for (int i = 0; i < 200; i++) {
                ledger.writeOne(client);
            }
        }
        rate(pair, SLOW);
        pair.alpha().await("the resync", s -> replication(s) == ReplicationState.SYNC_SOURCE);
        State target = pair.beta()
                .await("some of the resync", s -> replication(s) == ReplicationState.SYNC_TARGET && resynced(s) > 0);
        assertEquals(DiskState.INCONSISTENT, target.volume().disk());
    }

    private static ReplicationState replication(State state) {
        return state.peer().map(p -> p.replication()).orElse(ReplicationState.OFF);
    }

    /** Blocks of the resync that are done. */
    private static long resynced(State state) {
        return RESYNCED - state.outOfSyncBytes() / BLOCK;
    }

    /** Adjusting connects too. */
    private static void rate(Pair pair, String options) throws IOException {
        pair.disk(options);
        for (Node node : new Node[] {pair.alpha(), pair.beta()}) {
            pair.configure(node, "");
            if (node.alive()) {
                node.must("adjust", Pair.RESOURCE);
            }
        }
    }

    private static void assertEqual(Pair pair, Ledger ledger) throws IOException {
        pair.awaitInSync();
        try (ExportClient client = pair.alpha().openVolume()) {
            ledger.verify(client);
        }
        assertEquals(-1, pair.firstDifference());
    }

    @Test
    void a_target_that_is_killed_during_a_resync_stays_inconsistent_until_the_rest_has_arrived() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            Ledger ledger = new Ledger(0, 512, 31);

            for (int cycle = 0; cycle < CYCLES; cycle++) {
                startSlowResync(pair, ledger, cycle);
                try (Load load = new Load(pair.alpha(), ledger)) {
                    long before = ledger.count();
                    pair.alpha().until("writes beside the resync", () -> ledger.count() > before + 20);
                    pair.beta().kill();
                    assertTrue(load.finish(), "the application notices nothing");
                }
                pair.alpha().await("alone", s -> !s.isConnected());
                assertTrue(pair.alpha().now().outOfSyncBytes() > 0, "killed too late");
                rate(pair, Pair.FAST);
                pair.alpha().must("disconnect", Pair.RESOURCE);
                Pair.comeBack(pair.beta());

                assertEquals(DiskState.INCONSISTENT, pair.beta().now().volume().disk());
                assertNotEquals(0, pair.beta().adm("primary", Pair.RESOURCE).code(), "half a resync is no data");
                pair.alpha().must("connect", Pair.RESOURCE);
                assertEqual(pair, ledger);
                assertTrue(
                        pair.beta().now().receivedBytes() < pair.alpha().now().volumeBytes(),
                        "only what was left travelled");
            }
        }
    }

    @Test
    void a_source_that_is_killed_during_a_resync_leaves_a_target_that_nobody_can_use_until_it_is_back()
            throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            Ledger ledger = new Ledger(0, 512, 32);

            for (int cycle = 0; cycle < CYCLES; cycle++) {
                startSlowResync(pair, ledger, cycle);
                try (Load load = new Load(pair.alpha(), ledger)) {
                    long before = ledger.count();
                    pair.alpha().until("writes beside the resync", () -> ledger.count() > before + 20);
                    pair.alpha().kill();
                    load.finish();
                }
                State left = pair.beta().await("the loss of the source", s -> !s.isConnected());
                assertEquals(DiskState.INCONSISTENT, left.volume().disk());
                assertNotEquals(0, pair.beta().adm("primary", Pair.RESOURCE).code(), "half a resync is no data");
                rate(pair, Pair.FAST);
                Pair.comeBack(pair.alpha());

                pair.awaitInSync();
                pair.alpha().must("primary", Pair.RESOURCE);
                assertEqual(pair, ledger);
            }
        }
    }

    @Test
    void both_nodes_killed_during_a_resync_go_on_with_it() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            Ledger ledger = new Ledger(0, 512, 33);
            startSlowResync(pair, ledger, 0);

            pair.alpha().kill();
            pair.beta().kill();
            rate(pair, Pair.FAST);
            Pair.comeBack(pair.beta());
            Pair.comeBack(pair.alpha());

            pair.awaitInSync();
            pair.alpha().must("primary", Pair.RESOURCE);
            assertEqual(pair, ledger);
        }
    }
}
