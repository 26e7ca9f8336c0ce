package io.bsr.cli.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.cli.ToolRun;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tools leave in their log files, and that it is never in their way. */
class JournalTest {
    private static final String LINE =
            "\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d bsr_(erro|warn|info|trac) \\[[^]]*]\\[pid:\\d*]\\[func:main]\\[line:0]"
                    + "\\[cmd:%s] %s";

    @TempDir
    private Path root = Path.of("");

    @BeforeEach
    void configure() throws IOException {
        ToolRun.configure(root, "global { disable-ip-verification; }\n" + ToolRun.resource("initial-sync.res"));
        Files.createDirectories(root.resolve("etc/bsr.d"));
    }

    @Test
    void the_first_line_is_the_command_line_and_the_last_what_it_came_to() throws IOException {
        adm("sh-resources");

        List<String> lines = log("bsradm.log");
        assertEquals(2, lines.size());
        assertTrue(lines.getFirst().matches(LINE.formatted("sh-resources", "bsradm sh-resources")), lines.getFirst());
        assertTrue(lines.getLast().matches(LINE.formatted("sh-resources", "done, rv\\(0\\)")), lines.getLast());
    }

    @Test
    void what_the_user_is_told_is_logged_and_so_are_the_tools_that_are_called() throws IOException {
        int code = adm("role", "r0").code();

        assertEquals(20, code);
        assertTrue(log("bsradm.log").stream().anyMatch(line -> line.contains("bsr_erro") && line.contains("role r0")));
        List<String> lower = log("bsrsetup.log");
        assertTrue(lower.getFirst().endsWith("] bsrsetup role r0"), lower.getFirst());
        assertTrue(lower.getLast().endsWith("] done, rv(20)"), lower.getLast());
    }

    @Test
    void commands_that_only_ask_are_logged_if_they_fail_or_if_it_is_wanted() throws IOException {
        adm("dump");
        assertEquals(List.of(), log("bsradm.log"));

        adm("dump", "no-such");
        assertEquals(3, log("bsradm.log").size());

        Files.writeString(root.resolve("etc/bsr.d/.statuscmd_logging"), "1\n");
        adm("dump");
        assertEquals(5, log("bsradm.log").size());
    }

    @Test
    void with_T_the_commands_that_are_run_are_logged_with_their_results() throws IOException {
        adm("-T", "role", "r0");

        assertTrue(log("bsradm.log").stream()
                .anyMatch(line -> line.matches(LINE.formatted("role", "bsrsetup role r0 => 20"))));
    }

    @Test
    void the_place_is_where_log_path_says_below_the_root() throws IOException {
        Files.writeString(root.resolve("etc/bsr.d/.log_path"), "/elsewhere/logs\n");

        adm("sh-resources");

        assertEquals(
                2, Files.readAllLines(root.resolve("elsewhere/logs/bsradm.log")).size());
    }

    @Test
    void a_secret_is_not_logged_however_it_is_given() throws IOException {
        for (String[] words : new String[][] {
            {"new-peer", "r0", "1", "--shared-secret=hush", "--protocol=C"},
            {"new-peer", "r0", "1", "--shared-secret", "hush"},
            {"new-peer", "r0", "1", "--shar=hush"},
            {"new-peer", "r0", "1", "--sh", "hush"}
        }) {
            ToolRun.of(io.bsr.cli.bsrsetup.Main.tool(), root, words);
        }
        adm("-T", "net-options", "r0", "--shared-secret=hush");
        adm("-T", "new-peer", "r0", "-W", "shared-secret=hush");

        String all = String.join("\n", log("bsrsetup.log")) + String.join("\n", log("bsradm.log"));
        assertTrue(all.contains("--shared-secret=*** --protocol=C"), all);
        assertFalse(all.contains("hush"), all);
        assertEquals("net { shared-secret \"***\"; }", Secrets.hidden("net { shared-secret \"hu sh\"; }"));
        assertEquals("a --shared-secret=*** b", Secrets.hidden("a --shared-secret=hu\\ sh b"));
        assertEquals("shared-secret***", Secrets.hidden("shared-secret"));
    }

    @Test
    void no_word_can_look_like_a_line_of_the_log() throws IOException {
        adm("sh-resources", "x\n2026/11/23 00:00:00 bsr_info done, rv(0)");

        assertTrue(log("bsradm.log").stream().allMatch(line -> line.matches(LINE.formatted("sh-resources", ".*"))));
    }

    @Test
    void a_log_that_cannot_be_written_changes_nothing() throws IOException {
        ToolRun before = adm("dump", "no-such");
        Path other = root.resolve("other");
        ToolRun.configure(other, ToolRun.resource("initial-sync.res"));
        Files.writeString(other.resolve("var"), "a file where a folder should be");

        ToolRun after = ToolRun.of(io.bsr.cli.bsradm.Main.tool(), other, "dump", "no-such");

        assertEquals(before, after);
        assertEquals(
                0, ToolRun.of(io.bsr.cli.bsradm.Main.tool(), other, "sh-nop").code());
    }

    @Test
    void a_large_file_is_put_aside_and_only_so_many_are_kept() throws IOException {
        Path folder = Files.createDirectories(root.resolve("var/log/bsr"));
        for (String old : List.of("2020-01-01T000000", "2021-01-01T000000", "2022-01-01T000000")) {
            Files.writeString(folder.resolve("bsradm.log_" + old), "old");
        }
        try (RandomAccessFile large =
                new RandomAccessFile(folder.resolve("bsradm.log").toFile(), "rw")) {
            large.setLength(JournalFiles.LARGE + 1);
        }

        adm("sh-resources");

        assertEquals(2, log("bsradm.log").size());
        List<String> aside = aside(folder);
        assertEquals(1, aside.size(), "beside the one in use");
        assertTrue(aside.getLast().matches("bsradm\\.log_\\d{4}-\\d\\d-\\d\\dT\\d{6}"), aside.getLast());
    }

    @Test
    void the_number_that_is_kept_can_be_set_for_each_tool() throws IOException {
        Path folder = Files.createDirectories(root.resolve("var/log/bsr"));
        Files.writeString(root.resolve("etc/bsr.d/.cli_log_file_max_count"), Integer.toString(0x020103));
        for (String old : List.of("2020-01-01T000000", "2021-01-01T000000", "2022-01-01T000000")) {
            Files.writeString(folder.resolve("bsradm.log_" + old), "old");
        }
        try (RandomAccessFile large =
                new RandomAccessFile(folder.resolve("bsradm.log").toFile(), "rw")) {
            large.setLength(JournalFiles.LARGE + 1);
        }

        adm("sh-resources");

        List<String> aside = aside(folder);
        assertEquals(2, aside.size());
        assertEquals("bsradm.log_2022-01-01T000000", aside.getFirst());
    }

    private static List<String> aside(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("bsradm.log_"))
                    .sorted()
                    .toList();
        }
    }

    private ToolRun adm(String... words) {
        return ToolRun.of(io.bsr.cli.bsradm.Main.tool(), root, words);
    }

    private List<String> log(String name) throws IOException {
        Path file = root.resolve("var/log/bsr").resolve(name);
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
