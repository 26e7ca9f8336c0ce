package io.bsr.engine.host;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The clock of a loop beside that of the wall, read at one moment.
 *
 * @param loopNanos what the loop's clock said
 * @param wall what the wall's clock said then
 */
record LoopClock(long loopNanos, Instant wall) {
    /** A moment of the loop's clock in microseconds since 1970 UTC. */
    long epochMicros(long nanos) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, wall.minusNanos(loopNanos - nanos));
    }
}
