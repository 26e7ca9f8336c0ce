package io.bsr.architecture.planted.core;

/** The wall clock. */
final class ReadsMilliTime {
    private ReadsMilliTime() {}

    static long now() {
        return System.currentTimeMillis();
    }
}
