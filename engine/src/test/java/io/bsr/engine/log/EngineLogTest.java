package io.bsr.engine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.log.LogCategory;
import io.bsr.control.setting.LogSettings;
import io.bsr.core.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineLogTest {
    @Test
    void a_line_has_time_level_object_and_text(@TempDir Path folder) throws IOException {
        List<String> lines = logged(
                folder, log -> log.line(Events.Level.INFO, "r0/0 beta", "repl( Off -> Established ): connected"));

        assertEquals(1, lines.size());
        assertTrue(
                lines.getFirst()
                        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) INFO  "
                                + "r0/0 beta: repl\\( Off -> Established \\): connected"),
                lines.getFirst());
    }

    @Test
    void text_from_outside_cannot_forge_a_line(@TempDir Path folder) throws IOException {
        List<String> lines = logged(
                folder,
                log -> log.line(
                        Events.Level.WARN, "r0", "peer says \n2026-01-01T00:00:00.000Z ERROR r0: lost \u001b[31m"));

        assertEquals(1, lines.size());
        assertTrue(lines.getFirst().endsWith("peer says ?2026-01-01T00:00:00.000Z ERROR r0: lost ?[31m"));
    }

    @Test
    void an_internal_error_comes_with_its_stack(@TempDir Path folder) throws IOException {
        List<String> lines = logged(folder, log -> log.failure("r0", "stopped", new IllegalStateException("planted")));

        assertTrue(lines.get(0).endsWith("ERROR r0: stopped"), lines.get(0));
        assertEquals("java.lang.IllegalStateException: planted", lines.get(1));
        assertTrue(lines.get(2).contains("EngineLogTest"), lines.get(2));
    }

    @Test
    void a_flood_of_one_resource_is_cut_off(@TempDir Path folder) throws IOException {
        List<String> lines = logged(folder, log -> {
            for (int i = 0; i < 3 * LineValve.LINES; i++) {
                log.line(Events.Level.INFO, "r0", "line " + i);
            }
        });

        assertTrue(lines.size() <= 2 * LineValve.LINES, lines.size() + " lines");
    }

    @Test
    void what_was_held_back_is_counted() {
        LineValve valve = new LineValve(0);
        for (int i = 0; i < LineValve.LINES; i++) {
            assertEquals(0, valve.ask(i));
        }

        assertEquals(-1, valve.ask(1000));
        assertEquals(-1, valve.ask(2000));
        assertEquals(2, valve.ask(1_000_000_001L));
        assertEquals(0, valve.ask(1_000_000_002L));
    }

    @Test
    void a_level_holds_for_what_is_logged_from_now_on(@TempDir Path folder) throws IOException {
        LogSettings usual = LogSettings.usual(folder);
        try (EngineLog log = EngineLog.open(usual, EngineLog.Console.NONE)) {
            ResourceLog lines = new ResourceLog(log.logger());
            lines.line(Events.Level.DEBUG, "r0", "one");
            log.change(usual.withLevels(3, 7));
            lines.line(Events.Level.DEBUG, "r0", "two");
            log.change(usual.withLevels(3, 4));
            lines.line(Events.Level.INFO, "r0", "three");
            lines.line(Events.Level.WARN, "r0", "four");
            log.change(usual.withLevels(3, 0));
            lines.line(Events.Level.ERROR, "r0", "five");
        }

        assertEquals(List.of("two", "four"), texts(usual.file()));
    }

    @Test
    void details_of_a_category_are_switched_off_and_on(@TempDir Path folder) throws IOException {
        LogSettings usual = LogSettings.usual(folder).withLevels(3, 7);
        LogSettings without = new LogSettings(3, 7, Set.of(LogCategory.CONNECTION), 16, folder);
        try (EngineLog log = EngineLog.open(usual, EngineLog.Console.NONE)) {
            ResourceLog lines = new ResourceLog(log.logger());
            lines.detail(LogCategory.TWOPC, "r0", "one");
            lines.detail(LogCategory.VERIFY, "r0", "not usual");
            log.change(without);
            lines.detail(LogCategory.TWOPC, "r0", "two");
            lines.detail(LogCategory.CONNECTION, "r0", "three");
            lines.line(Events.Level.INFO, "r0", "four");
        }

        assertEquals(List.of("one", "three", "four"), texts(usual.file()));
    }

    @Test
    void the_folder_changes_while_lines_are_logged(@TempDir Path folder) throws IOException {
        LogSettings usual = LogSettings.usual(folder.resolve("one"));
        LogSettings moved = LogSettings.usual(folder.resolve("two/deep"));
        Path file = Files.writeString(folder.resolve("file"), "x");
        try (EngineLog log = EngineLog.open(usual, EngineLog.Console.NONE)) {
            log.logger().info("r0: before");
            log.change(moved);
            log.logger().info("r0: after");
            assertThrows(IOException.class, () -> log.change(LogSettings.usual(file)));
            log.logger().info("r0: still");
        }

        assertEquals(List.of("before"), texts(usual.file()));
        assertEquals(List.of("after", "still"), texts(moved.file()));
    }

    @Test
    void only_so_many_files_are_kept(@TempDir Path folder) throws IOException {
        LogSettings usual = LogSettings.usual(folder);
        for (int i = 0; i < 20; i++) {
            Files.writeString(folder.resolve(String.format(Locale.ROOT, "bsr.log_2026-11-23T0320%02d", i)), "x");
        }
        Files.writeString(folder.resolve("bsradm.log_2026-11-23T032000"), "of a tool");
        try (EngineLog log = EngineLog.open(usual, EngineLog.Console.NONE)) {
            log.change(new LogSettings(3, 6, usual.categories(), 4, folder));
        }

        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of(
                            "bsr.log",
                            "bsr.log_2026-11-23T032017",
                            "bsr.log_2026-11-23T032018",
                            "bsr.log_2026-11-23T032019",
                            "bsradm.log_2026-11-23T032000"),
                    files.map(f -> f.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void a_file_that_is_put_aside_keeps_its_lines(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("bsr.log"), "old\n");
        StampedFiles files = new StampedFiles(file, 2);

        files.rollover();

        assertFalse(Files.exists(file));
        try (Stream<Path> aside = Files.list(folder)) {
            assertEquals("old\n", Files.readString(aside.findFirst().orElseThrow()));
        }
    }

    private static List<String> texts(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> line.substring(line.indexOf("r0: ") + 4))
                .toList();
    }

    private static List<String> logged(Path folder, java.util.function.Consumer<ResourceLog> lines) throws IOException {
        Path file = folder.resolve("bsr.log");
        try (EngineLog log = EngineLog.open(LogSettings.usual(folder), EngineLog.Console.NONE)) {
            lines.accept(new ResourceLog(log.logger()));
        }
        return Files.readAllLines(file);
    }
}
