package io.bsr.architecture.planted.core;

/** The monotonic clock. */
final class ReadsNanoTime {
    private ReadsNanoTime() {}

    static long now() {
        return System.nanoTime();
    }
}
