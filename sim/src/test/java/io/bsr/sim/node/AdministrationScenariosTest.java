package io.bsr.sim.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.port.Errno;
import io.bsr.base.port.VolumePort;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.core.option.Protocol;
import io.bsr.metadata.Superblock;
import io.bsr.sim.node.ScriptedPair.Ending;
import io.bsr.sim.node.ScriptedPair.Request;
import org.junit.jupiter.api.Test;

/** suspend-io, resume-io, new-current-uuid and forget-peer. */
final class AdministrationScenariosTest {
    private static final long SECOND = ScriptedPair.SECOND;

    private static void suspend(ScriptedPair pair, boolean suspend) {
        pair.nodes[0].suspendIo(ScriptedPair.VOLUME, suspend);
        pair.run(SECOND / 10);
    }

    private static boolean logged(ScriptedPair pair, String text) {
        return pair.log.stream().anyMatch(line -> line.contains(text));
    }

    // ---- suspend-io, resume-io

    @Test
    void a_request_waits_while_io_is_suspended_and_begins_when_it_is_resumed() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();
        pair.primary(0, false);
        suspend(pair, true);

        Request write = pair.write(0, 0);
        pair.run(30 * SECOND);
        int beforeResume = write.errno;
        String shown = pair.suspended(0);
        suspend(pair, false);
        pair.waitFor(() -> write.errno >= 0);

