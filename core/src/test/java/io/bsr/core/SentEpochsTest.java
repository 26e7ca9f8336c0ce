package io.bsr.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Which acknowledgements of epochs a peer owes, where it has thrown writes away because they crossed its own. */
final class SentEpochsTest {
    private final SentEpochs epochs = new SentEpochs();

    private void send(int epoch, int writes) {
        if (epochs.barrierNeededBefore(epoch)) {
            epochs.closeOpen();
        }
        for (int i = 0; i < writes; i++) {
            epochs.writeSent(epoch);
        }
    }

    @Test
    void the_oldest_epoch_is_acknowledged_first_with_all_its_writes() {
        send(1, 2);
        send(2, 1);
        epochs.closeOpen();

        assertFalse(epochs.acknowledge(2, 1));
        assertFalse(epochs.acknowledge(1, 1));
        assertTrue(epochs.acknowledge(1, 2));
        assertTrue(epochs.closedUpTo(1));
        assertFalse(epochs.closedUpTo(2));
        assertTrue(epochs.acknowledge(2, 1));
        assertTrue(epochs.closedUpTo(2));
    }

    @Test
    void an_epoch_of_which_nothing_was_written_is_not_acknowledged_but_has_its_barrier() {
        send(1, 1);
        epochs.thrownAway(1);

        assertTrue(epochs.closedUpTo(1));
        assertTrue(epochs.barrierDue(2));
        assertEquals(1, epochs.closeOpen());
        send(2, 1);
        epochs.closeOpen();
        assertFalse(epochs.acknowledge(1, 1));
        assertTrue(epochs.acknowledge(2, 1));
    }

    @Test
    void this_engine_acknowledges_an_epoch_without_what_it_threw_away() {
        send(1, 3);
        epochs.closeOpen();
        epochs.thrownAway(1);

        assertTrue(epochs.awaitsPart());
        assertFalse(epochs.closedUpTo(1));
        assertFalse(epochs.acknowledge(1, 3));
        assertTrue(epochs.acknowledge(1, 2));
        assertFalse(epochs.awaitsPart());
    }

    @Test
    void drbd_84_never_acknowledges_it_and_says_so_with_a_later_one() {
        send(1, 3);
        send(2, 1);
        send(3, 2);
        epochs.closeOpen();
        epochs.thrownAway(1);
        epochs.thrownAway(2);

        assertFalse(epochs.closedUpTo(1));
        assertTrue(epochs.acknowledge(3, 2));
        assertTrue(epochs.closedUpTo(3));
        assertFalse(epochs.awaitsPart());
    }

    @Test
    void an_epoch_that_was_written_as_a_whole_is_not_passed_over() {
        send(1, 2);
        send(2, 2);
        send(3, 1);
        epochs.closeOpen();
        epochs.thrownAway(1);

        assertFalse(epochs.acknowledge(3, 1));
        assertTrue(epochs.acknowledge(2, 2));
    }
}
