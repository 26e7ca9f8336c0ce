package io.bsr.wire;

/**
 * What a node says it can speak, in P_CONNECTION_FEATURES.
 *
 * @param oldest lowest protocol version
 * @param newest highest protocol version; 0 is understood as {@code oldest}
 * @param features {@link Feature} bits
 */
public record ProtocolOffer(int oldest, int newest, int features) {
    /** To a bsr node: as bsr 1.7 offers. */
    public static final ProtocolOffer TO_BSR = new ProtocolOffer(Versions.OLDEST, Versions.BSR_17, Feature.ALL);

    /** To a DRBD node of any generation: as DRBD 8.4 offers. Above 101 a DRBD 9 would mean other things than bsr. */
    public static final ProtocolOffer TO_DRBD = new ProtocolOffer(Versions.OLDEST, Versions.DRBD_84, Feature.ALL);

    public ProtocolOffer {
        if (newest == 0) {
            newest = oldest;
        }
    }
}
