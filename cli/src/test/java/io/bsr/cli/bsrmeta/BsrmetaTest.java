package io.bsr.cli.bsrmeta;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.cli.ToolRun;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bsrmeta} on a plain file. */
class BsrmetaTest {
    private static final String CREATED = """
            initializing bitmap (4 KB) to all zero
            initializing activity log
            Writing meta data...
            New bsr meta data block successfully created.
            """;

    @TempDir
    Path root = Path.of("");

    private Path disk = root;

    @BeforeEach
    void an_empty_disk_of_one_mebibyte() throws IOException {
        disk = Files.write(root.resolve("disk"), new byte[1 << 20]);
    }

    private ToolRun run(String... command) {
        return answering("", command);
    }

    private ToolRun answering(String answer, String... command) {
        String[] words = Stream.concat(Stream.of("0", "v09", disk.toString(), "internal"), Stream.of(command))
                .toArray(String[]::new);
        return ToolRun.answering(answer, Main::run, root, words);
    }

    @Test
    void created_metadata_are_dumped_as_the_original_dumps_them() {
        assertEquals(new ToolRun(0, CREATED), run("create-md", "1"));

        List<String> dump = run("dump-md").text().lines().toList();

        assertEquals("# BSR meta data dump", dump.get(0));
        assertTrue(dump.get(1).matches("# \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d [+-]\\d{4} \\[\\d+]"), dump.get(1));
        assertEquals("# n1> bsrmeta 0 v09 " + disk + " internal dump-md", dump.get(2));
        assertEquals(
                List.of("#", "", "version \"v09\";", "", "max-peers 1;", "# md_size_sect 656", "# md_offset 1044480"),
                dump.subList(3, 10));
    }

    @Test
    void existing_metadata_are_overwritten_only_after_a_yes() {
        run("create-md", "1");

        ToolRun refused = answering("no\n", "create-md", "1");
        ToolRun agreed = answering("yes\n", "create-md", "1");
        ToolRun forced = run("create-md", "1", "--force");

        assertEquals(1, refused.code());
        assertTrue(refused.text().endsWith("[need to type 'yes' to confirm] \nOperation cancelled.\n"), refused.text());
        assertEquals(0, agreed.code());
        assertTrue(agreed.text().endsWith(CREATED), agreed.text());
        assertTrue(forced.text().contains("*** confirmation forced via --force option ***\n" + CREATED), forced.text());
    }

    @Test
    void identifiers_can_be_set_and_shown() {
        run("create-md", "1");

        ToolRun set = answering("yes\n", "set-gi", "737D2051828CCDFD:::", "--node-id=1");

        assertEquals(0, set.code(), set.text());
        assertEquals(
                new ToolRun(
                        0,
                        "737D2051828CCDFD:0000000000000000:0000000000000000:0000000000000000:0:0:0:0:1:0:0:0:0:0:0:0\n"),
                run("get-gi", "--node-id", "1"));
    }

    @Test
    void what_is_not_there_or_not_allowed_has_its_exit_code() {
        assertEquals(255, run("dump-md").code());
        assertEquals(255, run("apply-al").code());
        assertEquals(10, run("get-gi").code());
        assertEquals(10, run("dump-md", "--node-id=1").code());
        assertEquals(20, run("dump_md").code());
        assertEquals(20, run("create-md", "33").code());
        assertEquals(0, run("wipe-md").code());
        run("create-md", "1");
        assertEquals(5, run("outdate").code());
        assertEquals("Inconsistent\n", run("dstate").text());
        assertEquals(new ToolRun(0, ""), run("apply-al"));
        assertEquals(
                "bsrmeta: Unknown command 'dmp-md'. Did you mean 'dump-md'?\ntry 'bsrmeta --help'\n",
                run("dmp-md").text());
    }

    @Test
    void without_a_minor_nobody_is_asked() {
        String[] words = {"-", "v09", disk.toString(), "internal", "create-md", "1"};

        assertEquals(new ToolRun(0, CREATED), ToolRun.of(Main::run, root, words));
        assertTrue(Files.notExists(root.resolve("var/lib")));
    }

    @Test
    void a_dump_can_be_restored() throws IOException {
        run("create-md", "1");
        Path dump = Files.writeString(root.resolve("dump"), run("dump-md").text());
        answering("yes\n", "wipe-md");
        assertEquals(255, run("dstate").code());

        ToolRun restored = run("restore-md", dump.toString());

        assertEquals(new ToolRun(0, "reinitializing\nSuccessfully restored meta data\n"), restored);
        assertEquals("Inconsistent\n", run("dstate").text());
    }

