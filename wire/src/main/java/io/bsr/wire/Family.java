package io.bsr.wire;

/** Which products know a packet. */
public enum Family {
    EVERY("bsr, DRBD 8.4, DRBD 9"),
    BSR_AND_84("bsr, DRBD 8.4"),
    BSR_AND_9("bsr, DRBD 9"),
    BSR("bsr");

    private final String label;

    Family(String label) {
        this.label = label;
    }

    @Override
    public String toString() {
        return label;
    }
}
