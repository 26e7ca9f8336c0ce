package io.bsr.metadata.tool;

import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A metadata device that is a block device or a plain file, locked against other users for as long as it is open.
 *
 * <p>Two locks: an advisory one (fcntl) on the file, exclusive for writers and shared for readers, against other tools;
 * and on a block device, for writers, the kernel's exclusive claim, against mounts, device mapper and the like.
 */
public final class FileMetadataDevice implements MetadataDevice {
    /** How to open. */
    public enum Option {
        /** For writing too. */
        WRITE,
        /** A plain file is good enough. */
        PLAIN_FILE,
        /** Go on without the locks if somebody else has them. */
        EVEN_IF_BUSY
    }

    private static final int TYPE_MASK = 0xF000;
    private static final int BLOCK_DEVICE = 0x6000;
    private static final int REGULAR_FILE = 0x8000;

    private final Path path;
    private final FileChannel channel;
    private final @Nullable ExclusiveClaim claim;
    private final long size;

    private FileMetadataDevice(Path path, FileChannel channel, @Nullable ExclusiveClaim claim) throws IOException {
        this.path = path;
        this.channel = channel;
        this.claim = claim;
        size = channel.size();
    }

    /**
     * Opens and locks a device.
     *
     * @throws MetadataException OPEN if it cannot be opened, PLACEMENT if it is not a block device, BUSY if it is in use
     */
    public static FileMetadataDevice open(Path path, Set<Option> options) throws MetadataException {
        boolean write = options.contains(Option.WRITE);
        int type = type(path);
        if (type != BLOCK_DEVICE && !(type == REGULAR_FILE && options.contains(Option.PLAIN_FILE))) {
            throw new MetadataException(
                    Code.PLACEMENT,
                    path + " cannot hold metadata",
                    type == REGULAR_FILE ? "it is a plain file, not a block device" : "it is not a block device",
                    "Name a block device" + (type == REGULAR_FILE ? ", or allow plain files with --force" : ""));
        }
        boolean evenIfBusy = options.contains(Option.EVEN_IF_BUSY);
        ExclusiveClaim claim = type == BLOCK_DEVICE && write && !evenIfBusy ? ExclusiveClaim.of(path) : null;
        FileChannel channel = null;
        boolean opened = false;
        try {
            channel = FileChannel.open(
                    path,
                    write
                            ? EnumSet.of(StandardOpenOption.READ, StandardOpenOption.WRITE)
                            : EnumSet.of(StandardOpenOption.READ));
            if (!evenIfBusy && !locked(channel, write)) {
                throw ExclusiveClaim.busy(path, "another program has locked it");
            }
            FileMetadataDevice device = new FileMetadataDevice(path, channel, claim);
            opened = true;
            return device;
        } catch (IOException e) {
            throw notOpened(path, e);
        } finally {
            if (!opened) {
                release(channel, claim);
            }
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public String description() {
        return path.toString();
    }

    @Override
    public void read(long offset, ByteBuffer target) throws MetadataException {
        long at = offset;
        try {
            while (target.hasRemaining()) {
                int read = channel.read(target, at);
                if (read < 0) {
                    throw new IOException("end of device at byte " + at);
                }
                at += read;
            }
        } catch (IOException e) {
            throw failed("read at byte " + offset, path, e);
        }
    }

    @Override
    public void write(long offset, ByteBuffer source) throws MetadataException {
        long at = offset;
        try {
            while (source.hasRemaining()) {
                at += channel.write(source, at);
            }
        } catch (IOException e) {
            throw failed("written at byte " + offset, path, e);
        }
    }

    @Override
    public void force() throws MetadataException {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw failed("flushed", path, e);
        }
    }

    @Override
    public void close() throws MetadataException {
        try {
            channel.close();
        } catch (IOException e) {
            throw failed("closed", path, e);
        } finally {
            if (claim != null) {
                claim.close();
            }
        }
    }

    private static boolean locked(FileChannel channel, boolean exclusive) throws IOException {
        try {
            // The lock is released with the channel.
            FileLock lock = channel.tryLock(0, Long.MAX_VALUE, !exclusive);
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static void release(@Nullable FileChannel channel, @Nullable ExclusiveClaim claim)
            throws MetadataException {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new MetadataException(
                    Code.IO, "A device could not be closed", String.valueOf(e.getMessage()), "Check the device", e);
        } finally {
            if (claim != null) {
                claim.close();
            }
        }
    }

    /** The type bits of the file mode; looked up before opening, for opening a FIFO would hang. */
    private static int type(Path path) throws MetadataException {
        try {
            return (int) Files.getAttribute(path, "unix:mode") & TYPE_MASK;
        } catch (UnsupportedOperationException e) {
            return Files.isRegularFile(path) ? REGULAR_FILE : BLOCK_DEVICE;
        } catch (IOException e) {
            throw notOpened(path, e);
        }
    }

    private static MetadataException failed(String action, Path path, IOException cause) {
        return failed(Code.IO, action, path, cause);
    }

    private static MetadataException notOpened(Path path, IOException cause) {
        return failed(Code.OPEN, "opened", path, cause);
    }

    private static MetadataException failed(Code code, String action, Path path, IOException cause) {
        String why =
                switch (cause) {
                    case NoSuchFileException e -> "No such file or directory";
                    case AccessDeniedException e -> "Permission denied";
                    default -> String.valueOf(cause.getMessage());
                };
        return new MetadataException(
                code, path + " could not be " + action, why, "Check the path, the permissions and the disk", cause);
    }
}
