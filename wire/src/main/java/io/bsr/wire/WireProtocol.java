package io.bsr.wire;

import org.jspecify.annotations.Nullable;

/** When a write counts as replicated (reference 10.8). */
public enum WireProtocol {
    /** Handed to the network. */
    A(1),
    /** Received by the peer. */
    B(2),
    /** Written by the peer. */
    C(3);

    private final int number;

    WireProtocol(int number) {
        this.number = number;
    }

    /** The number in P_PROTOCOL. */
    public int number() {
        return number;
    }

    /** The protocol with this number; {@code null} if there is none. */
    public static @Nullable WireProtocol ofNumber(int number) {
        return switch (number) {
            case 1 -> A;
            case 2 -> B;
            case 3 -> C;
            default -> null;
        };
    }
}
