package io.bsr.wire;

/** What follows the fixed sub-header of a packet, and how long it may be. */
public enum Payload {
    /** Nothing. */
    NONE("none"),
    /** A digest if data-integrity-alg is set, then data up to the largest transfer of the version. */
    BLOCKS("[digest] data"),
    /** A digest if data-integrity-alg is set, then one logical block. */
    ONE_BLOCK("[digest] one block"),
    /** A digest. */
    DIGEST("digest"),
    /** The name of an algorithm, ending with NUL, at most 64 bytes with it. */
    NAME("name"),
    /** Resync and verify parameters; the size depends on the version. */
    SYNC_PARAMETERS("parameters"),
    /** Little-endian words of the bitmap. */
    BITMAP_WORDS("words"),
    /** One byte of encoding, then code. */
    BITMAP_CODE("code"),
    /** Generation identifiers: at most 32 of bitmaps and 32 of the history. */
    GENERATIONS("identifiers"),
    /** 64 random bytes, from some peers up to 128. */
    CHALLENGE("challenge"),
    /** The answer to a challenge: a digest. */
    RESPONSE("response");

    private final String label;

    Payload(String label) {
        this.label = label;
    }

    /** The largest payload in bytes. */
    public int maxBytes(Agreement agreed) {
        return switch (this) {
            case NONE -> 0;
            case BLOCKS -> Versions.LONGEST_DIGEST + Versions.maxTransferBytes(agreed.version());
            case ONE_BLOCK -> Versions.LONGEST_DIGEST + 4096;
            case DIGEST, RESPONSE -> Versions.LONGEST_DIGEST;
            case NAME -> 64;
            case SYNC_PARAMETERS -> 156;
            case BITMAP_WORDS, BITMAP_CODE -> Versions.BITMAP_PACKET_BYTES - agreed.headerBytes();
            case GENERATIONS -> 64 * Long.BYTES;
            case CHALLENGE -> 128;
        };
    }

    @Override
    public String toString() {
        return label;
    }
}
