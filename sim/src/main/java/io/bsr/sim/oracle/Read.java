package io.bsr.sim.oracle;

/** A read that a user asked for. */
public final class Read {
    final int node;
    final long submitted;
    final long firstSector;
    final int count;

    Read(int node, long submitted, long firstSector, int count) {
        this.node = node;
        this.submitted = submitted;
        this.firstSector = firstSector;
        this.count = count;
    }
}
