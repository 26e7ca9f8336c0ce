package io.bsr.attach;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** System calls by number. Each returns its result, or the negative error number. */
final class SystemCalls {
    static final int POLLIN = 1;
    static final int IOV_BYTES = 16;

    private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");
    private static final int READ = ARM ? 63 : 0;
    private static final int WRITEV = ARM ? 66 : 20;
    private static final int PPOLL = ARM ? 73 : 271;
    private static final int SETSOCKOPT = ARM ? 208 : 54;
    private static final int PRCTL = ARM ? 167 : 157;
    private static final int MLOCKALL = ARM ? 230 : 151;
    private static final int FSOPEN = 430;
    private static final int FSCONFIG = 431;
    private static final int FSMOUNT = 432;

    // linux/mount.h
    private static final int FSOPEN_CLOEXEC = 1;
    private static final int FSCONFIG_SET_STRING = 1;
    private static final int FSCONFIG_CMD_CREATE = 6;
    private static final int FSMOUNT_CLOEXEC = 1;
    private static final int MOUNT_ATTR_NOSUID_NODEV_NOEXEC = 2 | 4 | 8;

    // linux/prctl.h, asm-generic/mman.h
    private static final int PR_SET_IO_FLUSHER = 57;
    private static final int MCL_CURRENT_FUTURE_ONFAULT = 1 | 2 | 4;

    private SystemCalls() {}

    /** Allocates nothing; {@code state} belongs to the calling thread. */
    static long read(MemorySegment state, int descriptor, MemorySegment target) {
        return Libc.syscall(state, READ, descriptor, target.address(), target.byteSize(), 0, 0, 0);
    }

    /** Allocates nothing; {@code vectors} has {@code count} pairs of address and length. */
    static long writev(MemorySegment state, int descriptor, MemorySegment vectors, int count) {
        return Libc.syscall(state, WRITEV, descriptor, vectors.address(), count, 0, 0, 0);
    }

    /** An option of the level of sockets whose value is no number. */
    static long setSocketOption(MemorySegment state, int socket, int option, MemorySegment value) {
        return Libc.syscall(state, SETSOCKOPT, socket, Linux.SOL_SOCKET, option, value.address(), value.byteSize(), 0);
    }

    /** Waits without limit until one of the descriptors in {@code polls} can be read. */
    static long poll(MemorySegment state, MemorySegment polls, int count) {
        return Libc.syscall(state, PPOLL, polls.address(), count, 0, 0, 0, 0);
    }

    /** What {@link #poll} takes, for reading from these descriptors. */
    static MemorySegment polls(Arena arena, int... descriptors) {
        MemorySegment polls = arena.allocate(8L * descriptors.length, 8);
        for (int i = 0; i < descriptors.length; i++) {
            polls.set(JAVA_INT, 8L * i, descriptors[i]);
            polls.set(JAVA_SHORT, 8L * i + 4, (short) POLLIN);
        }
        return polls;
    }

    static void vector(MemorySegment vectors, int index, MemorySegment part, long bytes) {
        vectors.set(JAVA_LONG, (long) index * IOV_BYTES, part.address());
        vectors.set(JAVA_LONG, (long) index * IOV_BYTES + 8, bytes);
    }

    static int fsopen(String type) {
        try (Arena arena = Arena.ofConfined()) {
            return call(arena, FSOPEN, arena.allocateFrom(type).address(), FSOPEN_CLOEXEC, 0, 0, 0);
        }
    }

    static int fsconfig(int context, String key, String value) {
        try (Arena arena = Arena.ofConfined()) {
            long keyAt = arena.allocateFrom(key).address();
            return call(
                    arena,
                    FSCONFIG,
                    context,
                    FSCONFIG_SET_STRING,
                    keyAt,
                    arena.allocateFrom(value).address(),
                    0);
        }
    }

    static int fscreate(int context) {
        try (Arena arena = Arena.ofConfined()) {
            return call(arena, FSCONFIG, context, FSCONFIG_CMD_CREATE, 0, 0, 0);
        }
    }

    /** A mount that is in no tree. */
    static int fsmount(int context) {
        try (Arena arena = Arena.ofConfined()) {
            return call(arena, FSMOUNT, context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID_NODEV_NOEXEC, 0, 0);
        }
    }

    /** Allocations of the calling thread do not wait for I/O, which may be its own. */
    static int setIoFlusher() {
        try (Arena arena = Arena.ofConfined()) {
            return call(arena, PRCTL, PR_SET_IO_FLUSHER, 1, 0, 0, 0);
        }
    }

    /**
     * Memory that was used once is not taken away any more. Not all at once: most of what a JVM reserves is never used.
     */
    static int lockMemory() {
        try (Arena arena = Arena.ofConfined()) {
            return call(arena, MLOCKALL, MCL_CURRENT_FUTURE_ONFAULT, 0, 0, 0, 0);
        }
    }

    private static int call(Arena arena, int number, long a, long b, long c, long d, long e) {
        return (int) Libc.syscall(Libc.newErrorState(arena), number, a, b, c, d, e, 0);
    }
}
