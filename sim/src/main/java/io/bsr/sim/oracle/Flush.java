package io.bsr.sim.oracle;

/** A flush that a user asked for. */
public final class Flush {
    final int node;
    final long submitted;
    final int sessionAtSubmit;
    final boolean peerCurrentAtSubmit;

    Flush(int node, long submitted, int sessionAtSubmit, boolean peerCurrentAtSubmit) {
        this.node = node;
        this.submitted = submitted;
        this.sessionAtSubmit = sessionAtSubmit;
        this.peerCurrentAtSubmit = peerCurrentAtSubmit;
    }
}
