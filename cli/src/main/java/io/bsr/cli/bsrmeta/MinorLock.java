package io.bsr.cli.bsrmeta;

import io.bsr.control.EngineFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * One {@code bsrmeta} at a time for each minor: a lock on a file, the one that the original takes. Commands wait for each
 * other for a second.
 *
 * <p>It only keeps the tools apart. What protects the device is the lock on the device itself. So a user who may not write
 * to the folder of locks goes without.
 */
final class MinorLock implements AutoCloseable {
    private static final int ATTEMPTS = 20;
    private static final int PAUSE_MILLIS = 50;

    private final @Nullable FileChannel channel;

    private MinorLock(@Nullable FileChannel channel) {
        this.channel = channel;
    }

    /** The lock of nobody. */
    static MinorLock none() {
        return new MinorLock(null);
    }

    /**
     * Takes the lock.
     *
     * @throws MetaExit if another command has it for more than a second
     */
    static MinorLock take(EngineFiles files, String minor) throws MetaExit {
        Path file = files.root().resolve("var/lock").resolve("bsr-147-" + minor);
        FileChannel channel = open(file);
        if (channel == null) {
            return none();
        }
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                if (locked(channel)) {
                    return new MinorLock(channel);
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (IOException e) {
            return new MinorLock(channel);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        new MinorLock(channel).close();
        throw new MetaExit(
                MetaExit.USAGE,
                "Minor " + minor + " is locked: another command works on its metadata.\nWait until it has ended, and"
                        + " try again.");
    }

    private static @Nullable FileChannel open(Path file) {
        try {
            Path folder = file.getParent();
            if (folder == null || !Files.isDirectory(folder)) {
                return null;
            }
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            return null;
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    @Override
    public void close() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