    @Test
    void a_dump_comes_from_standard_input_too_and_is_checked_first() throws IOException {
        run("create-md", "1");
        String dump = run("dump-md").text();
        Path file = Files.writeString(root.resolve("dump"), dump);
        run("wipe-md", "--force");

        assertEquals(new ToolRun(0, "input file parsed ok\n"), run("verify-dump", file.toString()));
        assertEquals(new ToolRun(0, "input file parsed ok\n"), answering(dump, "verify-dump"));
        assertEquals(
                10, answering(dump.replace("node-id", "nodeid"), "restore-md").code());
        assertEquals(255, run("dstate").code());
        assertEquals(0, answering(dump, "restore-md").code());
        assertEquals(1, answering("no\n", "restore-md", file.toString()).code());
        assertEquals(
                0,
                answering("yes\n", "restore-md", file.toString(), "--al-stripes=2")
                        .code());
        assertTrue(run("dump-md").text().contains("al-stripes 2;"));
    }

    @Test
    void metadata_of_a_disk_that_has_grown_are_shown_and_moved() throws IOException {
        run("create-md", "1");
        run("write-dev-uuid", "C0FFEE");
        Files.write(disk, new byte[1 << 20], StandardOpenOption.APPEND);

        ToolRun state = run("dstate");
        ToolRun dump = run("dump-md");
        ToolRun moved = run("check-resize");

        assertEquals(255, state.code());
        assertTrue(state.text().contains("Run check-resize"), state.text());
        assertTrue(dump.text().contains("### Device seems to have been resized!"), dump.text());
        assertEquals(new ToolRun(0, """
                        Moving the internal meta data to its proper location
                        Internal bsr meta data successfully moved.
                        """), moved);
        assertEquals("0000000000C0FFEE\n", run("read-dev-uuid").text());
        assertEquals(0, run("check-resize").code());
        Path place = root.resolve("var/lib/bsr/bsr-minor-0.lkbd");
        assertEquals((2 << 20) + "\t" + disk + "\nuuid:\t0000000000C0FFEE\n", Files.readString(place));
        run("wipe-md", "--force");
        assertTrue(Files.notExists(place));
        assertEquals(255, run("check-resize").code());
    }

    @Test
    void applying_the_log_moves_metadata_first_and_creating_asks_about_it() throws IOException {
        run("create-md", "1");
        Files.write(disk, new byte[1 << 20], StandardOpenOption.APPEND);
        assertTrue(run("apply-al").text().endsWith("successfully moved.\n"));
        Files.write(disk, new byte[1 << 20], StandardOpenOption.APPEND);

        ToolRun created = answering("yes\n", "create-md", "1");

        assertTrue(created.text().contains("Move internal meta data from last-known position?"), created.text());
        assertEquals("Inconsistent\n", run("dstate").text());
    }

    @Test
    void a_dry_run_tells_and_writes_nothing() throws IOException {
        run("create-md", "1");
        byte[] before = Files.readAllBytes(disk);

        ToolRun run = run("create-md", "1", "--force", "--dry-run");

        assertEquals(0, run.code());
        assertTrue(run.text().contains("pwrite(4096 bytes at byte 1044480) SKIPPED DUE TO DRY-RUN"), run.text());
        assertArrayEquals(before, Files.readAllBytes(disk));
        assertTrue(run("dstate", "-v", "-v").text().contains("pread(4096 bytes at byte 1044480)"));
    }

    @Test
    void an_unreadable_log_of_a_primary_is_refused_with_its_own_code() throws IOException {
        run("create-md", "1");
        run("set-gi", "--node-id=1", "--force", "5::::1:1:1:0:0");
        byte[] bytes = Files.readAllBytes(disk);
        Arrays.fill(bytes, 1044480 - (320 << 10), 1044480, (byte) 7);
        Files.write(disk, bytes);

        assertEquals(255, run("dump-md").code());
        ToolRun run = run("apply-al");

        assertEquals(1, run.code(), run.text());
        assertTrue(run.text().matches("[^:\n]+: [^\n]+\\.\n[^\n]+\\. \\[log-unreadable]\n"), run.text());
    }

    @Test
    void identifiers_are_not_written_after_a_no() {
        run("create-md", "1");

        assertEquals(1, answering("no\n", "set-gi", "5", "--node-id=1").code());
        assertEquals(1, answering("Yes\n", "set-gi", "5", "--node-id=1").code());

        assertTrue(run("get-gi", "--node-id=1").text().startsWith("0000000000000004:"));
    }

    @Test
    void a_bar_shows_how_far_long_work_is_on_a_terminal_only() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream terminal = new PrintStream(bytes, true, StandardCharsets.UTF_8);

        try (ProgressBar bar = new ProgressBar("moving", terminal, true)) {
            bar.at(1, 2);
        }
        try (ProgressBar bar = new ProgressBar("moving", terminal, false)) {
            bar.at(1, 2);
        }

        assertEquals("", bytes.toString(StandardCharsets.UTF_8), "short work shows nothing");
        assertEquals("moving [###############...............]  50 %", ProgressBar.line("moving", 1, 2));
        assertEquals("moving [##############################] 100 %", ProgressBar.line("moving", 0, 0));
        assertEquals("moving [..............................]   0 %", ProgressBar.line("moving", -5, 7));
    }
}
