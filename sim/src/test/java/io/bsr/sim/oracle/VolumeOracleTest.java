package io.bsr.sim.oracle;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.memory.Buffer;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.option.Protocol;
import io.bsr.sim.disk.DiskCharacter;
import io.bsr.sim.disk.SimDisk;
import io.bsr.sim.time.EventHash;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.time.VirtualClock;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Each test plants one lie of a replication engine and expects the oracle to see it; and checks that honesty passes. */
final class VolumeOracleTest {
    private static final int SECTORS = 1024;

    private final VirtualClock clock = new VirtualClock();
    private final PairOfViews pair = new PairOfViews();
    private final SimDisk[] disks = {disk(0), disk(1)};
    private final BufferPool pool = new BufferPool(4 << 20);
    private VolumeOracle oracle = oracle(Protocol.C);

    VolumeOracleTest() {
        pair.connected();
    }

    private SimDisk disk(int node) {
        return new SimDisk(
                "n" + node,
                node,
                SECTORS * 512L,
                DiskCharacter.PLAIN,
                clock,
                new EventHash(),
                new SimRandom(1),
                new Timeline(clock, Timeline.Detail.NOTHING, 0, line -> {}));
    }

    private VolumeOracle oracle(Protocol protocol) {
        return new VolumeOracle(0, SECTORS, protocol, false, disks, disks, pair.views, new Stamps());
    }

    private WriteRecord begin(int node, int sector, int count) {
        return oracle.begin(node, WriteRecord.Kind.WRITE, sector, count, false);
    }

    private void store(WriteRecord write, int... nodes) {
        byte[] data = new byte[write.count * SectorPattern.SECTOR];
        SectorPattern.fill(data, 0, 0, write.id, write.firstSector, write.count);
        for (int node : nodes) {
            disks[node].prepare(write.firstSector * SectorPattern.SECTOR, data);
        }
    }

    private void acknowledge(WriteRecord write) {
        oracle.completed(write, true);
        oracle.settle(write);
    }

    private WriteRecord honestWrite(int node, int sector, int count) {
        WriteRecord write = begin(node, sector, count);
        store(write, 0, 1);
        acknowledge(write);
        return write;
    }

    private static void violates(String invariant, Executable action) {
        Violation violation = assertThrows(Violation.class, action);
        assertEquals(invariant, violation.invariant(), violation.getMessage());
    }

    private Buffer contents(WriteRecord write) {
        Buffer buffer = pool.tryAcquire(write.count * SectorPattern.SECTOR);
        if (buffer == null) {
            throw new AssertionError("pool exhausted");
        }
        SectorPattern.fill(buffer, 0, write.id, write.firstSector, write.count);
        return buffer;
    }

    private void targetOf(int node) {
        pair.says(
                node,
                Role.SECONDARY,
                DiskState.INCONSISTENT,
                ConnectionState.CONNECTED,
                ReplicationState.SYNC_TARGET,
                DiskState.UP_TO_DATE);
    }

    @Test
    void honest_replication_passes() {
        WriteRecord write = honestWrite(0, 8, 16);
        oracle.completed(oracle.beginRead(0, 8, 16), contents(write));

        assertDoesNotThrow(oracle::converged);
        assertEquals(1, oracle.timesConverged());
    }

    @Test
    void an_acknowledgement_before_the_peer_has_the_write_is_seen_under_protocol_C() {
        WriteRecord write = begin(0, 8, 8);
        store(write, 0);

        violates("I1", () -> acknowledge(write));
    }

    @Test
    void an_acknowledgement_before_the_local_disk_has_the_write_is_seen_under_every_protocol() {
        oracle = oracle(Protocol.A);
        WriteRecord write = begin(0, 8, 8);

        violates("I1", () -> acknowledge(write));
    }

    @Test
    void protocol_A_may_acknowledge_what_the_peer_does_not_have() {
        oracle = oracle(Protocol.A);
        WriteRecord write = begin(0, 8, 8);
        store(write, 0);

        assertDoesNotThrow(() -> acknowledge(write));
    }

    @Test
    void a_stale_read_is_seen() {
        WriteRecord first = honestWrite(0, 8, 8);
        honestWrite(0, 8, 8);
        Read read = oracle.beginRead(0, 8, 8);

        violates("I2", () -> oracle.completed(read, contents(first)));
    }

    @Test
    void a_read_may_return_either_side_of_a_write_in_flight() {
        WriteRecord first = honestWrite(0, 8, 8);
        WriteRecord second = begin(0, 8, 8);
        Read one = oracle.beginRead(0, 8, 8);
        Read two = oracle.beginRead(0, 8, 8);

        assertDoesNotThrow(() -> oracle.completed(one, contents(first)));
        assertDoesNotThrow(() -> oracle.completed(two, contents(second)));
    }

    @Test
    void a_flush_that_leaves_a_write_in_a_cache_is_seen() {
        WriteRecord write = begin(0, 8, 8);
        byte[] data = new byte[8 * SectorPattern.SECTOR];
        SectorPattern.fill(data, 0, 0, write.id, 8, 8);
        disks[1].prepare(8 * SectorPattern.SECTOR, data);
        disks[0].prepareCached(8 * SectorPattern.SECTOR, data);
        acknowledge(write);
        Flush flush = oracle.beginFlush(0);

        violates("I1", () -> oracle.settle(flush));
    }

