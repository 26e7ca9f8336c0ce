package io.bsr.engine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.control.setting.LogSettings;
import io.bsr.core.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    private static List<String> logged(Path folder, java.util.function.Consumer<ResourceLog> lines) throws IOException {
        Path file = folder.resolve("bsr.log");
        try (EngineLog log = EngineLog.open(LogSettings.usual(folder), EngineLog.Console.NONE)) {
            lines.accept(new ResourceLog(log.logger()));
        }
        return Files.readAllLines(file);
    }
}
