package io.bsr.sim.disk;

/** Whether a range of a disk has changed since somebody looked, in what its users read or on the medium. */
public final class Watch {
    final long from;
    final long to;
    boolean changed;

    Watch(long from, long to) {
        this.from = from;
        this.to = to;
    }

    public boolean changed() {
        return changed;
    }
}
