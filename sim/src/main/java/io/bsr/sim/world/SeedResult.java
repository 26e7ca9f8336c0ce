package io.bsr.sim.world;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a seed ended.
 *
 * @param hash hash of all events
 * @param simulated ns of virtual time
 * @param events that happened
 * @param requests of users
 * @param converged how often all copies were found equal
 * @param invariant number of the violated invariant, {@code null} if none was
 * @param explanation what went wrong, empty if nothing did
 * @param lastLines end of the timeline, as far as it was kept
 */
public record SeedResult(
        long seed,
        long hash,
        long simulated,
        long events,
        long requests,
        long converged,
        @Nullable String invariant,
        String explanation,
        List<String> lastLines) {
    public boolean failed() {
        return invariant != null;
    }
}
