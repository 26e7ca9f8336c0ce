package io.bsr.cli.bsrcon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.cli.ToolRun;
import io.bsr.control.EngineFiles;
import io.bsr.control.setting.LogSettings;
import io.bsr.control.setting.SettingFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code bsrcon} without an engine. */
class BsrconTest {
    @TempDir
    Path root = Path.of("/");

    private ToolRun run(String line) {
        return ToolRun.of(Main::run, root, line.isEmpty() ? new String[0] : line.split(" ", -1));
    }

    private String setting(String name) throws IOException {
        return Files.readString(root.resolve("etc/bsr.d").resolve(name)).strip();
    }

    @ParameterizedTest
    @CsvSource({
        "/handler_use 1, .handler_use, 1",
        "/handler_use 0, .handler_use, 0",
        "/minlog_lv dbg 7, .log_level, 59",
        "/minlog_lv sys 6, .log_level, 54",
        "/maxlogfile_cnt 3, .log_file_max_count, 3",
        "/climaxlogfile_cnt setup 4, .cli_log_file_max_count, 1024",
        "/statuscmd_logging 1, .statuscmd_logging, 1",
        "/set_fast_sync 0, .use_fast_sync, 0",
        "/dbglog_ctgr disable all, .debuglog_category, 0",
        "/dbglog_ctgr enable all, .debuglog_category, 134217727",
        "/dbglog_ctgr enable latency verify Out_Of_Sync, .debuglog_category, 134217727",
        "/set_log_path /var/elsewhere, .log_path, /var/elsewhere"
    })
    void a_setting_is_kept_in_the_file_of_the_original(String line, String file, String text) throws IOException {
        ToolRun run = run(line);

        assertEquals(0, run.code(), run.text());
        assertEquals(text, setting(file));
    }

