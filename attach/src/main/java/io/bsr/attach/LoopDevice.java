package io.bsr.attach;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.bsr.base.port.Errno;
import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;

/**
 * A loop device of the kernel on a file, with direct I/O. It goes away by itself when nobody has it open.
 *
 * <p>A program that does nothing has it open for the engine. If the engine had, its end would hang: the last closing of a
 * block device writes out what is cached, a process that ends closes its files in no order that one may rely on, and nobody
 * answers any more while {@code /dev/fuse} is still open.
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
    private static final int ENODEV = 19;
    private static final long KEEPER_SECONDS = 10;

    private final Path path;
    private final byte[] name;
    private final Runnable whenKeeperEnds;
    private Process keeper;

    private LoopDevice(Path path, byte[] name, Runnable whenKeeperEnds) throws AttachException {
        this.path = path;
        this.name = name;
        this.whenKeeperEnds = whenKeeperEnds;
        this.keeper = newKeeper(path, whenKeeperEnds);
    }

    /**
     * Puts a free loop device on a file.
     *
     * @param name what the device is told it is on; no other device has it
     * @param whenKeeperEnds told on some thread when the program has ended that keeps the device open
     */
    static LoopDevice on(int file, int blockSize, String name, Runnable whenKeeperEnds) throws AttachException {
        byte[] bytes = Arrays.copyOf(name.getBytes(StandardCharsets.UTF_8), NAME_BYTES - 1);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Path path = free();
            int descriptor = open(path);
            int result = descriptor < 0 ? descriptor : configure(descriptor, file, blockSize, bytes);
            try {
                if (result >= 0) {
                    return new LoopDevice(path, bytes, whenKeeperEnds);
                }
            } finally {
                // The program has it open by now, or there is no device, or nobody has written to it yet.
                if (descriptor >= 0) {
                    Libc.close(descriptor);
                }
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
        int control = open(Path.of(CONTROL));
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

    private static int open(Path path) {
        return Libc.open(path.toString(), Linux.O_RDWR | Linux.O_CLOEXEC, 0);
    }

    private static int configure(int descriptor, int file, int blockSize, byte[] name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment config = arena.allocate(CONFIG_BYTES, 8);
            config.set(JAVA_INT, CONFIG_FILE, file);
            config.set(JAVA_INT, CONFIG_BLOCK_SIZE, blockSize);
            config.set(JAVA_INT, CONFIG_INFO + INFO_FLAGS, AUTOCLEAR_DIRECT_IO);
            MemorySegment.copy(name, 0, config, JAVA_BYTE, CONFIG_INFO + INFO_NAME, name.length);
            return Libc.ioctl(descriptor, CONFIGURE, config);
        }
    }

    /** Has the device open, and ends when the engine does: its input ends then. It never gets any. */
    private static Process newKeeper(Path device, Runnable whenEnded) throws AttachException {
        try {
            Process program = new ProcessBuilder("cat")
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(device.toFile()))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var unused = program.onExit().thenRun(whenEnded);
            return program;
        } catch (IOException e) {
            throw new AttachException("The program \"cat\", which keeps " + device + " open, does not start: " + e, e);
        }
    }

    Path path() {
        return path;
    }

    /** The program that has it open for the engine. */
    long keeper() {
        return keeper.pid();
    }

    boolean kept() {
        return keeper.isAlive();
    }

    /** Takes over the size of the file; returns 0 or a negative error. */
    int measure() {
        return whileOpen(descriptor -> Libc.ioctl(descriptor, SET_CAPACITY, MemorySegment.NULL));
    }

    /** The kept device is opened for a moment, so that this opening is not the last to be closed. */
    private int whileOpen(IntUnaryOperator call) {
        int descriptor = keeper.isAlive() ? open(path) : -ENODEV;
        if (descriptor < 0) {
            return descriptor;
        }
        int result = call.applyAsInt(descriptor);
        Libc.close(descriptor);
        return result;
    }

    /** The engine does not need it any more: it is gone when nobody does. False if the program does not end. */
    boolean release() throws InterruptedException {
        try {
            keeper.getOutputStream().close();
        } catch (IOException e) {
            // It has ended already.
            return keeper.waitFor(KEEPER_SECONDS, TimeUnit.SECONDS);
        }
        return keeper.waitFor(KEEPER_SECONDS, TimeUnit.SECONDS);
    }

    /** After {@link #release}: whether there is nobody left who had it open. */
    boolean gone() {
        return !Files.exists(Path.of("/sys/class/block", path.getFileName().toString(), "loop"));
    }

    /** Keeps the device again that was released and is not gone; false if it is by now, or is not this one any more. */
    boolean keepAgain() throws AttachException, InterruptedException {
        keeper = newKeeper(path, whenKeeperEnds);
        boolean same = whileOpen(this::isThis) == 1;
        if (!same) {
            release();
        }
        return same;
    }

    private int isThis(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_BYTES, 8);
            int result = Libc.ioctl(descriptor, GET_STATUS, info);
            boolean same = info.asSlice(INFO_NAME, name.length).mismatch(MemorySegment.ofArray(name)) < 0;
            return result >= 0 && same ? 1 : 0;
        }
    }
}
