package io.bsr.core.option;

/** Which product the peer is: the packets of a handshake do not tell it. */
public enum PeerFamily {
    /** bsr 1.7 or this engine: protocol 118. */
    BSR("bsr"),
    /** DRBD 8.4, and DRBD 9 in its 8.4 mode: protocol 101, two nodes. */
    DRBD84("drbd84");

    private final String word;

    PeerFamily(String word) {
        this.word = word;
    }

    /** As in the configuration. */
    @Override
    public String toString() {
        return word;
    }
}
