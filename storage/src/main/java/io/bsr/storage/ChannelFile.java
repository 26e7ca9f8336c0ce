package io.bsr.storage;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Errno;
import io.bsr.base.port.PortException;
import io.bsr.loop.linux.Linux;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A plain file through the class library alone, for systems other than Linux.
 *
 * <p>Always through the page cache: the class library's direct mode wants whole blocks of the file system, so that
 * sectors could not be addressed. Space is never freed, and holes are not seen.
 */
final class ChannelFile implements BlockFile {
    private static final int BLOCK = 512;
    private static final int ZERO_BYTES = 1 << 20;

    private final FileChannel channel;
    private final boolean readOnly;
    private final Geometry geometry;

    private ChannelFile(FileChannel channel, boolean readOnly, Geometry geometry) {
        this.channel = channel;
        this.readOnly = readOnly;
        this.geometry = geometry;
    }

    static ChannelFile open(Path path, StoreOptions options) throws PortException {
        if (Files.isDirectory(path)) {
            throw OpenFailures.of(path, Linux.EISDIR);
        }
        Set<OpenOption> how = options.readOnly()
                ? Set.of(StandardOpenOption.READ)
                : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileChannel channel = null;
        boolean opened = false;
        try {
            channel = FileChannel.open(path, how);
            lock(path, channel, options.readOnly());
            long size = channel.size();
            if (size < BLOCK) {
                throw OpenFailures.failure(
                        path, Errno.EINVAL, "it has " + size + " bytes, less than one block", "Make it larger first");
            }
            Geometry geometry =
                    new Geometry(size - size % BLOCK, BLOCK, true, false, path + " (file, through the page cache)");
            opened = true;
            return new ChannelFile(channel, options.readOnly(), geometry);
        } catch (NoSuchFileException e) {
            throw OpenFailures.of(path, Linux.ENOENT);
        } catch (AccessDeniedException e) {
            throw OpenFailures.of(path, Errno.EACCES);
        } catch (IOException e) {
            throw OpenFailures.failure(
                    path, Errno.EIO, "the system says: " + e.getMessage(), "Look into the system's log for the cause");
        } finally {
            if (!opened) {
                close(channel);
            }
        }
    }

    /** The lock is given back when the channel is closed. */
    private static void lock(Path path, FileChannel channel, boolean readOnly) throws IOException, PortException {
        FileLock lock;
        try {
            lock = channel.tryLock(0, Long.MAX_VALUE, readOnly);
        } catch (OverlappingFileLockException e) {
            throw OpenFailures.inUse(path, "this process");
        }
        if (lock == null) {
            throw OpenFailures.inUse(path, "another process");
        }
    }

    private static void close(@Nullable FileChannel channel) {
        if (channel == null) {
            return;
        }
        try {
            channel.close();
        } catch (IOException ignored) {
            // What was written and flushed is safe; what was not may be lost with or without this failure.
        }
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
        try {
            return channel.size();
        } catch (IOException e) {
            return -errno(e);
        }
    }

    @Override
    public int read(long offset, Buffer target, int targetOffset, int length) {
        ByteBuffer part = target.slice(targetOffset, length);
        try {
            while (part.hasRemaining()) {
                if (channel.read(part, offset + part.position()) <= 0) {
                    return Errno.EIO;
                }
            }
            return 0;
        } catch (IOException e) {
            return errno(e);
        }
    }

    @Override
    public int write(long offset, Buffer source, int sourceOffset, int length, boolean fua) {
        int error = write(offset, source.slice(sourceOffset, length));
        return error == 0 && fua ? flush() : error;
    }

    private int write(long offset, ByteBuffer data) {
        try {
            while (data.hasRemaining()) {
                if (channel.write(data, offset + data.position()) <= 0) {
                    return Errno.EIO;
                }
            }
            return 0;
        } catch (IOException e) {
            return errno(e);
        }
    }

    @Override
    public int flush() {
        try {
            channel.force(false);
            return 0;
        } catch (IOException e) {
            return errno(e);
        }
    }

    @Override
    public int discard(long offset, long length) {
        return Errno.EOPNOTSUPP;
    }

    @Override
    public int writeZeroes(long offset, long length, boolean mayUnmap) {
        ByteBuffer zeroes = ByteBuffer.allocateDirect((int) Math.min(length, ZERO_BYTES));
        long done = 0;
        while (done < length) {
            int part = (int) Math.min(length - done, zeroes.capacity());
            int error = write(offset + done, zeroes.slice(0, part));
            if (error != 0) {
                return error;
            }
            done += part;
        }
        return 0;
    }

    @Override
    public int map(long offset, long end, long[] extents) {
        extents[0] = end - offset;
        return 1;
    }

    @Override
    public void close() {
        close(channel);
    }

    private static int errno(IOException failure) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("no space") || message.contains("not enough space") ? Errno.ENOSPC : Errno.EIO;
    }
}
