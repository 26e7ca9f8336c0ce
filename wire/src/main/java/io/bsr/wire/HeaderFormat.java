package io.bsr.wire;

/**
 * The three headers of a packet (reference 3.1). All fields are big-endian; {@code length} counts what follows the
 * header.
 *
 * <pre>
 *          0               2               4               6               8              12          16
 *   H80   ┌───────────────────────────────┬───────────────┬───────────────┐
 *         │ magic 83 74 02 67             │ command       │ length        │
 *   H95   ├───────────────┬───────────────┼───────────────┴───────────────┤
 *         │ magic 83 5a   │ command       │ length                        │
 *   H100  ├───────────────┴───────────────┼───────────────┬───────────────┼───────────────┬───────────┐
 *         │ magic 86 20 ec 20             │ volume        │ command       │ length        │ pad, 0    │
 *         └───────────────────────────────┴───────────────┴───────────────┴───────────────┴───────────┘
 * </pre>
 *
 * The volume is signed: −1 means the connection as a whole.
 */
public enum HeaderFormat {
    H80(8),
    H95(8),
    H100(16);

    static final int MAGIC_80 = 0x83740267;
    static final int MAGIC_95 = 0x835a;
    static final int MAGIC_100 = 0x8620ec20;

    /** Above this length, versions 95 to 99 use {@link #H95}. */
    static final int LONGEST_IN_H80 = 32768;

    private final int bytes;

    HeaderFormat(int bytes) {
        this.bytes = bytes;
    }

    /** The size of the header. */
    public int bytes() {
        return bytes;
    }

    /** The header with which a packet of {@code length} bytes is sent. */
    public static HeaderFormat forSending(int version, int length) {
        if (version >= Versions.HEADER_100) {
            return H100;
        }
        return version >= Versions.HEADER_95 && length > LONGEST_IN_H80 ? H95 : H80;
    }
}
