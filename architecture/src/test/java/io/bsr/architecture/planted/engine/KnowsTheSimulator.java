package io.bsr.architecture.planted.engine;

import io.bsr.architecture.planted.sim.Simulator;

/** An engine that behaves otherwise under test. */
final class KnowsTheSimulator {
    private KnowsTheSimulator() {}

    static boolean simulated() {
        return Simulator.running();
    }
}
