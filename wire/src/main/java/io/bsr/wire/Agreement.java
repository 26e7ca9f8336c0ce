package io.bsr.wire;

import io.bsr.wire.ProtocolException.Fault;

/**
 * What two nodes agreed to speak.
 *
 * @param version the agreed protocol version
 * @param features the agreed {@link Feature} bits
 */
public record Agreement(int version, int features) {
    /** Before the features are exchanged: 8-byte headers, and no packets but those of the exchange itself. */
    public static final Agreement NONE_YET = new Agreement(Versions.UNNEGOTIATED, 0);

    /**
     * The highest version that both speak and the features that both have (reference 1.1).
     *
     * @throws ProtocolException {@link Fault#NO_COMMON_VERSION}; both nodes come to this result, so it is final
     */
    public static Agreement between(ProtocolOffer mine, ProtocolOffer theirs) throws ProtocolException {
        if (mine.newest() < theirs.oldest() || theirs.newest() < mine.oldest()) {
            throw new ProtocolException(
                    Fault.NO_COMMON_VERSION,
                    "no common protocol version",
                    "this node speaks " + mine.oldest() + "-" + mine.newest() + ", the peer " + theirs.oldest() + "-"
                            + theirs.newest());
        }
        return new Agreement(Math.min(mine.newest(), theirs.newest()), mine.features() & theirs.features());
    }

    public boolean atLeast(int wanted) {
        return version >= wanted;
    }

    public boolean has(Feature feature) {
        return (features & feature.bit()) != 0;
    }

    /** Bytes of a header whose packet has a body of {@code length} bytes: 8, from version 100 on 16. */
    public int headerBytes() {
        return version >= Versions.HEADER_100 ? HeaderFormat.H100.bytes() : HeaderFormat.H80.bytes();
    }
}
