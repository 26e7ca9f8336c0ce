package io.bsr.storage;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.bsr.base.port.Errno;
import io.bsr.base.port.PortException;
import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The right of this process to use a file or device, held by a descriptor of its own.
 *
 * <p>Files: an open-file-description lock (fcntl(2), F_OFD_SETLK) on the whole file, shared among readers. It conflicts
 * with classic record locks of other programs, and unlike those it is not lost when some other part of the process
 * closes the same file. Block devices: O_EXCL, which the kernel also refuses while the device is mounted, part of a
 * volume group or claimed by another engine; readers take no claim there. The kernel gives both back when the process
 * dies.
 *
 * <p>Stores of one process that agree to share a device hold one claim together, counted here.
 */
final class Claim {
    private static final Map<Key, Claim> SHARED = new HashMap<>();

    /** A file or device, however it is called. */
    private record Key(boolean blockDevice, FileStatus.Device device, long inode) {}

    private final int descriptor;
    private final Key key;
    private int holders = 1;

    private Claim(int descriptor, Key key) {
        this.descriptor = descriptor;
        this.key = key;
    }

    static Claim take(Path path, FileStatus status, StoreOptions options) throws PortException {
        Key key = new Key(status.blockDevice(), status.device(), status.blockDevice() ? 0 : status.inode());
        if (options.readOnly() || options.sharing() == StoreOptions.Sharing.NOBODY) {
            return new Claim(acquire(path, status, options.readOnly()), key);
        }
        synchronized (SHARED) {
            Claim held = SHARED.get(key);
            if (held != null) {
                held.holders++;
                return held;
            }
            Claim claim = new Claim(acquire(path, status, false), key);
            SHARED.put(key, claim);
            return claim;
        }
    }

    private static int acquire(Path path, FileStatus status, boolean readOnly) throws PortException {
        int flags = (readOnly ? Linux.O_RDONLY : Linux.O_RDWR) | Linux.O_CLOEXEC;
        if (status.blockDevice() && !readOnly) {
            flags |= Linux.O_EXCL;
        }
        int descriptor = Libc.open(path.toString(), flags, 0);
        if (descriptor == -Errno.EBUSY) {
            throw OpenFailures.inUse(path, FileUsers.of(path));
        }
        if (descriptor < 0) {
            throw OpenFailures.of(path, -descriptor);
        }
        if (status.blockDevice()) {
            return descriptor;
        }
        int locked = lock(descriptor, readOnly ? Linux.F_RDLCK : Linux.F_WRLCK);
        if (locked < 0) {
            Libc.close(descriptor);
            if (locked == -Linux.EAGAIN || locked == -Errno.EACCES) {
                throw OpenFailures.inUse(path, FileUsers.of(path));
            }
            throw OpenFailures.failure(
                    path,
                    -locked,
                    "it cannot be locked against other users (" + Errno.name(-locked) + ")",
                    "Move it to a file system with working locks");
        }
        return descriptor;
    }

    /** struct flock (asm-generic/fcntl.h): type 0, whence 2, start 8, length 16 (0: to the end), pid 24 (must be 0). */
    private static int lock(int descriptor, short type) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flock = arena.allocate(32, 8);
            flock.set(JAVA_SHORT, 0, type);
            flock.set(JAVA_SHORT, 2, (short) 0);
            flock.set(JAVA_LONG, 8, 0);
            flock.set(JAVA_LONG, 16, 0);
            return Libc.fcntl(descriptor, Linux.F_OFD_SETLK, flock);
        }
    }

    void release() {
        synchronized (SHARED) {
            if (--holders > 0) {
                return;
            }
            SHARED.remove(key, this);
        }
        Libc.close(descriptor);
    }
}
