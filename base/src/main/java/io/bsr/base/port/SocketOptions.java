package io.bsr.base.port;

/**
 * Options of a stream's socket.
 *
 * @param sendBufferBytes SO_SNDBUF, 0 for the system's default
 * @param receiveBufferBytes SO_RCVBUF, 0 for the system's default
 */
public record SocketOptions(int sendBufferBytes, int receiveBufferBytes) {
    public static final SocketOptions DEFAULT = new SocketOptions(0, 0);
}
