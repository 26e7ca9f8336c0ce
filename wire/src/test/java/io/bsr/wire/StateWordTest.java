package io.bsr.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.wire.ProtocolException.Fault;
import org.junit.jupiter.api.Test;

class StateWordTest {
    private static final StateWord SECONDARY = StateWord.ZERO
            .withRole(Role.SECONDARY)
            .withConn(ReplicationState.OFF)
            .withDisk(DiskState.UP_TO_DATE)
            .withPdsk(DiskState.UNKNOWN);

    @Test
    void the_word_of_the_reference_has_its_bits_at_both_versions() {
        assertEquals(0x0000f292, SECONDARY.bits());
        assertEquals(0x0000d092, SECONDARY.renumbered(DiskNumbering.CLASSIC).bits());
    }

    @Test
    void every_field_stands_in_bits_of_its_own() {
        StateWord full = StateWord.ZERO
                .withRole(StateWord.ROLE_MASK)
                .withPeer(StateWord.ROLE_MASK)
                .withConn(StateWord.CONN_MASK)
                .withDisk(StateWord.DISK_MASK)
                .withPdsk(StateWord.DISK_MASK)
                .withSusp(true)
                .withAftrIsp(true)
                .withPeerIsp(true)
                .withUserIsp(true)
                .withSuspNod(true)
                .withSuspFen(true);

        assertEquals(0x007f_ffff, full.bits());
        assertEquals(1 << 2, StateWord.ZERO.withPeer(Role.PRIMARY).bits());
        assertEquals(8 << 4, StateWord.ZERO.withConn(ConnectionState.CONNECTING).bits());
        assertEquals(1 << 17, StateWord.ZERO.withSusp(true).bits());
        assertEquals(1 << 18, StateWord.ZERO.withAftrIsp(true).bits());
        assertEquals(1 << 19, StateWord.ZERO.withPeerIsp(true).bits());
        assertEquals(1 << 20, StateWord.ZERO.withUserIsp(true).bits());
        assertEquals(1 << 21, StateWord.ZERO.withSuspNod(true).bits());
        assertEquals(1 << 22, StateWord.ZERO.withSuspFen(true).bits());
        assertEquals(0x007f_ffff & ~(1 << 20), full.withUserIsp(false).bits());
        assertTrue(full.susp() && full.aftrIsp() && full.peerIsp() && full.userIsp());
        assertTrue(full.suspNod() && full.suspFen());
        assertNull(full.diskState());
        assertNull(full.roleState());
    }

    @Test
    void fields_can_be_replaced() {
        StateWord promoted = SECONDARY.withRole(Role.PRIMARY).withConn(ReplicationState.SYNC_SOURCE);

        assertEquals(Role.PRIMARY, promoted.roleState());
        assertEquals(Role.UNKNOWN, promoted.peerState());
        assertEquals(ReplicationState.SYNC_SOURCE, promoted.replicationState());
        assertNull(promoted.connectionState());
        assertEquals(DiskState.UP_TO_DATE, promoted.diskState());
        assertEquals(DiskState.UNKNOWN, promoted.pdskState());
        assertThrows(IllegalArgumentException.class, () -> promoted.withDisk(16));
        assertThrows(IllegalArgumentException.class, () -> promoted.withRole(-1));
    }

    @Test
    void disk_states_have_the_numbers_of_the_reference_for_old_peers() {
        int[] classic = {0, 1, 2, 2, 3, 4, 5, 6, 7, 8};
        for (DiskState state : DiskState.values()) {
            int number = DiskNumbering.CLASSIC.toWire(state.number());

            assertEquals(classic[state.number()], number, state.toString());
            DiskState back = DiskState.ofNumber(DiskNumbering.CLASSIC.fromWire(number));
            assertEquals(state == DiskState.DETACHING ? DiskState.FAILED : state, back);
            assertEquals(state.number(), DiskNumbering.CURRENT.toWire(state.number()));
        }
        assertEquals(DiskNumbering.CLASSIC, DiskNumbering.ofVersion(109));
        assertEquals(DiskNumbering.CURRENT, DiskNumbering.ofVersion(110));
    }

    @Test
    void a_received_word_with_a_field_that_is_no_state_is_refused() {
        StateWord[] wrong = {
            SECONDARY.withRole(3),
            SECONDARY.withPeer(3),
            SECONDARY.withConn(24),
            SECONDARY.withConn(31),
            SECONDARY.withDisk(10),
            SECONDARY.withPdsk(15)
        };
        for (StateWord word : wrong) {
            for (DiskNumbering numbering : DiskNumbering.values()) {
                ProtocolException refused =
                        assertThrows(ProtocolException.class, () -> StateWord.ofWire(word.bits(), numbering));
                assertEquals(Fault.BAD_VALUE, refused.fault());
            }
        }
    }

    @Test
    void a_word_reads_well_in_a_log() {
        assertEquals(
                "role=Secondary peer=Unknown conn=Off disk=UpToDate pdsk=DUnknown susp|user_isp",
                SECONDARY.withSusp(true).withUserIsp(true).toString());
        assertEquals("FUA|WRITE_ACK|0x800", DpFlags.toString(DpFlags.FUA | DpFlags.SEND_WRITE_ACK | 0x800));
        assertEquals("STABLE|RESYNC", UuidFlags.toString(UuidFlags.STABLE | UuidFlags.RESYNC));
        assertEquals("0", UuidFlags.toString(0));
        assertEquals("VERIFY_MISMATCH", UuidFlags.toString(UuidFlags.VERIFY_MISMATCH));
        assertEquals("ZEROES", DpFlags.toString(DpFlags.ZEROES));
    }
}
