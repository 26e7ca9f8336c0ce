package io.bsr.sim.oracle;

/** An invariant does not hold. */
public final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String invariant;

    /**
     * A violation.
     *
     * @param invariant its number, e.g. {@code "I4"}
     */
    public Violation(String invariant, String explanation) {
        super(explanation);
        this.invariant = invariant;
    }

    public String invariant() {
        return invariant;
    }
}
