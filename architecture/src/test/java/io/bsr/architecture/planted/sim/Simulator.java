package io.bsr.architecture.planted.sim;

/** What nothing may point at. */
public final class Simulator {
    private Simulator() {}

    /** Whether this is a simulation. */
    public static boolean running() {
        return false;
    }
}
