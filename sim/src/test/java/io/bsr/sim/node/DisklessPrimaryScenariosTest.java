package io.bsr.sim.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.port.Errno;
import io.bsr.base.port.IoRequest;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.core.option.Protocol;
import io.bsr.sim.node.ScriptedPair.Ending;
import io.bsr.sim.node.ScriptedPair.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A Primary that loses its disk goes on with that of its peer, and everything comes back with the disk. */
final class DisklessPrimaryScenariosTest {
    private static final long SECOND = ScriptedPair.SECOND;
    private static final int EXTENT = 4 << 20;

    private static ScriptedPair pair(Protocol protocol, String family) {
        ScriptedPair pair = new ScriptedPair(
                        protocol, true, 1, Map.of("on-io-error", "detach"), Map.of("peer-family", family))
                .connected();
        pair.primary(0, false);
        return pair;
    }

    private static void detach(ScriptedPair pair) {
        Ending ending = new Ending();
        pair.nodes[0].detach(ScriptedPair.VOLUME, true, ending);
        assertTrue(pair.ended(ending).outcome().code().success());
    }

    private static void attach(ScriptedPair pair, int node) {
        Ending ending = new Ending();
        pair.nodes[node].attach(pair.nodes[node].volumes().getFirst(), ending);
        assertTrue(
                pair.ended(ending).outcome().code().success(), ending.outcome().detail());
    }

    private static byte[] contents(ScriptedPair pair, int node, long offset) {
        byte[] block = new byte[4096];
        pair.data.get(node).current().read(offset, block, 0, block.length);
        return block;
    }

    private static Request ended(ScriptedPair pair, Request request) {
        pair.waitFor(() -> request.errno >= 0);
        return request;
    }

    private static void assertReads(ScriptedPair pair, byte[] expected, long offset) {
        Request read = ended(pair, pair.read(0, offset));
        assertEquals(Errno.OK, read.errno);
        byte[] got = new byte[4096];
        Objects.requireNonNull(read.buffer).bytes().get(0, got);
        assertArrayEquals(expected, got);
    }

    /** Demotes, attaches, and waits until both disks are UpToDate. */
    private static void comeBack(ScriptedPair pair) {
        Ending demotion = new Ending();
        pair.nodes[0].secondary(demotion);
        assertTrue(pair.ended(demotion).outcome().code().success());
        attach(pair, 0);
        pair.waitFor(() -> pair.disk(0) == DiskState.UP_TO_DATE
                && pair.disk(1) == DiskState.UP_TO_DATE
                && pair.state(0) == ConnectionState.CONNECTED
                && pair.outOfSync(0) + pair.outOfSync(1) == 0
                && pair.generation(0) == pair.generation(1));
    }

