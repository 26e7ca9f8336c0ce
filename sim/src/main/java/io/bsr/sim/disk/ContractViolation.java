package io.bsr.sim.disk;

/** The code under test used a port in a way that the port forbids. */
public final class ContractViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ContractViolation(String message) {
        super(message);
    }
}
