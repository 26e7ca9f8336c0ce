package io.bsr.wire;

/**
 * The peer sent something that the protocol does not allow. The connection cannot go on: after a wrong byte nobody
 * knows where the next packet begins.
 */
public final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of violation it was; the reaction depends on it and on the stream (reference 3.2, 3.3). */
    public enum Fault {
        /** The bytes end before the packet does. */
        TRUNCATED("look for a peer or a middle box that closes connections early"),
        /** The bytes are not a packet header of the agreed version. */
        WRONG_MAGIC("check that the port belongs to a bsr or DRBD node and that nothing in between changes data"),
        /** The last four bytes of a 16-byte header are not zero. */
        NONZERO_PAD("check that the peer is bsr or DRBD, and that nothing in between changes data"),
        /** The number belongs to no packet, or to none of this stream. */
        UNKNOWN_COMMAND("check which product and version the peer runs; DRBD 9 must be configured as such"),
        /** The packet exists, but not in the agreed version or without a feature that was not agreed. */
        NOT_AGREED("check which product and version the peer runs; DRBD 9 must be configured as such"),
        /** The length is not one that the packet can have. */
        BAD_LENGTH("check which product and version the peer runs"),
        /** A field has a value outside its range. */
        BAD_VALUE("check which product and version the peer runs"),
        /** A bitmap packet does not fit the device or cannot be decoded. */
        BAD_BITMAP("check that both nodes see the same volume size"),
        /** The two nodes have no protocol version in common. */
        NO_COMMON_VERSION("upgrade the older node, or set the peer's family to what it is");

        private final String remedy;

        Fault(String remedy) {
            this.remedy = remedy;
        }

        /** What an administrator can do about it. */
        public String remedy() {
            return remedy;
        }
    }

    private final Fault fault;
    private final String what;
    private final String why;

    /**
     * @param what what happened, e.g. {@code "P_SIZES refused"}
     * @param why the facts, e.g. {@code "length 17, must be 32"}
     */
    public ProtocolException(Fault fault, String what, String why) {
        super(what + ": " + why);
        this.fault = fault;
        this.what = what;
        this.why = why;
    }

    public Fault fault() {
        return fault;
    }

    public String what() {
        return what;
    }

    public String why() {
        return why;
    }
}