    @ParameterizedTest
    @CsvSource({"A, bsr", "B, bsr", "C, bsr", "A, drbd84", "B, drbd84", "C, drbd84"})
    void users_go_on_after_a_detach_and_the_disk_gets_what_it_missed(Protocol protocol, String family) {
        ScriptedPair pair = pair(protocol, family);
        pair.written(0, 0);
        detach(pair);

        Request write = pair.written(0, 8192);
        byte[] written = contents(pair, 1, 8192);

        assertEquals(Errno.OK, write.errno);
        assertFalse(pair.data.get(1).writing(), "acknowledged before it was on the only disk");
        assertReads(pair, written, 8192);
        assertEquals(Errno.OK, ended(pair, pair.flush(0)).errno);
        assertEquals(DiskState.DISKLESS, pair.disk(0));
        comeBack(pair);
        assertArrayEquals(written, contents(pair, 0, 8192));
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void users_do_not_notice_a_disk_that_fails(Protocol protocol) {
        ScriptedPair pair = pair(protocol, "bsr");
        pair.written(0, 0);
        byte[] before = contents(pair, 1, 0);
        pair.data.get(0).faults().errors(1, 1, 1, Errno.EIO);

        Request write = pair.write(0, 8192);
        Request second = pair.write(0, EXTENT - 4096);
        Request overlapping = pair.write(0, 8192);
        Request read = pair.read(0, 0);
        Request flush = pair.flush(0);
        for (Request request : new Request[] {write, second, overlapping, read, flush}) {
            assertEquals(Errno.OK, ended(pair, request).errno);
        }

        assertReads(pair, before, 0);
        pair.data.get(0).faults().heal();
        byte[] written = contents(pair, 1, 8192);
        comeBack(pair);
        assertArrayEquals(written, contents(pair, 0, 8192));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bsr", "drbd84"})
    void a_crash_of_the_only_copy_forgets_no_block_that_the_other_disk_lacks(String family) {
        ScriptedPair pair = pair(Protocol.C, family);
        detach(pair);
        pair.written(0, 8192);
        byte[] written = contents(pair, 1, 8192);
        pair.nodes[1].kill();
        pair.waitFor(() -> pair.state(0) != ConnectionState.CONNECTED);

        assertEquals(Errno.EIO, ended(pair, pair.read(0, 8192)).errno);
        pair.nodes[1].start(true);
        pair.waitFor(() -> pair.disk(1) == DiskState.UP_TO_DATE
                && pair.state(0) == ConnectionState.CONNECTED
                && pair.state(1) == ConnectionState.CONNECTED);
        pair.run(SECOND);

        assertReads(pair, written, 8192);
        comeBack(pair);
        assertArrayEquals(written, contents(pair, 0, 8192));
    }

    @Test
    void what_may_be_lost_with_the_only_copy_is_told_by_the_next_flush() {
        ScriptedPair pair = pair(Protocol.C, "bsr");
        detach(pair);
        assertEquals(Errno.OK, pair.written(0, 8192).errno);
        pair.nodes[1].kill();
        pair.nodes[1].start(true);
        pair.waitFor(() -> pair.disk(1) == DiskState.UP_TO_DATE && pair.state(1) == ConnectionState.CONNECTED);
        pair.run(SECOND);

        assertEquals(Errno.EIO, ended(pair, pair.flush(0)).errno);
        assertEquals(Errno.OK, ended(pair, pair.flush(0)).errno);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bsr", "drbd84"})
    void users_are_not_given_other_data_than_those_they_have_seen(String family) {
        ScriptedPair pair = pair(Protocol.C, family);
        detach(pair);
        pair.written(0, 8192);
        pair.nodes[1].kill();
        pair.waitFor(() -> pair.state(0) != ConnectionState.CONNECTED);
        Ending alone = new Ending();
        pair.nodes[0].disconnect(false, alone);
        pair.ended(alone);
        pair.nodes[1].start(true);
        pair.waitFor(() -> pair.disk(1) == DiskState.UP_TO_DATE);
        assertTrue(pair.primary(1, false).outcome().code().success());
        pair.written(1, 8192);
        Ending demotion = new Ending();
        pair.nodes[1].secondary(demotion);
        pair.ended(demotion);

        pair.nodes[0].connect(false, new Ending());
        pair.waitFor(() -> pair.state(0) == ConnectionState.STANDALONE);

        assertEquals(Errno.EIO, ended(pair, pair.read(0, 8192)).errno);
        assertTrue(pair.log.stream().anyMatch(line -> line.contains("its users have seen data of generation")));
    }

    @ParameterizedTest
    @CsvSource({"A, bsr, true", "C, bsr, false", "A, drbd84, false", "C, drbd84, true"})
    void a_disk_is_attached_and_resynchronised_under_the_users(Protocol protocol, String family, boolean fails) {
        ScriptedPair pair = pair(protocol, family);
        for (int block = 0; block < 64; block++) {
            pair.written(0, block * 4096L);
        }
        if (fails) {
            pair.data.get(0).faults().errors(1, 1, 1, Errno.EIO);
            pair.written(0, 0);
            pair.waitFor(() -> pair.disk(0) == DiskState.DISKLESS);
            pair.data.get(0).faults().heal();
        } else {
            detach(pair);
        }
        for (int block = 0; block < 64; block++) {
            pair.written(0, block * 4096L);
        }
        List<Request> requests = new ArrayList<>();
        Ending attach = new Ending();
        pair.nodes[0].attach(pair.nodes[0].volumes().getFirst(), attach);

        for (int round = 0; pair.disk(0) != DiskState.UP_TO_DATE; round++) {
            requests.add(pair.write(0, (round * 7 % 64) * 4096L));
            Request read = pair.read(0, (round * 13 % 64) * 4096L);
            requests.add(read);
            pair.run(SECOND / 200);
            pair.nodes[0].refresh();
            assertTrue(round < 20_000, () -> String.join("\n", pair.log));
        }

        assertTrue(
                pair.ended(attach).outcome().code().success(), attach.outcome().detail());
        for (Request request : requests) {
            assertEquals(Errno.OK, ended(pair, request).errno, "at " + request.offset);
            if (request.operation == IoRequest.Operation.READ) {
                assertNotEquals(
                        -1, Objects.requireNonNull(request.buffer).bytes().getLong(0), "nothing was read");
            }
        }
        pair.run(SECOND);
        for (int block = 0; block < 64; block++) {
            assertArrayEquals(contents(pair, 1, block * 4096L), contents(pair, 0, block * 4096L), "block " + block);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bsr", "drbd84"})
    void what_a_user_writes_is_not_overwritten_by_a_block_that_the_peer_had_read_before(String family) {
        ScriptedPair pair = pair(Protocol.C, family);
        detach(pair);
        for (int block = 0; block < 64; block++) {
            pair.written(0, block * 4096L);
        }
        attach(pair, 0);
        pair.waitFor(() -> pair.log.stream().anyMatch(line -> line.contains("began resync as SyncTarget")));

        for (int round = 0; pair.disk(0) != DiskState.UP_TO_DATE; round++) {
            // What the target asks for now is read, and answered half a second later.
            pair.data.get(1).faults().stallUntil(pair.clock.now() + SECOND / 2);
            pair.run(SECOND / 4);
            for (int block = 0; block < 64; block++) {
                pair.write(0, block * 4096L);
            }
            pair.run(SECOND / 2);
            pair.nodes[0].refresh();
            assertTrue(round < 200, () -> String.join("\n", pair.log));
        }

        pair.run(SECOND);
        for (int block = 0; block < 64; block++) {
            assertArrayEquals(contents(pair, 1, block * 4096L), contents(pair, 0, block * 4096L), "block " + block);
        }
    }

    @Test
    void a_disk_that_is_behind_is_not_attached_under_a_primary_without_its_peer() {
        ScriptedPair pair = pair(Protocol.C, "bsr");
        detach(pair);
        pair.written(0, 8192);
        pair.nodes[1].kill();
        pair.waitFor(() -> pair.state(0) != ConnectionState.CONNECTED);

        Ending attach = new Ending();
        pair.nodes[0].attach(pair.nodes[0].volumes().getFirst(), attach);

        assertEquals(ErrorCode.DATA_NOT_CURRENT, pair.ended(attach).outcome().code());
        assertEquals(DiskState.DISKLESS, pair.disk(0));
    }

    @Test
    void a_disk_that_missed_writes_cannot_be_promoted_while_the_other_is_away() {
        ScriptedPair pair = pair(Protocol.C, "bsr");
        detach(pair);
        pair.written(0, 8192);
        pair.nodes[1].kill();
        pair.waitFor(() -> pair.state(0) != ConnectionState.CONNECTED);
        Ending demotion = new Ending();
        pair.nodes[0].secondary(demotion);
        pair.ended(demotion);
        attach(pair, 0);

        Ending promotion = pair.primary(0, false);

        assertEquals(ErrorCode.NO_UP_TO_DATE_DISK, promotion.outcome().code());
        assertNotEquals(DiskState.UP_TO_DATE, pair.disk(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bsr", "drbd84"})
    void the_last_good_data_of_users_are_taken_away_by_force_only(String family) {
        ScriptedPair pair = pair(Protocol.C, family);
        detach(pair);
        pair.run(SECOND);
        Ending peerDetaches = new Ending();
        Ending peerLeaves = new Ending();
        Ending leaves = new Ending();
        Ending forced = new Ending();

        pair.nodes[1].detach(ScriptedPair.VOLUME, false, peerDetaches);
        pair.ended(peerDetaches);
        pair.nodes[1].disconnect(false, peerLeaves);
        pair.ended(peerLeaves);
        pair.nodes[0].disconnect(false, leaves);
        pair.ended(leaves);
        Request write = pair.written(0, 0);
        pair.nodes[0].disconnect(true, forced);
        pair.ended(forced);

        assertEquals(ErrorCode.NO_UP_TO_DATE_DISK, peerDetaches.outcome().code());
        assertEquals(ErrorCode.NO_UP_TO_DATE_DISK, peerLeaves.outcome().code());
        assertEquals(ErrorCode.NO_UP_TO_DATE_DISK, leaves.outcome().code());
        assertEquals(Errno.OK, write.errno);
        assertEquals(ConnectionState.STANDALONE, pair.state(0));
    }
}
