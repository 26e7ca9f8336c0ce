package io.bsr.storage;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Errno;
import io.bsr.base.port.PortException;
import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** A plain file or block device of Linux, by its descriptor. */
final class LinuxFile implements BlockFile {
    private static final int ZERO_BYTES = 1 << 20;

    private final int descriptor;
    private final Claim claim;
    private final boolean readOnly;
    private final boolean blockDevice;
    private final Geometry geometry;

    private LinuxFile(int descriptor, Claim claim, boolean readOnly, boolean blockDevice, Geometry geometry) {
        this.descriptor = descriptor;
        this.claim = claim;
        this.readOnly = readOnly;
        this.blockDevice = blockDevice;
        this.geometry = geometry;
    }

    static LinuxFile open(Path path, StoreOptions options) throws PortException {
        FileStatus status = FileStatus.of(path.toString());
        if (status.error() != 0) {
            throw OpenFailures.of(path, status.error());
        }
        if (status.folder()) {
            throw OpenFailures.of(path, Linux.EISDIR);
        }
        if (!status.plainFile() && !status.blockDevice()) {
            throw OpenFailures.failure(
                    path, Errno.EINVAL, "it is neither a file nor a block device", "Name a file or a block device");
        }
        Claim claim = Claim.take(path, status, options);
        int descriptor = -1;
        boolean opened = false;
        try {
            boolean direct = options.direct() && status.directAlignment() != 0;
            int flags = (options.readOnly() ? Linux.O_RDONLY : Linux.O_RDWR) | Linux.O_CLOEXEC;
            descriptor = Libc.open(path.toString(), direct ? flags | Linux.O_DIRECT : flags, 0);
            if (descriptor == -Errno.EINVAL && direct) {
                direct = false;
                descriptor = Libc.open(path.toString(), flags, 0);
            }
            if (descriptor < 0) {
                throw OpenFailures.of(path, -descriptor);
            }
            FileStatus now = FileStatus.of(descriptor);
            if (now.inode() != status.inode() || now.type() != status.type()) {
                throw OpenFailures.failure(path, Errno.EBUSY, "it was replaced while it was being opened", "Try again");
            }
            Geometry geometry = GeometryProbe.of(path, descriptor, now, options, direct);
            opened = true;
            return new LinuxFile(descriptor, claim, options.readOnly(), now.blockDevice(), geometry);
        } finally {
            if (!opened) {
                if (descriptor >= 0) {
                    Libc.close(descriptor);
                }
                claim.release();
            }
        }
    }

    int descriptor() {
        return descriptor;
    }

    boolean blockDevice() {
        return blockDevice;
    }

    @Override
    public Geometry geometry() {
        return geometry;
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    @Override
    public long currentSize() {
        if (blockDevice) {
            return deviceSize(descriptor);
        }
        FileStatus now = FileStatus.of(descriptor);
        return now.error() == 0 ? now.size() : -now.error();
    }

    @Override
    public int read(long offset, Buffer target, int targetOffset, int length) {
        int done = 0;
        while (done < length) {
            MemorySegment part = target.segment().asSlice(targetOffset + done, length - done);
            long result = Libc.pread(descriptor, part, length - done, offset + done);
            if (result == -Linux.EINTR) {
                continue;
            }
            if (result <= 0) {
                return result == 0 ? Errno.EIO : (int) -result;
            }
            done += (int) result;
        }
        return 0;
    }

    @Override
    public int write(long offset, Buffer source, int sourceOffset, int length, boolean fua) {
        return write(offset, source.segment().asSlice(sourceOffset, length), fua ? Linux.RWF_DSYNC : 0);
    }

    private int write(long offset, MemorySegment data, int flags) {
        long done = 0;
        while (done < data.byteSize()) {
            MemorySegment part = data.asSlice(done);
            long result = Libc.pwrite(descriptor, part, part.byteSize(), offset + done, flags);
            if (result == -Linux.EINTR) {
                continue;
            }
            if (result <= 0) {
                return result == 0 ? Errno.EIO : (int) -result;
            }
            done += result;
        }
        return 0;
    }

    @Override
    public int flush() {
        return -Libc.fdatasync(descriptor);
    }

    @Override
    public int discard(long offset, long length) {
        if (!geometry.discards()) {
            return Errno.EOPNOTSUPP;
        }
        if (!blockDevice) {
            return -Libc.fallocate(descriptor, zeroMode(true), offset, length);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment range = arena.allocateFrom(JAVA_LONG, offset, length);
            return -Libc.ioctl(descriptor, Linux.BLKDISCARD, range);
        }
    }

    /** The mode of fallocate(2) that makes a range read as zeroes. Works on files and on block devices. */
    static int zeroMode(boolean mayUnmap) {
        return Linux.FALLOC_FL_KEEP_SIZE | (mayUnmap ? Linux.FALLOC_FL_PUNCH_HOLE : Linux.FALLOC_FL_ZERO_RANGE);
    }

    @Override
    public int writeZeroes(long offset, long length, boolean mayUnmap) {
        int error = -Libc.fallocate(descriptor, zeroMode(mayUnmap), offset, length);
        return zeroingRefused(error) ? writeZeroesByHand(offset, length) : error;
    }

    /** True if the system knows no short way to zero this range, so that zeroes have to be written. */
    static boolean zeroingRefused(int errno) {
        return errno == Errno.EOPNOTSUPP || errno == Errno.EINVAL || errno == Linux.ENOSYS;
    }

    int writeZeroesByHand(long offset, long length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment zeroes = arena.allocate(Math.min(length, ZERO_BYTES), 4096);
            long done = 0;
            while (done < length) {
                long part = Math.min(length - done, zeroes.byteSize());
                int error = write(offset + done, zeroes.asSlice(0, part), 0);
                if (error != 0) {
                    return error;
                }
                done += part;
            }
        }
        return 0;
    }

    @Override
    public int map(long offset, long end, long[] extents) {
        if (blockDevice) {
            extents[0] = end - offset;
            return 1;
        }
        int count = 0;
        long at = offset;
        while (at < end && count < extents.length) {
            long data = Libc.lseek(descriptor, at, Linux.SEEK_DATA);
            if (data == -6) {
                // ENXIO: no data from here on.
                data = end;
            } else if (data < 0) {
                return (int) data;
            }
            data = Math.min(data, end);
            if (data > at) {
                extents[count++] = -(data - at);
                at = data;
                continue;
            }
            long hole = Libc.lseek(descriptor, at, Linux.SEEK_HOLE);
            if (hole < 0) {
                return (int) hole;
            }
            // A file that shrank meanwhile could answer with a hole here: still go forward.
            hole = Math.min(Math.max(hole, at + 1), end);
            extents[count++] = hole - at;
            at = hole;
        }
        return count;
    }

    @Override
    public void close() {
        Libc.close(descriptor);
        claim.release();
    }

    /** An {@code int} that an ioctl(2) of a block device answers. */
    static int ask(int descriptor, long request) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(8, 8);
            int status = Libc.ioctl(descriptor, request, answer);
            return status < 0 ? status : answer.get(JAVA_INT, 0);
        }
    }

    /** The size of a block device in bytes, or the negative error number. */
    static long deviceSize(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(8, 8);
            int status = Libc.ioctl(descriptor, Linux.BLKGETSIZE64, answer);
            return status < 0 ? status : answer.get(JAVA_LONG, 0);
        }
    }
}
