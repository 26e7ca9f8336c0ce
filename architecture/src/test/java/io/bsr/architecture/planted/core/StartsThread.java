package io.bsr.architecture.planted.core;

/** A thread. */
final class StartsThread {
    private StartsThread() {}

    static void run(Runnable task) {
        Thread.ofVirtual().start(task);
    }
}
