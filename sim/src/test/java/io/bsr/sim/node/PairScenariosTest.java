package io.bsr.sim.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.port.Errno;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.core.option.Protocol;
import io.bsr.sim.node.ScriptedPair.Ending;
import org.junit.jupiter.api.Test;

/** What the simulator has found in the core, each as the shortest story that shows it. */
final class PairScenariosTest {
    private static final long SECOND = ScriptedPair.SECOND;

    @Test
    void a_promotion_waits_for_what_the_former_primary_sent() {
        ScriptedPair pair = new ScriptedPair(Protocol.B, true).connected();
        pair.primary(0, false);
        pair.data.get(1).faults().stallUntil(pair.clock.now() + 5 * SECOND);
        assertEquals(Errno.OK, pair.written(0, 0).errno);
        pair.nodes[0].kill();
        Ending promotion = new Ending();

        pair.nodes[1].primary(false, promotion);
        pair.run(SECOND);

        assertNull(promotion.outcome, "the disk of n1 stands still with a write of n0 on its way");
        assertTrue(pair.ended(promotion).outcome().code().success());
        assertFalse(pair.data.get(1).writing());
    }

    @Test
    void connect_is_refused_while_the_resource_is_taken_down() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();
        pair.meta.get(1).faults().stallUntil(pair.clock.now() + 5 * SECOND);
        Ending down = new Ending();
        Ending connect = new Ending();

        pair.nodes[1].down(down);
        pair.run(SECOND);
        pair.nodes[1].connect(false, connect);

        assertEquals(ErrorCode.IN_TRANSIENT_STATE, pair.ended(connect).outcome().code());
        assertTrue(pair.ended(down).outcome().code().success());
        pair.run(5 * SECOND);
        assertNotEquals(ConnectionState.CONNECTED, pair.state(0));
    }

    @Test
    void a_crash_in_a_forced_promotion_leaves_no_good_data_without_a_generation() {
        for (long micros = 0; micros < 3000; micros += 40) {
            ScriptedPair pair = new ScriptedPair(Protocol.C, false);
            pair.nodes[0].start(false);
            pair.waitFor(() -> pair.disk(0) == DiskState.INCONSISTENT);
            pair.run(SECOND);
            pair.nodes[0].primary(true, new Ending());
            pair.run(micros * 1000);
            pair.nodes[0].kill();

            pair.nodes[0].start(false);
            pair.waitFor(() -> pair.disk(0).atLeast(DiskState.INCONSISTENT));

            boolean justCreated = pair.generation(0) == io.bsr.metadata.Superblock.UUID_JUST_CREATED;
            assertFalse(justCreated && pair.disk(0) == DiskState.UP_TO_DATE, "killed after " + micros + " us");
        }
    }

    @Test
    void a_generation_that_is_not_on_disk_is_not_told_to_the_peer() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();
        pair.nodes[1].kill();
        pair.run(SECOND);
        pair.meta.get(0).faults().stallUntil(pair.clock.now() + 20 * SECOND);
        pair.nodes[0].primary(false, new Ending());
        pair.nodes[1].start(true);

        pair.run(10 * SECOND);
        pair.nodes[0].kill();
        pair.meta.get(0).faults().stallUntil(pair.clock.now());
        pair.nodes[0].start(true);
        pair.waitFor(() -> pair.state(0) == ConnectionState.CONNECTED && pair.state(1) == ConnectionState.CONNECTED);
        pair.run(SECOND);

        assertEquals(pair.generation(0), pair.generation(1));
        assertTrue(pair.log.stream().noneMatch(line -> line.contains("split brain")), String.join("\n", pair.log));
    }

    @Test
    void a_disk_attached_beside_a_peer_with_newer_data_cannot_be_promoted() {
        ScriptedPair pair = new ScriptedPair(Protocol.C, true).connected();
        Ending detach = new Ending();
        pair.nodes[1].detach(ScriptedPair.VOLUME, false, detach);
        pair.ended(detach);
        pair.primary(0, false);
        assertEquals(Errno.OK, pair.written(0, 0).errno);
        pair.run(SECOND);
        pair.nodes[0].kill();
        pair.run(SECOND);

        Ending attach = new Ending();
        pair.nodes[1].attach(pair.nodes[1].volumes().getFirst(), attach);
        pair.ended(attach);
        Ending promotion = pair.primary(1, false);

        assertEquals(DiskState.OUTDATED, pair.disk(1));
        assertEquals(ErrorCode.NO_UP_TO_DATE_DISK, promotion.outcome().code());
    }
}
