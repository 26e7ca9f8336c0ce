package io.bsr.storage;

import io.bsr.base.port.Errno;
import io.bsr.base.port.PortException;
import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds out the geometry of a file or device that has just been opened on Linux. */
final class GeometryProbe {
    private static final int SECTOR = 512;
    private static final int LARGEST_BLOCK = 4096;

    private GeometryProbe() {}

    static Geometry of(Path path, int descriptor, FileStatus status, StoreOptions options, boolean direct)
            throws PortException {
        return status.blockDevice()
                ? device(path, descriptor, status, options, direct)
                : file(path, descriptor, status, options, direct);
    }

    private static Geometry device(Path path, int descriptor, FileStatus status, StoreOptions options, boolean direct)
            throws PortException {
        if (!options.readOnly() && LinuxFile.ask(descriptor, Linux.BLKROGET) > 0) {
            throw OpenFailures.of(path, Errno.EROFS);
        }
        int block = LinuxFile.ask(descriptor, Linux.BLKSSZGET);
        if (block < 0) {
            throw OpenFailures.of(path, -block);
        }
        checkBlock(path, block);
        long size = LinuxFile.deviceSize(descriptor);
        if (size < 0) {
            throw OpenFailures.of(path, (int) -size);
        }
        String cache = queueAttribute(status.device(), "write_cache");
        boolean writeThrough = "write through".equals(cache);
        String discardLimit = queueAttribute(status.device(), "discard_max_bytes");
        boolean discards = discardLimit != null && !discardLimit.equals("0") && !options.readOnly();
        return new Geometry(
                checkedSize(path, size, block),
                block,
                !writeThrough || !direct,
                discards,
                path + " (block device" + note(options, direct) + ")");
    }

    private static Geometry file(Path path, int descriptor, FileStatus status, StoreOptions options, boolean direct)
            throws PortException {
        int block = SECTOR;
        if (direct) {
            block = status.directAlignment() > 0 ? status.directAlignment() : probedAlignment(descriptor);
            block = Math.max(block, SECTOR);
            checkBlock(path, block);
        }
        boolean memory = inMemory(path);
        boolean discards = !options.readOnly()
                && Libc.fallocate(descriptor, LinuxFile.zeroMode(true), status.size(), LARGEST_BLOCK) == 0;
        return new Geometry(
                checkedSize(path, status.size(), block),
                block,
                !memory,
                discards,
                path + " (file" + (memory ? " in memory" : "") + note(options, direct) + ")");
    }

    private static String note(StoreOptions options, boolean direct) {
        if (direct) {
            return "";
        }
        return options.direct()
                ? ", through the page cache because the file system refuses O_DIRECT"
                : ", through the page cache";
    }

    private static void checkBlock(Path path, int block) throws PortException {
        if (block != SECTOR && block != LARGEST_BLOCK) {
            throw OpenFailures.failure(
                    path,
                    Errno.EINVAL,
                    "its blocks have " + block + " bytes, and only 512 and 4096 are supported",
                    "Use a device with such blocks");
        }
    }

    private static long checkedSize(Path path, long size, int block) throws PortException {
        if (size < block) {
            throw OpenFailures.failure(
                    path,
                    Errno.EINVAL,
                    "it has " + size + " bytes, less than one block of " + block,
                    "Make it larger first (truncate -s SIZE FILE)");
        }
        return size - size % block;
    }

    /** Kernels before 6.1 do not tell the alignment: a read of one sector shows whether sectors will do. */
    private static int probedAlignment(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sector = arena.allocate(LARGEST_BLOCK, LARGEST_BLOCK);
            return Libc.pread(descriptor, sector, SECTOR, SECTOR) == -Errno.EINVAL ? LARGEST_BLOCK : SECTOR;
        }
    }

    /** An attribute of a device's queue; a partition has the queue of its disk. */
    private static @Nullable String queueAttribute(FileStatus.Device device, String name) {
        Path own = Path.of(device.sysfs(), "queue", name);
        Path disk = Path.of(device.sysfs(), "..", "queue", name);
        try {
            return Files.readString(Files.exists(own) ? own : disk).strip();
        } catch (IOException e) {
            return null;
        }
    }

    private static boolean inMemory(Path path) {
        try {
            String type = Files.getFileStore(path).type();
            return type.equals("tmpfs") || type.equals("ramfs");
        } catch (IOException e) {
            return false;
        }
    }
}
