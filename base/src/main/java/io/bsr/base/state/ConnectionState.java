package io.bsr.base.state;

import org.jspecify.annotations.Nullable;

/** What the connection to one peer is doing. */
public enum ConnectionState {
    STANDALONE(0, "StandAlone"),
    DISCONNECTING(1, "Disconnecting"),
    UNCONNECTED(2, "Unconnected"),
    TIMEOUT(3, "Timeout"),
    BROKEN_PIPE(4, "BrokenPipe"),
    NETWORK_FAILURE(5, "NetworkFailure"),
    PROTOCOL_ERROR(6, "ProtocolError"),
    TEAR_DOWN(7, "TearDown"),
    CONNECTING(8, "Connecting"),
    CONNECTED(9, "Connected");

    private final int number;
    private final String label;

    ConnectionState(int number, String label) {
        this.number = number;
        this.label = label;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /** The state with this number on the wire; {@code null} if there is none. */
    public static @Nullable ConnectionState ofNumber(int number) {
        for (ConnectionState state : values()) {
            if (state.number == number) {
                return state;
            }
        }
        return null;
    }

    public boolean atLeast(ConnectionState other) {
        return compareTo(other) >= 0;
    }

    /** As the tools print it. */
    @Override
    public String toString() {
        return label;
    }
}
