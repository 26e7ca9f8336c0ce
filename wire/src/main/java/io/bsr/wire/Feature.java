package io.bsr.wire;

/** Feature bits of P_CONNECTION_FEATURES (reference 4.1). In force are those that both nodes offer. */
public enum Feature {
    /** P_TRIM may be sent. */
    TRIM(1),
    /** P_RS_THIN_REQ and P_RS_DEALLOCATED may be used: a resync that leaves holes. */
    THIN_RESYNC(2),
    /** P_SIZES carries the queue limits; one trim may cover 128 MiB. */
    WSAME(4),
    /** P_ZEROES may be sent, and P_TRIM then really means discard. */
    WZEROES(8);

    /** What bsr 1.7 and DRBD 8.4.10 or later offer: {@code 0x0f}. */
    public static final int ALL = 0x0f;

    private final int bit;

    Feature(int bit) {
        this.bit = bit;
    }

    /** The bit in the feature flags. */
    public int bit() {
        return bit;
    }
}