    @Test
    void a_write_with_fua_that_sits_in_the_peers_cache_is_seen() {
        WriteRecord write = oracle.begin(0, WriteRecord.Kind.WRITE, 8, 8, true);
        byte[] data = new byte[8 * SectorPattern.SECTOR];
        SectorPattern.fill(data, 0, 0, write.id, 8, 8);
        disks[0].prepare(8 * SectorPattern.SECTOR, data);
        disks[1].prepareCached(8 * SectorPattern.SECTOR, data);

        violates("I1", () -> acknowledge(write));
    }

    @Test
    void a_write_that_vanishes_when_the_process_is_killed_is_seen() {
        WriteRecord old = honestWrite(0, 8, 8);
        honestWrite(0, 8, 8);
        store(old, 0);

        violates("I1", () -> oracle.killed(0));
    }

    @Test
    void an_unflushed_write_may_vanish_with_the_power() {
        WriteRecord old = honestWrite(0, 8, 8);
        honestWrite(0, 8, 8);
        store(old, 0);
        BitSet changed = new BitSet();
        changed.set(1);

        assertDoesNotThrow(() -> oracle.powerLost(0, changed, false));
    }

    @Test
    void a_secondary_with_a_later_write_but_not_its_predecessor_is_seen() {
        oracle = oracle(Protocol.A);
        WriteRecord first = begin(0, 8, 8);
        store(first, 0);
        acknowledge(first);
        WriteRecord second = begin(0, 64, 8);
        store(second, 0, 1);
        acknowledge(second);

        violates("I8", () -> oracle.killed(1));
    }

    @Test
    void a_secondary_with_a_prefix_of_the_writes_passes() {
        oracle = oracle(Protocol.A);
        WriteRecord first = begin(0, 8, 8);
        store(first, 0, 1);
        acknowledge(first);
        WriteRecord second = begin(0, 64, 8);
        store(second, 0);
        acknowledge(second);

        assertDoesNotThrow(() -> oracle.killed(1));
    }

    @Test
    void silent_divergence_is_seen() {
        oracle = oracle(Protocol.A);
        WriteRecord write = begin(0, 8, 8);
        store(write, 0);
        acknowledge(write);

        violates("I4", oracle::converged);
    }

    @Test
    void a_write_lost_on_both_sides_is_seen() {
        WriteRecord old = honestWrite(0, 8, 8);
        honestWrite(0, 8, 8);
        store(old, 0, 1);

        violates("I1", oracle::converged);
    }

    @Test
    void garbled_contents_are_seen_even_if_they_are_equal() {
        honestWrite(0, 8, 8);
        byte[] noise = new byte[512];
        new SimRandom(9).fill(noise);
        disks[0].prepare(8 * 512, noise);
        disks[1].prepare(8 * 512, noise);

        assertThrows(Violation.class, oracle::converged);
    }

    private void splitBrain() {
        pair.alone(0, Role.PRIMARY);
        pair.alone(1, Role.PRIMARY);
        WriteRecord left = begin(0, 8, 8);
        store(left, 0);
        acknowledge(left);
        WriteRecord right = begin(1, 64, 8);
        store(right, 1);
        acknowledge(right);
    }

    @Test
    void independent_writes_are_noticed() {
        assertFalse(oracle.independentWrites());

        splitBrain();

        assertTrue(oracle.independentWrites());
    }

    @Test
    void a_resync_that_discards_acknowledged_writes_unasked_is_seen() {
        splitBrain();
        targetOf(1);

        violates("I5", () -> oracle.observe(1));
    }

    @Test
    void a_resync_may_discard_what_the_administrator_gave_up() {
        splitBrain();
        oracle.giveUp(1);
        targetOf(1);

        assertDoesNotThrow(() -> oracle.observe(1));
    }

    @Test
    void an_inconsistent_copy_that_becomes_good_without_a_source_is_seen() {
        oracle.unsynced();
        pair.views[0].gone();
        pair.alone(0, Role.SECONDARY);

        violates("I1", () -> oracle.observe(0));
    }

    @Test
    void after_a_resync_the_target_must_have_what_the_source_has() {
        oracle = oracle(Protocol.C);
        pair.alone(0, Role.PRIMARY);
        WriteRecord write = begin(0, 8, 8);
        store(write, 0);
        acknowledge(write);
        targetOf(1);
        oracle.observe(1);
        pair.connected();
        oracle.observe(1);

        violates("I1", () -> oracle.killed(1));
    }

    private void outdated(int node, Role role, DiskState disk) {
        pair.says(node, role, disk, ConnectionState.CONNECTING, ReplicationState.OFF, DiskState.UNKNOWN);
        oracle.observe(node);
    }

    @Test
    void an_outdated_copy_is_not_used() {
        outdated(1, Role.SECONDARY, DiskState.OUTDATED);

        violates("I1", () -> outdated(1, Role.PRIMARY, DiskState.OUTDATED));
    }

    @Test
    void an_outdated_copy_does_not_become_good_by_a_restart() {
        outdated(1, Role.SECONDARY, DiskState.OUTDATED);
        oracle.noteStored(1, () -> false);
        oracle.killed(1);

        violates("I1", () -> outdated(1, Role.SECONDARY, DiskState.UP_TO_DATE));
    }

    @Test
    void a_good_copy_that_lacks_a_mirrored_write_is_seen_before_its_node_is_killed() {
        WriteRecord write = honestWrite(0, 8, 8);
        assertDoesNotThrow(() -> oracle.imagineKilled(1));

        disks[1].prepare(write.firstSector * SectorPattern.SECTOR, new byte[SectorPattern.SECTOR]);

        violates("I1", () -> oracle.imagineKilled(1));
    }
}
