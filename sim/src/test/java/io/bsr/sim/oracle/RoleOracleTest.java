package io.bsr.sim.oracle;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import org.junit.jupiter.api.Test;

final class RoleOracleTest {
    private final PairOfViews pair = new PairOfViews();
    private final RoleOracle oracle = new RoleOracle(pair.views, 1);

    @Test
    void two_connected_primaries_are_seen() {
        pair.connected();
        assertDoesNotThrow(oracle::observe);

        pair.says(
                1,
                Role.PRIMARY,
                DiskState.UP_TO_DATE,
                ConnectionState.CONNECTED,
                ReplicationState.ESTABLISHED,
                DiskState.UP_TO_DATE);

        assertThrows(Violation.class, oracle::observe);
    }

    @Test
    void two_primaries_that_do_not_know_of_each_other_pass() {
        pair.alone(0, Role.PRIMARY);
        pair.alone(1, Role.PRIMARY);

        assertDoesNotThrow(oracle::observe);
    }
}
