package io.bsr.architecture.planted.core;

import java.util.concurrent.ThreadLocalRandom;

/** Randomness of its thread. */
final class RollsThreadLocalDice {
    private RollsThreadLocalDice() {}

    static int roll() {
        return ThreadLocalRandom.current().nextInt(6);
    }
}
