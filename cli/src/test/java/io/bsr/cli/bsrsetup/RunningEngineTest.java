package io.bsr.cli.bsrsetup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.cli.ToolRun;
import io.bsr.cli.status.ObservedStates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What needs an engine, with one that only has a state. */
class RunningEngineTest {
    private Path root = Path.of("/");
    private @Nullable StandInEngine engine;

    @BeforeEach
    void listen(@TempDir Path folder) throws IOException {
        root = folder;
        engine = new StandInEngine(root);
        engine.becomes(ObservedStates.primary());
    }

    @AfterEach
    void close() {
        Objects.requireNonNull(engine).close();
    }

    @ParameterizedTest
    @CsvSource({"--now,'n\nn',1", "-n -p,'',1", "-n -p,'n',2", "-np,'\n\nn\nnq\nn',3", "-np,'xn',1"})
    void the_state_is_printed_again_for_each_n(String options, String typed, int times) {
        String[] words = ("events2 " + options).split(" ", -1);

        ToolRun run = ToolRun.answering(typed, Main::run, root, words);

        assertEquals(0, run.code(), run.text());
        assertEquals(times, run.text().lines().filter("exists -"::equals).count(), run.text());
        assertEquals(
                times,
                run.text()
                        .lines()
                        .filter("exists resource name:r0 role:Primary suspended:no"::equals)
                        .count(),
                run.text());
    }

    @Test
    void what_is_taken_down_takes_its_links_along() throws IOException {
        Path file = Files.createFile(root.resolve("some.conf"));
        Path folder = root.resolve("run/bsr");
        Path resource = Files.createSymbolicLink(folder.resolve("bsr-resource-r0.conf"), file);
        Path other = Files.createSymbolicLink(folder.resolve("bsr-resource-r1.conf"), file);
        Path minor = Files.createSymbolicLink(folder.resolve("bsr-minor-0.conf"), file);
        Path otherMinor = Files.createSymbolicLink(folder.resolve("bsr-minor-1.conf"), file);

        assertEquals(new ToolRun(0, ""), ToolRun.of(Main::run, root, "down", "r0"));

        assertFalse(Files.isSymbolicLink(resource));
        assertFalse(Files.isSymbolicLink(minor));
        assertTrue(Files.isSymbolicLink(other));
        assertTrue(Files.isSymbolicLink(otherMinor));

        assertEquals(new ToolRun(0, ""), ToolRun.of(Main::run, root, "del-minor", "1"));
        assertEquals(new ToolRun(0, ""), ToolRun.of(Main::run, root, "del-resource", "r1"));

        assertFalse(Files.isSymbolicLink(other));
        assertFalse(Files.isSymbolicLink(otherMinor));
        assertTrue(Files.exists(file));
    }

    @Test
    void a_name_that_leads_out_of_the_folder_removes_nothing() throws IOException {
        Path file = Files.createFile(root.resolve("some.conf"));
        Path outside = Files.createSymbolicLink(root.resolve("precious.conf"), file);
        Files.createDirectories(root.resolve("run/bsr/bsr-resource-x"));

        ToolRun.of(Main::run, root, "down", "x/../../../precious");

        assertTrue(Files.isSymbolicLink(outside));
    }
}
