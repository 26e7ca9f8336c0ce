package io.bsr.core.option;

/** When a write is complete for its user. */
public enum Protocol {
    /** On the local disk, and handed to the network. */
    A(1),
    /** On the local disk, and in the memory of the peer. */
    B(2),
    /** On both disks. */
    C(3);

    private final int number;

    Protocol(int number) {
        this.number = number;
    }

    /** The number in P_PROTOCOL. */
    public int number() {
        return number;
    }

    /** The protocol with this number, which must be one of them. */
    public static Protocol ofNumber(int number) {
        for (Protocol protocol : values()) {
            if (protocol.number == number) {
                return protocol;
            }
        }
        throw new IllegalArgumentException("there is no protocol " + number);
    }
}
