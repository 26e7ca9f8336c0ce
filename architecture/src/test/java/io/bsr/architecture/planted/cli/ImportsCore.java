package io.bsr.architecture.planted.cli;

import io.bsr.architecture.planted.core.Public;

/** A tool that does the engine's work. */
final class ImportsCore {
    private ImportsCore() {}

    static int number() {
        return Public.number();
    }
}
