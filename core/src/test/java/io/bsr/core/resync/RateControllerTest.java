package io.bsr.core.resync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class RateControllerTest {
    private static RateController controller(RateOptions options) {
        return new RateController(options, 118, 16000);
    }

    private static long turn(RateController controller, long requested, long received) {
        controller.requested(requested);
        controller.received(received);
        return controller.blocksForNextTurn();
    }

    @Test
    void the_default_options_give_the_sequence_computed_by_hand() {
        RateController controller = controller(RateOptions.DEFAULT);

        // Start: 250 KiB/s are 50 sectors in each of 20 turns; 1000 planned, 50 taken.
        assertEquals(6, controller.blocksForNextTurn());
        assertEquals(950, controller.planned());

        // 48 received, none in flight: (100 - 0 - 950) / 20 = -42; slot 50 - 42 = 8; ask for 48 + 8.
        assertEquals(7, turn(controller, 48, 48));
        assertEquals(950 - 840 - 8, controller.planned());

        // (100 - 0 - 102) / 20 = 0; slot 8; ask for 56 + 8.
        assertEquals(8, turn(controller, 56, 56));
        assertEquals(94, controller.planned());

        // 64 in flight: (100 - 64 - 94) / 20 = -2; slot 6, raised to 8; 0 + 8 raised to the minimum of 50.
        assertEquals(6, turn(controller, 64, 0));
        assertEquals(94 - 40 - 8, controller.planned());
    }

    @Test
    void below_protocol_115_there_is_no_guaranteed_minimum() {
        RateController controller = new RateController(RateOptions.DEFAULT, 101, 16000);
        controller.blocksForNextTurn();
        turn(controller, 48, 48);
        turn(controller, 56, 56);

        assertEquals(1, turn(controller, 64, 0));
    }

    @Test
    void below_protocol_115_buffers_limit_what_is_in_flight() {
        RateOptions fast = new RateOptions(100_000, 20, 10, 100, 100_000, 250);
        RateController controller = new RateController(fast, 101, 32);

        assertEquals(32, controller.blocksForNextTurn());
        controller.requested(256);
        assertEquals(0, controller.blocksForNextTurn());
    }

    @Test
    void the_speed_never_exceeds_the_maximum() {
        RateController controller = controller(new RateOptions(1_000_000, 20, 10, 100, 5120, 250));

        assertEquals(5120 * 2 / 10 / 8, controller.blocksForNextTurn());
        assertEquals(128, turn(controller, 1024, 1024));
    }

    @Test
    void the_delay_target_counts_if_there_is_no_fill_target() {
        RateController controller = controller(new RateOptions(250, 20, 10, 0, 5120, 0));
        controller.blocksForNextTurn();

        // 48 received: want 480; (480 - 0 - 950) / 20 = -23; slot 27; ask for 48 + 27.
        assertEquals((48 + 27) / 8, turn(controller, 48, 48));
        assertEquals(950 - 460 - 27, controller.planned());
    }

    @Test
    void what_is_in_flight_is_forgotten_once_per_second() {
        RateController controller = controller(RateOptions.DEFAULT);
        controller.requested(1000);

        for (int i = 0; i < 9; i++) {
            controller.blocksForNextTurn();
        }
        assertEquals(1000, controller.inFlight());
        controller.blocksForNextTurn();

        assertEquals(0, controller.inFlight());
        controller.received(1000);
        assertEquals(0, controller.inFlight());
    }

    @Test
    void requests_that_end_without_data_leave_the_flight_but_are_not_received() {
        RateController controller = controller(new RateOptions(250, 20, 10, 100, 5120, 0));
        controller.requested(80);
        controller.settled(80);

        assertEquals(0, controller.inFlight());
        assertEquals(6, controller.blocksForNextTurn());
    }

    @Test
    void a_fixed_speed_carries_the_rest_of_a_block_to_the_next_turn() {
        RateController controller = controller(new RateOptions(250, 0, 10, 100, 5120, 250));
        long second = 0;
        for (int i = 0; i < 20; i++) {
            second += controller.blocksForNextTurn();
        }

        assertEquals(2 * 250 / 4, second);
    }

    @Test
    void the_slowest_fixed_speed_is_not_none() {
        RateController controller = controller(new RateOptions(1, 0, 10, 100, 250, 0));
        long blocks = 0;
        for (int i = 0; i < 400; i++) {
            blocks += controller.blocksForNextTurn();
        }

        assertEquals(10, blocks);
    }

    @Test
    void a_plan_of_another_length_starts_empty() {
        RateController controller = controller(RateOptions.DEFAULT);
        controller.blocksForNextTurn();

        controller.options(new RateOptions(250, 20, 10, 200, 5120, 250));
        assertEquals(950, controller.planned());
        controller.options(new RateOptions(250, 300, 10, 200, 5120, 250));

        assertEquals(0, controller.planned());
        assertEquals(6, controller.blocksForNextTurn());
    }

    @Test
    void a_new_resync_starts_as_the_first_did() {
        RateController controller = controller(RateOptions.DEFAULT);
        turn(controller, 48, 16);
        turn(controller, 480, 64);

        controller.reset();

        assertEquals(0, controller.inFlight());
        assertEquals(6, controller.blocksForNextTurn());
        assertEquals(950, controller.planned());
    }

    @Test
    void on_a_link_of_constant_bandwidth_the_speed_settles_at_the_bandwidth() {
        RateController controller = controller(new RateOptions(10_000, 20, 10, 8192, 1_000_000, 250));
        long bandwidth = 2048;
        long queued = 0;
        long delivered = 0;
        for (int i = 0; i < 300; i++) {
            long arrived = Math.min(bandwidth, queued);
            queued -= arrived;
            controller.received(arrived);
            delivered += i >= 100 ? arrived : 0;
            long sectors = controller.blocksForNextTurn() * 8;
            controller.requested(sectors);
            queued += sectors;
        }

        assertTrue(delivered > bandwidth * 200 * 8 / 10, delivered + " of " + bandwidth * 200);
    }

    @Test
    void extreme_options_do_not_overflow() {
        RateController controller = controller(new RateOptions(4_194_304, 300, 100, 0, 4_194_304, 4_194_304));

        for (int i = 0; i < 1000; i++) {
            long blocks = turn(controller, 1L << 40, 1L << 40);
            assertTrue(blocks >= 0 && blocks <= 4_194_304L * 2 / 10 / 8, "blocks " + blocks);
        }
    }

    @Test
    void options_out_of_range_are_refused_with_the_range() {
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> new RateOptions(250, 301, 10, 100, 5120, 250));

        assertEquals("c-plan-ahead 301 is not in 0 … 300", error.getMessage());
    }
}
