package io.bsr.frontend.nbd;

/**
 * What one server allows its clients.
 *
 * @param connections streams open at one time, at least 1; a further one is closed at once
 * @param requestsPerConnection pieces of requests at the volume for one connection, at least 1; beyond it the connection
 *     is not read
 * @param bytesPerConnection payload bytes at the volume and in replies not yet sent, for one connection, at least 1 MiB;
 *     beyond it the connection is not read
 * @param poolPercent share of the buffer pool that all connections together may hold, 1 … 100; the rest stays for
 *     replication, which must go on for the clients' requests to end
 * @param handshakeNanos time from accepting a stream to the end of its negotiation
 * @param stallNanos a client that holds buffers and does not move for so long, while nobody gets one for twice
 *     as long, is cut off
 * @param closingNanos time for sending what is queued, and for a client to end a request it has begun, at a close
 */
public record NbdLimits(
        int connections,
        int requestsPerConnection,
        int bytesPerConnection,
        int poolPercent,
        long handshakeNanos,
        long stallNanos,
        long closingNanos) {

    /** 64 connections, 128 requests and 16 MiB each, three quarters of the pool, 10 s to negotiate or to stall, 5 s to close. */
    public static final NbdLimits DEFAULT =
            new NbdLimits(64, 128, 16 << 20, 75, 10_000_000_000L, 10_000_000_000L, 5_000_000_000L);

    public NbdLimits {
        require(connections >= 1, "connections", connections);
        require(requestsPerConnection >= 1, "requestsPerConnection", requestsPerConnection);
        require(bytesPerConnection >= 1 << 20, "bytesPerConnection", bytesPerConnection);
        require(poolPercent >= 1 && poolPercent <= 100, "poolPercent", poolPercent);
        require(handshakeNanos > 0, "handshakeNanos", handshakeNanos);
        require(stallNanos > 0, "stallNanos", stallNanos);
        require(closingNanos > 0, "closingNanos", closingNanos);
    }

    private static void require(boolean holds, String name, long value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " = " + value + " is out of range");
        }
    }
}
