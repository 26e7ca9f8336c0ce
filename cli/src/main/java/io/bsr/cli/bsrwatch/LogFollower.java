package io.bsr.cli.bsrwatch;

import io.bsr.cli.terminal.Surroundings;
import io.bsr.control.setting.LogSettings;
import io.bsr.control.setting.SettingFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Follows a log by its name. */
final class LogFollower {
    private static final int CHUNK = 64 << 10;
    private static final long LOOK_MILLIS = 200;

    private final Surroundings surroundings;
    private final SettingFiles settings;
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);

    LogFollower(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.settings = new SettingFiles(surroundings.files());
    }

    /** Ends when the output cannot be written any more. */
    void follow(int lines) throws IOException, InterruptedException {
        int last = lines;
        boolean told = false;
        while (!surroundings.out().checkError()) {
            Path file = LogSettings.of(settings).file();
            try (FileChannel log = FileChannel.open(file, StandardOpenOption.READ)) {
                log.position(last < 0 ? 0 : beginOfLast(log, last));
                last = -1;
                told = false;
                whileItIs(file, log);
            } catch (NoSuchFileException e) {
                if (!told) {
                    surroundings.complain("bsrwatch: there is no " + file + " yet; it is waited for.");
                    told = true;
                }
                // What is written into a log that comes later is all new.
                last = -1;
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        }
    }

    /** Shows what is in the file and what comes, until another one has its name. */
    private void whileItIs(Path file, FileChannel log) throws IOException, InterruptedException {
        Object key = key(file);
        while (true) {
            boolean renamed = !Objects.equals(key(file), key)
                    || !LogSettings.of(settings).file().equals(file);
            // Read after the question: what was written before the name went to another file is not lost.
            show(log);
            if (renamed || surroundings.out().checkError()) {
                return;
            }
            if (log.size() < log.position()) {
                // Somebody has emptied it.
                log.position(0);
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private static @Nullable Object key(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private void show(FileChannel log) throws IOException {
        PrintStream out = surroundings.out();
        chunk.clear();
        while (log.read(chunk) > 0) {
            out.write(chunk.array(), 0, chunk.position());
            chunk.clear();
        }
        out.flush();
    }

    /** Where the last lines begin; looks backwards, as the file may be large. */
    private long beginOfLast(FileChannel log, int lines) throws IOException {
        long end = log.size();
        // The line feed at the very end ends a line and begins none.
        int left = lines + 1;
        while (end > 0) {
            int length = (int) Math.min(CHUNK, end);
            chunk.clear().limit(length);
            long start = end - length;
            while (chunk.hasRemaining() && log.read(chunk, start + chunk.position()) > 0) {
                // A read may end early.
            }
            for (int i = chunk.position() - 1; i >= 0; i--) {
                if (chunk.get(i) == '\n') {
                    left--;
                    if (left == 0) {
                        return start + i + 1;
                    }
                }
            }
            end = start;
        }
        return 0;
    }
}
