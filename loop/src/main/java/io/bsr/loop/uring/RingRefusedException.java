package io.bsr.loop.uring;

import io.bsr.base.port.Errno;
import io.bsr.loop.linux.Linux;

/** The system has no io_uring for us. The message says why, in words that fit behind a colon. */
public final class RingRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    public RingRefusedException(String reason) {
        super(reason);
    }

    static RingRefusedException of(int errno) {
        return new RingRefusedException(
                switch (errno) {
                    case Linux.ENOSYS -> "the kernel has no io_uring (ENOSYS)";
                    case Errno.EPERM ->
                        "io_uring is forbidden here (EPERM): by sysctl kernel.io_uring_disabled, or by the container's"
                                + " system call filter";
                    case Errno.EACCES -> "io_uring is forbidden here (EACCES) by a security policy";
                    case 12 -> "not enough memory that may be locked for an io_uring (ENOMEM)";
                    case Linux.EMFILE, 23 -> "too many open files for an io_uring";
                    default -> "the system refused an io_uring (" + Errno.name(errno) + ")";
                });
    }
}
