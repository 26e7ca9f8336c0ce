package io.bsr.sim.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.sim.world.SeedResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where something does not end, the simulator says what it waits for, in the words of {@code status}. */
final class LostWakeUpTest {
    @Test
    @Tag("seeds")
    void a_resync_that_is_not_woken_at_its_end_is_named() {
        PlantedBug bug = PlantedBug.catalogue().stream()
                .filter(one -> one.name().equals("resync-end-forgotten"))
                .findFirst()
                .orElseThrow();

        SeedResult found = PlantedSearch.run(bug, bug.seed(), 50).found();

        assertNotNull(found);
        assertEquals("I6", found.invariant());
        assertTrue(
                found.explanation().contains("resync waits for the peer to answer a ping at the end of the resync"),
                found.explanation());
    }
}
