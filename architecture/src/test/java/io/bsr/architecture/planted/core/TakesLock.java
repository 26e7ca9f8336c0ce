package io.bsr.architecture.planted.core;

import java.util.concurrent.locks.Lock;

/** A lock. */
final class TakesLock {
    private TakesLock() {}

    static boolean take(Lock lock) {
        return lock.tryLock();
    }
}
