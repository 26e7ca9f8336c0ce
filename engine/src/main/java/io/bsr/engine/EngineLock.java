package io.bsr.engine;

import io.bsr.control.EngineFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The right to be the engine of a root. The system takes it back when the process ends, however it ends. */
final class EngineLock implements AutoCloseable {
    private final FileChannel channel;

    private EngineLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock; the folder exists.
     *
     * @throws StartException if an engine has it
     */
    static EngineLock take(EngineFiles files) throws StartException {
        Path path = files.lockFile();
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                throw new StartException("An engine runs already below " + files.root() + holder(path)
                        + ". Stop it first, or give this one another root (--root).");
            }
            byte[] text = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(text), 0);
            return new EngineLock(channel);
        } catch (IOException e) {
            close(channel);
            throw new StartException("Cannot lock " + path + ": " + StartException.why(e) + ".", e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            // Another engine of this very process.
            return false;
        }
    }

    private static String holder(Path path) throws IOException {
        String text = Files.readString(path).strip();
        return text.matches("[0-9]{1,10}") ? " (process " + text + ")" : "";
    }

    private static void close(@Nullable FileChannel channel) throws StartException {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new StartException("Cannot close the lock file: " + e.getMessage() + ".", e);
            }
        }
    }

    /** The file stays: to remove it would let a third one lock a file that the second one still waits for. */
    @Override
    public void close() throws StartException {
        close(channel);
    }
}
