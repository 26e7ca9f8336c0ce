package io.bsr.net;

import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Errno;
import io.bsr.base.port.PortException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** What both transports say when an address cannot be listened at, and how they clear up behind themselves. */
final class ListenFailures {
    private ListenFailures() {}

    static PortException of(Endpoint local, String reason) {
        String advice;
        int errno;
        if (reason.equals(SocketErrors.text(98))) {
            errno = Errno.EBUSY;
            advice = "Stop the program that listens there, or choose another "
                    + (local.family() == Endpoint.Family.UNIX ? "path." : "port.");
        } else if (reason.equals(SocketErrors.text(99))) {
            errno = Errno.EINVAL;
            advice = "Use an address of this host, or configure it on an interface first.";
        } else if (reason.equals(SocketErrors.text(Errno.EACCES))) {
            errno = Errno.EACCES;
            advice = "Use a port above 1023 or a folder that may be written, or run with more rights.";
        } else {
            errno = Errno.EIO;
            advice = "Check the address and the system's log.";
        }
        return new PortException(errno, "Cannot listen at " + local + ": " + reason + ". " + advice);
    }

    /**
     * Removes the file of a Unix socket: one that stays would look like a listener to the next one who wants the path.
     * Leaves alone what is no socket.
     */
    static void removeSocketFile(Endpoint local) {
        Path path = Path.of(local.address());
        try {
            if (Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isOther()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException ignored) {
            // Gone already, or left behind: the next listener finds that nobody answers and removes it.
        }
    }
}
