package io.bsr.base.port;

/** Where streams come from. */
public interface Network {
    /**
     * Listens at {@code local}.
     *
     * @return a handle that stops listening when closed; streams accepted before stay open
     * @throws PortException if the address cannot be bound: in use, not of this host, not permitted
     */
    Closeable listen(Endpoint local, SocketOptions options, Acceptor acceptor) throws PortException;

    /**
     * Connects from {@code local} (its port 0: any) to {@code remote}.
     *
     * @param timeoutNanos after which {@code failed} is called
     * @return a handle that gives up the attempt when closed; then nothing is called any more
     */
    Closeable dial(Endpoint local, Endpoint remote, SocketOptions options, long timeoutNanos, Dialer dialer);

    /** Ends something; idempotent, never fails. */
    interface Closeable {
        void close();
    }

    /** Told of incoming streams. */
    interface Acceptor {
        /** A stream came in: start it or close it. */
        void accepted(Stream stream);
    }

    /** Told how a {@link #dial} ended; one of the two, once. */
    interface Dialer {
        void connected(Stream stream);

        /** Not connected: refused, timed out, unreachable, cannot bind; {@code reason} says so in words. */
        void failed(String reason);
    }
}
