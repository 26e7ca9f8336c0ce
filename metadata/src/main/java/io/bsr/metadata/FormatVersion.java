package io.bsr.metadata;

/** The versions of the format that can be read. Only {@link #V09} can be attached, or made. */
public enum FormatVersion {
    /** Of DRBD 8: one peer, no node ids. */
    V08("v08"),
    /** Of bsr and DRBD 9. */
    V09("v09");

    private final String label;

    FormatVersion(String label) {
        this.label = label;
    }

    /** As the tools write it. */
    @Override
    public String toString() {
        return label;
    }
}
