package io.bsr.cli.bsrmeta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.cli.ToolRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
                "bsrmeta: Unknown command 'dmp-md'. Did you mean 'dump-md'?\n",
                run("dmp-md").text());
    }

    @Test
    void without_a_minor_nobody_is_asked() {
        String[] words = {"-", "v09", disk.toString(), "internal", "create-md", "1"};

        assertEquals(new ToolRun(0, CREATED), ToolRun.of(Main::run, root, words));
        assertTrue(Files.notExists(root.resolve("var")));
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
}
