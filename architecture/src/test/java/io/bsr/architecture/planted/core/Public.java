package io.bsr.architecture.planted.core;

/** Something of the core that others can see. */
public final class Public {
    private Public() {}

    /** The number that the ring carries on. */
    public static int number() {
        return 1;
    }
}
