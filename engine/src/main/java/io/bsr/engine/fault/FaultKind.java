package io.bsr.engine.fault;

/** What an operation of a disk is for. */
public enum FaultKind {
    METADATA(1, 2),
    RESYNC(4, 8),
    DATA(16, 32);

    private final int write;
    private final int read;

    FaultKind(int write, int read) {
        this.write = write;
        this.read = read;
    }

    /** The bit of enable_faults for writes. */
    int write() {
        return write;
    }

    /** The bit of enable_faults for reads. */
    int read() {
        return read;
    }
}
