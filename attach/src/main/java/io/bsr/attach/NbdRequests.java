package io.bsr.attach;

/**
 * What the kernel's NBD client is asked over generic netlink ({@code linux/nbd-netlink.h}); bytes only, nothing is sent.
 *
 * <p>One connection for each device, and no time limit of a request (TIMEOUT 0): with more connections, or a limit, the
 * kernel would send a request again that a living engine still has, for a volume whose I/O is suspended for example.
 */
final class NbdRequests {
    /** Of the family that looks up families. */
    static final int CONTROLLER = 16;

    static final int FAMILY_ID = 1;
    static final int INDEX = 1;

    static final int NONE = 0;

    /** The device is disconnected when the last who has it open closes it. */
    static final int DISCONNECT_ON_CLOSE = 1 << 1;

    private static final int GET_FAMILY = 3;
    private static final int FAMILY_NAME = 2;

    private static final int CONNECT = 1;
    private static final int DISCONNECT = 2;
    private static final int RECONFIGURE = 3;

    private static final int SIZE_BYTES = 2;
    private static final int BLOCK_SIZE_BYTES = 3;
    private static final int TIMEOUT = 4;
    private static final int SERVER_FLAGS = 5;
    private static final int CLIENT_FLAGS = 6;
    private static final int SOCKETS = 7;
    private static final int DEAD_CONN_TIMEOUT = 8;
    private static final int BACKEND_IDENTIFIER = 10;
    private static final int SOCKET_ITEM = 1;
    private static final int SOCKET_DESCRIPTOR = 1;

    private final int family;
    private final int sequence;

    /**
     * Requests to a family.
     *
     * @param family its number, which the kernel chose
     * @param sequence of the request; its answers have the same
     */
    NbdRequests(int family, int sequence) {
        this.family = family;
        this.sequence = sequence;
    }

    /** Asks for the number of the family "nbd". */
    static byte[] family(int sequence) {
        return NetlinkMessage.request(CONTROLLER, GET_FAMILY, 1, sequence)
                .text(FAMILY_NAME, "nbd")
                .bytes();
    }

    /**
     * A new device, whose number the kernel chooses.
     *
     * @param size in bytes
     * @param flags of the server, as in the NBD protocol
     * @param patience seconds that a request waits for a new connection when the old one has ended
     * @param backend by whose name the device is known from now on
     */
    byte[] connect(long size, int blockSize, int flags, long patience, int socket, String backend) {
        return request(CONNECT)
                .number64(SIZE_BYTES, size)
                .number64(BLOCK_SIZE_BYTES, blockSize)
                .number64(TIMEOUT, 0)
                .number64(SERVER_FLAGS, flags)
                .number64(CLIENT_FLAGS, NONE)
                .listOfOne(SOCKETS, SOCKET_ITEM, SOCKET_DESCRIPTOR, socket)
                .number64(DEAD_CONN_TIMEOUT, patience)
                .text(BACKEND_IDENTIFIER, backend)
                .bytes();
    }

    /** A new connection in place of one that has ended. */
    byte[] reconnect(int index, String backend, int socket) {
        return reconfigure(index, backend)
                .listOfOne(SOCKETS, SOCKET_ITEM, SOCKET_DESCRIPTOR, socket)
                .bytes();
    }

    byte[] resize(int index, String backend, long size) {
        return reconfigure(index, backend).number64(SIZE_BYTES, size).bytes();
    }

    byte[] clientFlags(int index, String backend, int flags) {
        return reconfigure(index, backend).number64(CLIENT_FLAGS, flags).bytes();
    }

    byte[] disconnect(int index) {
        return request(DISCONNECT).number32(INDEX, index).bytes();
    }

    private NetlinkMessage reconfigure(int index, String backend) {
        return request(RECONFIGURE).number32(INDEX, index).text(BACKEND_IDENTIFIER, backend);
    }

    private NetlinkMessage request(int command) {
        return NetlinkMessage.request(family, command, 1, sequence);
    }
}