    @Test
    void several_commands_are_carried_out_until_one_fails() throws IOException {
        ToolRun run = run("/handler_use 1 /maxlogfile_cnt 2 /get_handler_info /minlog_lv dbg 9 /handler_use 0");

        assertEquals(1, run.code());
        assertTrue(run.text().startsWith("Current handler.\nstate : enable\n"), run.text());
        assertEquals("1", setting(".handler_use"));
        assertEquals("2", setting(".log_file_max_count"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                            | usage: bsrcon /COMMAND
                    /frobnicate                   | Please check undefined arg[0]=(/frobnicate)
                    /get_fast_sync extra          | Please check undefined arg[1]=(extra)
                    /handler_use                  | usage: bsrcon /handler_use 0|1
                    /handler_use 2                | "2" is not for /handler_use
                    /minlog_lv sys 8              | "8" is not for /minlog_lv
                    /minlog_lv usr 3              | "usr" is not for /minlog_lv
                    /maxlogfile_cnt 0             | "0" is not for
                    /maxlogfile_cnt 1001          | "1001" is not for
                    /climaxlogfile_cnt con 3      | "con" is not for
                    /dbglog_ctgr enable NOTHING   | "NOTHING" is not for
                    /nodelayedack host;reboot     | is not for /nodelayedack
                    """)
    void wrong_usage_changes_nothing_and_ends_with_1(String line, String reason) {
        ToolRun run = run(line);

        assertEquals(1, run.code(), run.text());
        assertTrue(run.text().contains(reason), run.text());
        assertFalse(Files.exists(root.resolve("etc")));
    }

    @ParameterizedTest
    @EnumSource(ConCommand.class)
    void what_only_windows_has_is_refused_by_name_with_the_reason(ConCommand command) {
        if (command.refusal().isEmpty()) {
            return;
        }
        String operands = command.operands().replaceAll("\\[.*] ", "");

        ToolRun run = run((command.word() + " " + operands).strip());

        assertEquals(1, run.code());
        assertEquals("bsrcon: " + command.word() + " is not there: " + command.refusal() + ".\n", run.text());
    }

    @Test
    void the_settings_of_the_logs_are_shown_with_what_they_come_to() {
        run(
                "/minlog_lv sys 4 /climaxlogfile_cnt adm 10 /maxlogfile_cnt 20 /dbglog_ctgr disable all /dbglog_ctgr enable TWOPC");

        List<String> lines =
                run("/get_log_info").text().lines().map(String::strip).toList();

        assertTrue(lines.contains("storage path : " + root.resolve("var/log/bsr")), lines::toString);
        assertTrue(lines.contains("system-lv : WARNING(4)"), lines::toString);
        assertTrue(lines.contains("debug-lv : INFO(6)"), lines::toString);
        assertTrue(lines.contains("bsradm : size 5MB, count 10, total size 50MB"), lines::toString);
        assertTrue(lines.contains("bsrsetup : size 5MB, count 2, total size 10MB"), lines::toString);
        assertTrue(lines.contains("bsrdriver : size 50MB, count 20, total size 1000MB"), lines::toString);
        assertTrue(lines.contains("debug category : TWOPC"), lines::toString);
    }

    @Test
    void a_setting_that_makes_no_sense_counts_as_not_set() throws IOException {
        Files.createDirectories(root.resolve("etc/bsr.d"));
        for (String name : List.of(".log_level", ".log_file_max_count", ".debuglog_category", ".log_path")) {
            Files.writeString(root.resolve("etc/bsr.d").resolve(name), name.equals(".log_path") ? "" : "-7 or so\n");
        }

        assertEquals(
                LogSettings.usual(root.resolve("var/log/bsr")),
                LogSettings.of(new SettingFiles(new EngineFiles(root))));
    }

    @Test
    void a_log_path_that_cannot_be_made_is_not_taken_and_ends_with_0_as_the_original() throws IOException {
        Files.writeString(root.resolve("file"), "x");

        ToolRun run = run("/set_log_path /file/log");

        assertEquals(0, run.code());
        assertTrue(run.text().startsWith("Failed to"), run.text());
        assertEquals(root.resolve("var/log/bsr") + "\n", run("/get_log_path").text());
    }

    @Test
    void the_log_of_one_resource_is_copied() throws IOException {
        Files.createDirectories(root.resolve("var/log/bsr"));
        Files.writeString(root.resolve("var/log/bsr/bsr.log"), """
                2026-11-23T03:20:00.000Z INFO  bsrd: started
                2026-11-23T03:20:00.000Z INFO  r0/0 beta: repl( Off -> Established ): connected
                2026-11-23T03:20:00.000Z WARN  r01: of another
                2026-11-23T03:20:00.000Z WARN  r0: all of it
                """);
        Path copy = root.resolve("copy");

        assertEquals(0, run("/get_log " + copy + " r0").code());

        assertEquals(
                List.of("r0/0 beta", "r0"),
                Files.readAllLines(copy).stream()
                        .map(line -> line.substring(31, line.indexOf(": ", 31)))
                        .toList());
    }

    @Test
    void what_needs_an_engine_ends_with_255_without_one() {
        for (String line : List.of("/info", "/status", "/write_kernel_log 6 hello")) {
            ToolRun run = run(line);

            assertEquals(255, run.code(), line);
            assertTrue(run.text().contains("bsrd does not run"), run.text());
        }
    }

    @Test
    void the_digest_of_a_file_is_that_of_md5sum() throws IOException {
        Path file = Files.writeString(root.resolve("file"), "abc");

        assertEquals(new ToolRun(0, "900150983cd24fb0d6963f7d28e17f72\n"), run("/md5 " + file));
        assertEquals(255, run("/md5 " + root.resolve("none")).code());
    }

    @Test
    void fast_sync_is_kept_and_said_to_have_no_effect() {
        assertEquals(new ToolRun(0, "current fast sync enable (1)\n"), run("/get_fast_sync"));
        assertTrue(run("/set_fast_sync 1").text().contains("without effect"));
        assertEquals(new ToolRun(0, ""), run("/set_fast_sync 0"));
        assertEquals(new ToolRun(0, "current fast sync disable (0)\n"), run("/get_fast_sync"));
    }
}
