package io.bsr.architecture.planted.core;

import java.security.SecureRandom;

/** Randomness of the system. */
final class RollsSecureDice {
    private RollsSecureDice() {}

    static int roll(SecureRandom dice) {
        return dice.nextInt(6);
    }
}
