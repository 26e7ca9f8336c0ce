package io.bsr.wire;

import org.jspecify.annotations.Nullable;

/**
 * Between whom a packet may be used: how {@link PacketType} writes it down.
 *
 * @param since first protocol version
 * @param until last protocol version
 * @param feature the feature that must be agreed, {@code null} if none
 * @param family the products that know the packet
 */
record Availability(int since, int until, @Nullable Feature feature, Family family) {
    /** No end. */
    static final int NEWEST = Integer.MAX_VALUE;

    static Availability always() {
        return startingAt(Versions.OLDEST);
    }

    static Availability startingAt(int version) {
        return new Availability(version, NEWEST, null, Family.EVERY);
    }

    static Availability bsrSince(int version) {
        return startingAt(version).in(Family.BSR);
    }

    static Availability multiPeer() {
        return startingAt(Versions.MULTI_PEER).in(Family.BSR_AND_9);
    }

    Availability until(int version) {
        return new Availability(since, version, feature, family);
    }

    Availability with(Feature needed) {
        return new Availability(since, until, needed, family);
    }

    Availability in(Family products) {
        return new Availability(since, until, feature, products);
    }
}
