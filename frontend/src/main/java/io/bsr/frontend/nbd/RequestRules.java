package io.bsr.frontend.nbd;

import static io.bsr.frontend.nbd.TransmissionCode.*;

import io.bsr.base.port.Errno;
import io.bsr.base.port.VolumePort;

/** Which requests are refused, and with which error (NBD protocol, "Request types" and "Error values"). */
final class RequestRules {
    private final boolean structuredReplies;
    private final boolean allocationContext;
    private final int block;

    RequestRules(Session session) {
        this.structuredReplies = session.structuredReplies();
        this.allocationContext = session.allocationContext();
        this.block = session.minimumBlock();
    }

    /**
     * Judges a request other than DISC.
     *
     * @param offset unsigned, in bytes
     * @param length 0 … 2³² − 1, in bytes
     * @param size of the volume now, in bytes
     * @return 0 if it may be done, else the error to answer
     */
    int check(int command, int flags, long offset, long length, long size) {
        int allowed = CMD_FLAG_FUA;
        switch (command) {
            case CMD_READ -> allowed |= structuredReplies ? CMD_FLAG_DF : 0;
            case CMD_WRITE, CMD_TRIM -> {}
            case CMD_WRITE_ZEROES -> allowed |= CMD_FLAG_NO_HOLE;
            case CMD_BLOCK_STATUS -> allowed |= CMD_FLAG_REQ_ONE;
            case CMD_FLUSH -> {
                return (flags & ~CMD_FLAG_FUA) == 0 && offset == 0 && length == 0 ? 0 : EINVAL;
            }
            default -> {
                return EINVAL;
            }
        }
        if ((flags & ~allowed) != 0) {
            return EINVAL;
        }
        if (command == CMD_BLOCK_STATUS && (!allocationContext || length == 0)) {
            return EINVAL;
        }
        boolean outside = offset < 0 || offset > size || length > size - offset;
        if (outside) {
            return command == CMD_WRITE || command == CMD_WRITE_ZEROES ? ENOSPC : EINVAL;
        }
        if (((offset | length) & (block - 1)) != 0) {
            return EINVAL;
        }
        return tooLong(command, flags, length);
    }

    private int tooLong(int command, int flags, long length) {
        boolean payload = command == CMD_READ || command == CMD_WRITE;
        if (payload && length > LONGEST_PAYLOAD) {
            return command == CMD_READ && structuredReplies ? EOVERFLOW : EINVAL;
        }
        return (flags & CMD_FLAG_DF) != 0 && length > VolumePort.MAX_TRANSFER ? EOVERFLOW : 0;
    }

    /** The error that the client gets when the volume fails with {@code errno}: the protocol knows only a few. */
    static int errorOf(int errno) {
        return switch (errno) {
            case Errno.OK -> 0;
            case Errno.EPERM, Errno.EACCES, Errno.EROFS -> EPERM;
            case Errno.EINVAL, Errno.EOPNOTSUPP -> EINVAL;
            case Errno.ENOSPC -> ENOSPC;
            case Errno.ESHUTDOWN -> ESHUTDOWN;
            default -> EIO;
        };
    }
}
