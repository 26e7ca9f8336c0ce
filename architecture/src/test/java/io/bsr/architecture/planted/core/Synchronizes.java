package io.bsr.architecture.planted.core;

/** A lock without a class of its own. */
final class Synchronizes {
    private Synchronizes() {}

    static synchronized int count(int before) {
        return before + 1;
    }
}
