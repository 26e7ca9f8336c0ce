package io.bsr.sim.oracle;

/** Numbers the submissions and completions of user requests, so that "before" is well defined. */
public final class Stamps {
    private long last;

    long next() {
        return ++last;
    }

    long last() {
        return last;
    }
}