        assertEquals(-1, beforeResume);
        assertEquals("user", shown);
        assertEquals(Errno.OK, write.errno);
        assertEquals("no", pair.suspended(0));
    }

    @Test
    void a_write_that_has_begun_ends_although_io_is_suspended() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();
        pair.primary(0, false);
        pair.data.get(0).faults().stallUntil(pair.clock.now() + 5 * SECOND);
        Request write = pair.write(0, 0);
        pair.run(SECOND);

        suspend(pair, true);
        pair.run(10 * SECOND);

        assertEquals(Errno.OK, write.errno);
    }

    @Test
    void down_is_refused_and_does_not_hang_while_a_user_waits_for_suspended_io() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();
        pair.primary(0, false);
        VolumePort.User user = new Visitor();
        pair.nodes[0].inTurn(r -> assertNull(pair.port(0).open(user)));
        suspend(pair, true);
        pair.write(0, 0);

        Ending down = new Ending();
        pair.nodes[0].down(down);
        pair.run(SECOND);

        assertEquals(ErrorCode.DEVICE_IN_USE, down.outcome().code());
    }

    @Test
    void what_a_user_left_behind_fails_and_then_the_node_can_be_demoted() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();
        pair.primary(0, false);
        VolumePort.User user = new Visitor();
        pair.nodes[0].inTurn(r -> assertNull(pair.port(0).open(user)));
        suspend(pair, true);
        Request write = pair.write(0, 0, user);
        pair.run(SECOND);

        pair.nodes[0].inTurn(r -> pair.port(0).abandon(user));
        pair.waitFor(() -> write.errno >= 0);
        pair.nodes[0].inTurn(r -> pair.port(0).close(user));
        Ending demotion = new Ending();
        pair.nodes[0].secondary(demotion);

        assertEquals(Errno.EIO, write.errno);
        assertTrue(pair.ended(demotion).outcome().code().success());
    }

    @Test
    void resuming_begins_the_generation_that_was_due() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();
        pair.primary(0, false);
        pair.written(0, 0);
        suspend(pair, true);
        pair.nodes[1].kill();
        pair.waitFor(() -> pair.state(0) != ConnectionState.CONNECTED);
        pair.run(SECOND);
        long before = pair.generation(0);

        suspend(pair, false);
        pair.run(SECOND);
        pair.nodes[0].refresh();
        pair.run(SECOND);

        assertNotEquals(before, pair.generation(0));
    }

    // ---- new-current-uuid

    @Test
    void both_just_created_disks_become_up_to_date_without_a_resync() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, false).connected();
        assertEquals(DiskState.INCONSISTENT, pair.disk(0));

        Ending command = pair.newCurrentUuid(0, true);
        pair.run(SECOND);

        assertTrue(command.outcome().code().success(), command.outcome().detail());
        assertEquals(DiskState.UP_TO_DATE, pair.disk(0));
        assertEquals(DiskState.UP_TO_DATE, pair.disk(1));
        assertEquals(pair.generation(0), pair.generation(1));
        assertEquals(0, pair.outOfSync(0) + pair.outOfSync(1));
        assertTrue(pair.log.stream().noneMatch(line -> line.contains("SyncTarget")), String.join("\n", pair.log));
        assertTrue(pair.primary(1, false).outcome().code().success());
        assertEquals(Errno.OK, pair.written(1, 0).errno);
    }

    @Test
    void a_crash_while_the_first_resync_is_skipped_leaves_two_nodes_that_come_together() {
        for (long micros = 0; micros < 6000; micros += 150) {
            for (int victim = 0; victim < 2; victim++) {
                ScriptedPair pair = new ScriptedPair(Protocol.C, false).connected();
                pair.nodes[0].newCurrentUuid(ScriptedPair.VOLUME, true, true, new Ending());
                pair.run(micros * 1000);

                pair.nodes[victim].kill();
                pair.run(SECOND);
                pair.nodes[victim].start(true);
                pair.waitFor(() -> pair.state(0) == ConnectionState.CONNECTED
                        && pair.state(1) == ConnectionState.CONNECTED
                        && pair.disk(0) == pair.disk(1));
                pair.run(SECOND);

                String when = "n" + victim + " killed after " + micros + " us";
                boolean created = pair.generation(0) == Superblock.UUID_JUST_CREATED;
                assertEquals(created ? DiskState.INCONSISTENT : DiskState.UP_TO_DATE, pair.disk(0), when);
                assertEquals(pair.generation(0), pair.generation(1), when);
                assertEquals(created ? pair.outOfSync(0) : 0, pair.outOfSync(0), when);
            }
        }
    }

    @Test
    void a_connected_node_gets_no_generation_of_its_own() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();

        Ending plain = pair.newCurrentUuid(0, false);
        Ending clearing = pair.newCurrentUuid(0, true);

        assertEquals(ErrorCode.NEED_STANDALONE, plain.outcome().code());
        assertEquals(ErrorCode.NEED_STANDALONE, clearing.outcome().code());
    }

    @Test
    void what_is_written_after_the_bitmap_was_cleared_is_all_that_a_copy_of_that_moment_needs() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();
        pair.disconnected(0);
        pair.primary(0, false);
        pair.written(0, 0);
        long copied = pair.generation(0);

        Ending first = pair.newCurrentUuid(0, true);
        pair.run(SECOND);
        long cleared = pair.outOfSync(0);
        pair.written(0, 1 << 20);
        Ending second = pair.newCurrentUuid(0, false);
        pair.nodes[0].refresh();
        pair.run(SECOND);

        assertTrue(first.outcome().code().success() && second.outcome().code().success());
        assertEquals(0, cleared);
        assertEquals(1, pair.outOfSync(0));
        assertNotEquals(copied, pair.generation(0));
    }

    @Test
    void the_bitmap_is_not_cleared_under_a_write_in_flight() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();
        pair.disconnected(0);
        pair.primary(0, false);
        pair.written(0, 0);
        pair.data.get(0).faults().stallUntil(pair.clock.now() + 5 * SECOND);
        Request inFlight = pair.write(0, 4096);
        pair.run(SECOND);
        Ending clear = new Ending();

        pair.nodes[0].newCurrentUuid(ScriptedPair.VOLUME, true, true, clear);
        Request later = pair.write(0, 8192);
        pair.run(SECOND);
        assertNull(clear.outcome);
        pair.ended(clear);
        pair.waitFor(() -> later.errno >= 0);
        pair.nodes[0].refresh();
        pair.run(SECOND);

        assertEquals(Errno.OK, inFlight.errno);
        assertEquals(1, pair.outOfSync(0), "the write that came while the bitmap was being cleared");
    }

    // ---- forget-peer

    @Test
    void a_connected_peer_cannot_be_forgotten() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();

        assertEquals(ErrorCode.NET_CONFIGURED, pair.forgotten(0).outcome().code());
    }

    @Test
    void a_forgotten_peer_that_comes_back_unchanged_is_in_sync() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();
        pair.disconnected(0);

        assertTrue(pair.forgotten(0).outcome().code().success());
        assertEquals(ErrorCode.INVALID_PEER_NODE_ID, pair.forgotten(0).outcome().code());
        reconnect(pair);

        assertEquals(0, pair.outOfSync(0) + pair.outOfSync(1));
        assertTrue(!logged(pair, "SyncTarget"));
    }

    @Test
    void a_forgotten_peer_gets_everything_if_this_node_wrote_meanwhile() {
        for (boolean crash : new boolean[] {false, true}) {
            for (boolean primaryFirst : new boolean[] {false, true}) {
                ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();
                pair.disconnected(0);
                if (primaryFirst) {
                    pair.primary(0, false);
                }
                pair.forgotten(0);
                pair.primary(0, false);
                assertEquals(Errno.OK, pair.written(0, 64 << 10).errno);
                if (crash) {
                    pair.nodes[0].kill();
                    pair.nodes[0].start(true);
                    pair.waitFor(() -> pair.disk(0).atLeast(DiskState.INCONSISTENT));
                } else {
                    Ending demotion = new Ending();
                    pair.nodes[0].secondary(demotion);
                    pair.ended(demotion);
                }
                reconnect(pair);

                assertTrue(logged(pair, "SyncTarget"), String.join("\n", pair.log));
                assertEquals(DiskState.UP_TO_DATE, pair.disk(1));
                assertEquals(pair.generation(0) & ~1, pair.generation(1) & ~1);
            }
        }
    }

    @Test
    void what_a_forgotten_peer_lacked_before_is_not_forgotten() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();
        pair.disconnected(0);
        pair.primary(0, false);
        pair.written(0, 0);

        pair.forgotten(0);
        reconnect(pair);

        assertTrue(logged(pair, "SyncTarget"));
        assertEquals(DiskState.UP_TO_DATE, pair.disk(1));
        assertEquals(pair.generation(0) & ~1, pair.generation(1) & ~1);
    }

    @Test
    void volumes_are_outdated_together_or_not_at_all() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true, 2).connected();
        pair.disconnected(0);
        Ending alone = new Ending();
        pair.nodes[1].disconnect(false, alone);
        pair.ended(alone);
        pair.primary(0, false);
        pair.written(0, 0);
        Ending splitBrain = new Ending();
        pair.nodes[1].newCurrentUuid(1, false, true, splitBrain);
        pair.ended(splitBrain);

        pair.nodes[0].connect(false, new Ending());
        pair.nodes[1].connect(false, new Ending());
        pair.waitFor(() -> logged(pair, "n1 r0 n0: gave up"));
        pair.run(SECOND);

        assertEquals(DiskState.UP_TO_DATE, pair.disk(1), "volume 0 could be resynced, volume 1 could not");
        assertTrue(!logged(pair, "WFBitMap"), String.join("\n", pair.log));
    }

    private static void reconnect(ScriptedPair pair) {
        pair.nodes[0].connect(false, new Ending());
        pair.nodes[1].connect(false, new Ending());
        pair.waitFor(() -> pair.state(0) == ConnectionState.CONNECTED
                && pair.state(1) == ConnectionState.CONNECTED
                && pair.disk(0) == pair.disk(1));
        pair.run(5 * SECOND);
        pair.nodes[0].refresh();
        pair.nodes[1].refresh();
        pair.run(SECOND / 10);
    }

    private static final class Visitor implements VolumePort.User {
        @Override
        public String description() {
            return "a visitor";
        }

        @Override
        public void resized(long size) {}

        @Override
        public void revoked(String reason) {}
    }
}
