package io.bsr.architecture.planted.core;

import java.util.Random;

/** Randomness of its own. */
final class RollsDice {
    private RollsDice() {}

    static int roll(Random dice) {
        return dice.nextInt(6);
    }
}
