package io.bsr.cli.bsrwatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.cli.terminal.Surroundings;
import io.bsr.control.EngineFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BsrwatchTest {
    private static final int PATIENCE_SECONDS = 60;

    /** Somebody who reads lines until he has gone. */
    private static final class Reader extends OutputStream {
        private final StringBuilder line = new StringBuilder();
        private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private volatile boolean gone;

        @Override
        public synchronized void write(int value) throws IOException {
            if (gone) {
                throw new IOException("gone");
            }
            if (value == '\n') {
                lines.add(line.toString());
                line.setLength(0);
            } else {
                line.append((char) value);
            }
        }

        @Override
        public void flush() throws IOException {
            if (gone) {
                throw new IOException("gone");
            }
        }

        String next() throws InterruptedException {
            return Objects.requireNonNull(lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "nothing came");
        }
    }

    @TempDir
    Path root = Path.of("/");

    private Path log = Path.of("/");
    private final Reader reader = new Reader();
    private final CompletableFuture<Integer> code = new CompletableFuture<>();

    @BeforeEach
    void folder() throws IOException {
        log = root.resolve("var/log/bsr/bsr.log");
        Files.createDirectories(root.resolve("var/log/bsr"));
    }

    @AfterEach
    void leave() throws Exception {
        reader.gone = true;
        assertEquals(0, code.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    private void watch(String... words) {
        PrintStream out = new PrintStream(reader, true, StandardCharsets.UTF_8);
        Surroundings surroundings =
                new Surroundings(new EngineFiles(root), "n1", true, InputStream.nullInputStream(), out, out, false, 80);
        Thread.ofPlatform().daemon().start(() -> code.complete(Main.run(surroundings, List.of(words))));
    }

    private static void append(Path file, String line) throws IOException {
        Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Test
    void the_last_lines_come_first_then_what_is_written() throws Exception {
        for (int i = 1; i <= 20; i++) {
            append(log, "line " + i);
        }

        watch("-n", "3");

        assertEquals("line 18", reader.next());
        assertEquals("line 19", reader.next());
        assertEquals("line 20", reader.next());
        append(log, "line 21");
        assertEquals("line 21", reader.next());
    }

    @Test
    void nothing_is_lost_when_the_log_is_put_aside() throws Exception {
        append(log, "old 1");
        watch();
        assertEquals("old 1", reader.next());

        append(log, "old 2");
        Files.move(log, log.resolveSibling("bsr.log_2026-11-23T032000"));
        append(log, "new 1");

        assertEquals("old 2", reader.next());
        assertEquals("new 1", reader.next());
    }

    @Test
    void a_log_that_is_not_there_yet_is_waited_for_and_shown_from_its_beginning() throws Exception {
        watch("--lines=1");
        assertTrue(reader.next().contains("it is waited for"));

        append(log, "first");
        append(log, "second");

        assertEquals("first", reader.next());
        assertEquals("second", reader.next());
    }

    @Test
    void the_folder_that_the_settings_name_is_followed() throws Exception {
        append(log, "here");
        watch();
        assertEquals("here", reader.next());

        Files.createDirectories(root.resolve("other"));
        append(root.resolve("other/bsr.log"), "there");
        Files.createDirectories(root.resolve("etc/bsr.d"));
        Path next = Files.writeString(root.resolve("etc/bsr.d/next"), "/other\n");
        Files.move(next, root.resolve("etc/bsr.d/.log_path"));

        assertEquals("there", reader.next());
    }
}
