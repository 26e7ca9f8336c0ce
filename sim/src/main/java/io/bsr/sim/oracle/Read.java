package io.bsr.sim.oracle;

/** A read that a user asked for. */
public final class Read {
    final int node;
    final long submitted;
    final long firstSector;
    final int count;

    /** Its node had a disk when it was submitted, and may answer from that although it is gone meanwhile. */
    final boolean hadDisk;

    Read(int node, long submitted, long firstSector, int count, boolean hadDisk) {
        this.hadDisk = hadDisk;
        this.node = node;
        this.submitted = submitted;
        this.firstSector = firstSector;
        this.count = count;
    }
}
