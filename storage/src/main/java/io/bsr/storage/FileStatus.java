package io.bsr.storage;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What statx(2) says of a file.
 *
 * @param error 0, or the positive error number; then the rest means nothing
 * @param type the type bits of the mode
 * @param inode number of the file on {@code device}
 * @param device major and minor number of the file system, or of the device itself if it is a block device
 * @param size of a plain file, in bytes
 * @param directAlignment alignment of offsets for O_DIRECT in bytes; 0 if O_DIRECT is refused, −1 if not known
 */
record FileStatus(int error, int type, long inode, Device device, long size, int directAlignment) {
    // linux/stat.h
    private static final int S_IFMT = 0xf000;
    private static final int S_IFDIR = 0x4000;
    private static final int S_IFBLK = 0x6000;
    private static final int S_IFREG = 0x8000;

    /** A device number. */
    record Device(int major, int minor) {
        /** Its folder in sysfs. */
        String sysfs() {
            return "/sys/dev/block/" + major + ":" + minor;
        }
    }

    static FileStatus of(String path) {
        return query(Linux.AT_FDCWD, path, 0);
    }

    static FileStatus of(int descriptor) {
        return query(descriptor, "", Linux.AT_EMPTY_PATH);
    }

    /** Offsets as in {@code struct statx} (linux/stat.h): mask 0, mode 0x1c, ino 0x20, size 0x28, rdev 0x80, dev 0x88. */
    private static FileStatus query(int folder, String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment s = arena.allocate(Linux.STATX_BYTES, 8);
            int status = Libc.statx(folder, path, flags, Linux.STATX_BASIC_STATS | Linux.STATX_DIOALIGN, s);
            if (status < 0) {
                return new FileStatus(-status, 0, 0, new Device(0, 0), 0, -1);
            }
            int type = s.get(JAVA_SHORT, 0x1c) & S_IFMT;
            long device = type == S_IFBLK ? 0x80 : 0x88;
            boolean alignmentKnown = (s.get(JAVA_INT, 0) & Linux.STATX_DIOALIGN) != 0;
            return new FileStatus(
                    0,
                    type,
                    s.get(JAVA_LONG, 0x20),
                    new Device(s.get(JAVA_INT, device), s.get(JAVA_INT, device + 4)),
                    s.get(JAVA_LONG, 0x28),
                    alignmentKnown ? s.get(JAVA_INT, 0x9c) : -1);
        }
    }

    boolean plainFile() {
        return type == S_IFREG;
    }

    boolean blockDevice() {
        return type == S_IFBLK;
    }

    boolean folder() {
        return type == S_IFDIR;
    }
}
