package io.bsr.architecture.planted.core;

import java.time.Instant;

/** The wall clock in another dress. */
final class ReadsInstant {
    private ReadsInstant() {}

    static Instant now() {
        return Instant.now();
    }
}
