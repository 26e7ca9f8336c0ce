package io.bsr.storage;

import io.bsr.base.port.Errno;
import io.bsr.base.port.PortException;
import io.bsr.loop.linux.Linux;
import java.nio.file.Path;

/** What is said when a file or device cannot be opened: what happened, why, and what to do. */
final class OpenFailures {
    private OpenFailures() {}

    static PortException of(Path path, int errno) {
        return switch (errno) {
            case Linux.ENOENT -> failure(path, errno, "it does not exist", "Create it, or correct the path");
            case Linux.ENOTDIR -> failure(path, errno, "a part of the path is not a folder", "Correct the path");
            case Linux.ELOOP -> failure(path, errno, "its symbolic links go in a circle", "Correct the links");
            case Linux.EISDIR -> failure(path, errno, "it is a folder", "Name a file or a block device");
            case Errno.EACCES, Errno.EPERM ->
                failure(
                        path,
                        errno,
                        "permission denied",
                        "Run as a user who may read and write it, or change its mode");
            case Errno.EROFS -> failure(path, errno, "it is read-only", "Make the device or the file system writable");
            case Linux.ETXTBSY -> failure(path, errno, "it is in use as a program or swap file", "Name another file");
            case Linux.EMFILE, 23 ->
                failure(path, errno, "too many files are open", "Raise the limit on open files (LimitNOFILE)");
            case 6, 19 -> failure(path, errno, "there is no such device", "Attach the device, or load its driver");
            case 123 -> failure(path, errno, "there is no medium in the device", "Attach the device's medium");
            default ->
                failure(
                        path,
                        errno,
                        "the system says " + Errno.name(errno),
                        "Look into the system's log for the cause");
        };
    }

    static PortException inUse(Path path, String user) {
        return failure(
                path,
                Errno.EBUSY,
                "it is in use by " + user,
                "Stop that user first; two writers would destroy the data");
    }

    static PortException failure(Path path, int errno, String why, String advice) {
        return new PortException(errno, "Cannot open " + path + ": " + why + ". " + advice + ".");
    }
}
