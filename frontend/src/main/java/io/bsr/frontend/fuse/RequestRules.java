package io.bsr.frontend.fuse;

import static io.bsr.frontend.fuse.FuseCode.*;

import io.bsr.base.port.Errno;
import io.bsr.base.port.VolumePort;

/** Which requests are refused, and with which error. */
final class RequestRules {
    private RequestRules() {}

    /** Bytes behind the head that a message of this operation has at least. */
    static int bodyBytes(int opcode) {
        return switch (opcode) {
            case INIT -> INIT_IN_BYTES;
            case SETATTR -> SETATTR_IN_BYTES;
            case READ, WRITE -> IO_IN_BYTES;
            case FALLOCATE -> FALLOCATE_IN_BYTES;
            default -> 0;
        };
    }

    /** Whether it is about the one file that there is. */
    static boolean aboutFile(int opcode) {
        return switch (opcode) {
            case GETATTR, SETATTR, OPEN, READ, WRITE, RELEASE, FSYNC, FALLOCATE -> true;
            default -> false;
        };
    }

    /** Times may be set, and are not kept; size, owner and mode stay what they are. */
    static int attributes(int valid) {
        return (valid & ~SETATTR_TIMES_AND_HANDLES) == 0 ? 0 : Errno.EPERM;
    }

    /**
     * Judges a READ. Behind the end of the file there is nothing to read, which is no error.
     *
     * @return the bytes to read, or a negative error
     */
    static int readable(VolumePort volume, long offset, long length) {
        if (offset < 0 || length > FuseSession.LARGEST_TRANSFER) {
            return -Errno.EINVAL;
        }
        long bytes = Math.clamp(volume.size() - offset, 0, length);
        return aligned(volume, offset, bytes) ? (int) bytes : -Errno.EINVAL;
    }

    /**
     * Judges a WRITE.
     *
     * @param arrived bytes behind the fixed part of the message
     */
    static int write(VolumePort volume, long offset, long length, long arrived) {
        if (length > FuseSession.LARGEST_TRANSFER || length != arrived || !aligned(volume, offset, length)) {
            return Errno.EINVAL;
        }
        return inside(volume, offset, length) ? 0 : Errno.ENOSPC;
    }

    static int allocate(VolumePort volume, int mode, long offset, long length) {
        if (mode != (KEEP_SIZE | PUNCH_HOLE) && mode != (KEEP_SIZE | ZERO_RANGE)) {
            return Errno.EOPNOTSUPP;
        }
        if ((mode & PUNCH_HOLE) != 0 && !volume.discards()) {
            // Zeroes would be written for nothing by who frees space; who needs them writes them himself after this.
            return Errno.EOPNOTSUPP;
        }
        if (length <= 0 || !aligned(volume, offset, length)) {
            return Errno.EINVAL;
        }
        return inside(volume, offset, length) ? 0 : Errno.ENOSPC;
    }

    private static boolean aligned(VolumePort volume, long offset, long length) {
        return ((offset | length) & (volume.logicalBlockSize() - 1)) == 0;
    }

    private static boolean inside(VolumePort volume, long offset, long length) {
        long size = volume.size();
        return offset >= 0 && offset <= size && length <= size - offset;
    }

    /** The error that the kernel gets; what it has no use for is an error of the medium. */
    static int errorOf(int errno) {
        return switch (errno) {
            case Errno.EINVAL, Errno.ENOSPC, Errno.EROFS, Errno.EOPNOTSUPP -> errno;
            default -> Errno.EIO;
        };
    }
}
