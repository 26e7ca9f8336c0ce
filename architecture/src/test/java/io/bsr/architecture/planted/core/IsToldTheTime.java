package io.bsr.architecture.planted.core;

import io.bsr.architecture.planted.base.Told;
import java.util.concurrent.TimeUnit;

/** As it should be. */
final class IsToldTheTime {
    private IsToldTheTime() {}

    static long seconds(Told told) {
        return TimeUnit.NANOSECONDS.toSeconds(told.now());
    }
}
