package io.bsr.attach;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.bsr.base.port.Errno;
import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Asks the kernel's NBD client. A call waits for the kernel; a device is named by its number and by the name that its
 * engine gave it, so that nobody else's is meant.
 */
final class NbdNetlink implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int NETLINK_GENERIC = 16;
    private static final int SO_RCVTIMEO = 20;
    private static final int ANSWER_BYTES = 64 << 10;
    private static final long ANSWER_SECONDS = 10;
    private static final int ENOENT = 2;
    private static final Path DEVICES = Path.of("/sys/block");

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment state = Libc.newErrorState(arena);
    private final MemorySegment answer = arena.allocate(ANSWER_BYTES, 8);
    private final int socket;
    private final int family;
    private int sequence = 1;

    private NbdNetlink() throws AttachException {
        socket = Libc.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_GENERIC);
        try {
            if (socket < 0) {
                throw new AttachException("A netlink socket cannot be had: " + FuseConnection.error(socket) + ".");
            }
            MemorySegment limit = arena.allocate(2L * Long.BYTES, 8);
            limit.set(JAVA_LONG, 0, ANSWER_SECONDS);
            SystemCalls.setSocketOption(state, socket, SO_RCVTIMEO, limit);
            family = lookUp();
        } catch (AttachException e) {
            close();
            throw e;
        }
    }

    /** For the calling thread. */
    static NbdNetlink open() throws AttachException {
        if (!Linux.HERE) {
            throw new AttachException("Block devices are made on 64-bit Linux only.");
        }
        return new NbdNetlink();
    }

    private int lookUp() throws AttachException {
        Reply reply = ask(NbdRequests.family(sequence), NbdRequests.CONTROLLER, NbdRequests.FAMILY_ID);
        if (reply.error() == -ENOENT) {
            throw new AttachException("The kernel has no nbd module loaded: modprobe nbd max_part=0.");
        }
        reply.require("The family \"nbd\" of netlink cannot be had");
        return reply.value();
    }

    /** Makes a device; returns its number. Parameters as in {@link NbdRequests#connect}. */
    int connect(long size, int blockSize, int flags, long patience, int connected, String backend)
            throws AttachException {
        byte[] request = next().connect(size, blockSize, flags, patience, connected, backend);
        Reply reply = ask(request, family, NbdRequests.INDEX);
        reply.require("The kernel does not make an NBD device");
        return reply.value();
    }

    void reconnect(int index, String backend, int connected) throws AttachException {
        carryOut(next().reconnect(index, backend, connected), "does not take a new connection");
    }

    void resize(int index, String backend, long size) throws AttachException {
        carryOut(next().resize(index, backend, size), "does not take a new size");
    }

    void clientFlags(int index, String backend, int flags) throws AttachException {
        carryOut(next().clientFlags(index, backend, flags), "does not take flags");
    }

    /** Every request of the device fails from now on. Without a device of that name nothing happens. */
    void disconnect(int index, String backend) throws AttachException {
        if (has(index, backend)) {
            disconnect(index);
        }
    }

    /** A device that has just been made and has no name. */
    void disconnect(int index) throws AttachException {
        carryOut(next().disconnect(index), "is not disconnected");
    }

    /** Whether there is this device; that does not say that its connection lives. */
    static boolean has(int index, String backend) {
        try {
            return Files.readString(folder(index).resolve("backend")).strip().equals(backend);
        } catch (IOException e) {
            // There is no such device, or it belongs to somebody who has not named it.
            return false;
        }
    }

    static Path folder(int index) {
        return DEVICES.resolve("nbd" + index);
    }

    private NbdRequests next() {
        return new NbdRequests(family, ++sequence);
    }

    private void carryOut(byte[] request, String refused) throws AttachException {
        ask(request, family, 0).require("The NBD device of the kernel " + refused);
    }

    /** What came of a request: a negative error, or a number that was asked for. */
    private record Reply(int error, int value) {
        void require(String otherwise) throws AttachException {
            if (error < 0) {
                String hint = error == -Errno.EPERM ? " bsrd needs CAP_SYS_ADMIN." : "";
                throw new AttachException(otherwise + ": " + FuseConnection.error(error) + "." + hint);
            }
        }
    }

    private Reply ask(byte[] request, int type, int attribute) throws AttachException {
        try (Arena local = Arena.ofConfined()) {
            MemorySegment bytes = local.allocateFrom(JAVA_BYTE, request);
            long sent = Libc.write(socket, bytes, request.length);
            if (sent != request.length) {
                return new Reply(sent < 0 ? (int) sent : -Errno.EIO, 0);
            }
        }
        int value = -1;
        while (true) {
            for (NetlinkMessage.Answer each : receive()) {
                if (each.sequence() == sequence && each.acknowledges()) {
                    boolean missing = each.error() == 0 && attribute != 0 && value < 0;
                    return new Reply(missing ? -Errno.EINVAL : each.error(), value);
                }
                if (each.sequence() == sequence && each.type() == type && attribute != 0) {
                    value = each.number(attribute).orElse(-1);
                }
            }
        }
    }

    private List<NetlinkMessage.Answer> receive() throws AttachException {
        long length = SystemCalls.read(state, socket, answer);
        if (length <= 0) {
            throw new AttachException("The kernel does not answer about its NBD devices: "
                    + (length == 0 ? "nothing came" : FuseConnection.error((int) length)) + ".");
        }
        try {
            return NetlinkMessage.decode(answer.asSlice(0, length).toArray(JAVA_BYTE), (int) length);
        } catch (IllegalArgumentException e) {
            throw new AttachException("The kernel answers nonsense about its NBD devices: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        if (socket >= 0) {
            Libc.close(socket);
        }
        arena.close();
    }
}
