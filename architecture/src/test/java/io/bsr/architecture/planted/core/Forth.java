package io.bsr.architecture.planted.core;

import io.bsr.architecture.planted.core.ring.Back;

/** The other half: the parent uses this package. */
final class Forth {
    private Forth() {}

    static int number() {
        return Back.number();
    }
}
