package io.bsr.attach;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.bsr.base.port.Errno;
import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A loop device of the kernel on a file, with direct I/O. It goes away by itself when nobody has it open; the engine has,
 * as long as it is attached.
 */
final class LoopDevice {
    private static final String CONTROL = "/dev/loop-control";

    // linux/loop.h
    private static final long CTL_GET_FREE = 0x4C82;
    private static final long CONFIGURE = 0x4C0A;
    private static final long SET_CAPACITY = 0x4C07;
    private static final long GET_STATUS = 0x4C05;
    private static final int CONFIG_BYTES = 304;
    private static final int CONFIG_FILE = 0;
    private static final int CONFIG_BLOCK_SIZE = 4;
    private static final int CONFIG_INFO = 8;
    private static final int INFO_BYTES = 232;
    private static final int INFO_FLAGS = 52;
    private static final int INFO_NAME = 56;
    private static final int NAME_BYTES = 64;
    private static final int AUTOCLEAR_DIRECT_IO = 4 | 16;

    private static final int ATTEMPTS = 16;
    private static final int ENXIO = 6;

    private final Path path;
    private final String name;
    private final int leastDescriptor;
    private int descriptor;

    private LoopDevice(Path path, String name, int leastDescriptor, int descriptor) {
        this.path = path;
        this.name = name;
        this.leastDescriptor = leastDescriptor;
        this.descriptor = descriptor;
    }

    /**
     * Puts a free loop device on a file.
     *
     * @param name what the device is told it is on; no other device has it
     * @param leastDescriptor number that the descriptor of the device has at least
     */
    static LoopDevice on(int file, int blockSize, String name, int leastDescriptor) throws AttachException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Path path = free();
            int descriptor = open(path, leastDescriptor);
            int result = descriptor < 0 ? descriptor : configure(descriptor, file, blockSize, name);
            if (result >= 0) {
                return new LoopDevice(path, name, leastDescriptor, descriptor);
            }
            if (descriptor >= 0) {
                Libc.close(descriptor);
            }
            // Others look for a free one too.
            if (result != -Errno.EBUSY) {
                throw new AttachException(
                        path + " cannot be set up as a loop device: " + FuseConnection.error(result) + ".");
            }
        }
        throw new AttachException("Each of " + ATTEMPTS + " free loop devices was taken by somebody else. Try again.");
    }

    private static Path free() throws AttachException {
        int control = Libc.open(CONTROL, Linux.O_RDWR | Linux.O_CLOEXEC, 0);
        if (control < 0) {
            throw new AttachException(CONTROL + " cannot be opened: " + FuseConnection.error(control) + ".");
        }
        int number = Libc.ioctl(control, CTL_GET_FREE, MemorySegment.NULL);
        Libc.close(control);
        if (number < 0) {
            throw new AttachException("There is no free loop device: " + FuseConnection.error(number) + ".");
        }
        return Path.of("/dev/loop" + number);
    }

    private static int open(Path path, int least) {
        int descriptor = Libc.open(path.toString(), Linux.O_RDWR | Linux.O_CLOEXEC, 0);
        if (descriptor < 0) {
            return descriptor;
        }
        int moved = SystemCalls.duplicate(descriptor, least);
        Libc.close(descriptor);
        return moved;
    }

    private static int configure(int descriptor, int file, int blockSize, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment config = arena.allocate(CONFIG_BYTES, 8);
            config.set(JAVA_INT, CONFIG_FILE, file);
            config.set(JAVA_INT, CONFIG_BLOCK_SIZE, blockSize);
            config.set(JAVA_INT, CONFIG_INFO + INFO_FLAGS, AUTOCLEAR_DIRECT_IO);
            byte[] bytes = bytes(name);
            MemorySegment.copy(bytes, 0, config, JAVA_BYTE, CONFIG_INFO + INFO_NAME, bytes.length);
            return Libc.ioctl(descriptor, CONFIGURE, config);
        }
    }

    private static byte[] bytes(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return bytes.length < NAME_BYTES ? bytes : Arrays.copyOf(bytes, NAME_BYTES - 1);
    }

    Path path() {
        return path;
    }

    /** Takes over the size of the file. */
    int measure() {
        return Libc.ioctl(descriptor, SET_CAPACITY, MemorySegment.NULL);
    }

    /** The engine does not need it any more: it is gone when nobody does. */
    void close() {
        if (descriptor >= 0) {
            Libc.close(descriptor);
            descriptor = -1;
        }
    }

    /**
     * After {@link #close}: whether others still have the device open. Then the engine has it open again, and all is as
     * before.
     */
    boolean heldByOthers() {
        int again = open(path, leastDescriptor);
        if (again < 0) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_BYTES, 8);
            int result = Libc.ioctl(again, GET_STATUS, info);
            byte[] bytes = bytes(name);
            boolean same = result != -ENXIO
                    && result >= 0
                    && info.asSlice(INFO_NAME, bytes.length).mismatch(MemorySegment.ofArray(bytes)) < 0;
            if (same) {
                descriptor = again;
                return true;
            }
        }
        Libc.close(again);
        return false;
    }
}
