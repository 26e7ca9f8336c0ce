package io.bsr.cli.bsradm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.cli.ToolRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bsradm} without an engine: what it would do, and what it refuses. */
class BsradmTest {
    @TempDir
    Path root = Path.of("");

    @BeforeEach
    void configuration_of_the_observed_nodes() throws IOException {
        ToolRun.configure(root, ToolRun.resource("initial-sync.res"));
    }

    private ToolRun run(String... words) {
        return ToolRun.of(Main::run, root, words);
    }

    @Test
    void a_dry_run_of_up_prints_the_lines_of_the_original() throws IOException {
        assertEquals(new ToolRun(0, ToolRun.resource("initial-sync.up")), run("-d", "up", "r0"));
        assertEquals(run("-d", "up", "r0"), run("up", "all", "--dry-run"));
    }

    @Test
    void dump_prints_the_text_of_the_original() throws IOException {
        String expected = ToolRun.resource("initial-sync.dump").lines().skip(2).reduce("", (a, b) -> a + b + "\n");

        ToolRun dump = run("-d", "dump", "r0");

        assertEquals(0, dump.code(), dump.text());
        assertEquals(expected + "\n", dump.text().lines().skip(2).reduce("", (a, b) -> a + b + "\n"));
        assertTrue(dump.text().startsWith("# resource r0 on n1: not ignored, not stacked\n# defined at "), dump.text());
    }

    @Test
    void a_forced_promotion_checks_the_file_systems_first() {
        assertEquals(
                new ToolRun(0, "bsrsetup check-fs 0\nbsrsetup primary r0 --force\n"),
                run("-d", "primary", "--force", "r0"));
        assertEquals(
                new ToolRun(0, "bsrsetup primary r0 --force\n"),
                run("-d", "primary", "--force", "--skip-check-fs", "r0"));
        assertEquals(new ToolRun(0, "bsrsetup primary r0\n"), run("-d", "primary", "r0"));
    }

    @Test
    void options_of_the_lower_tool_and_words_behind_dashes_are_handed_on() {
        assertEquals(
                new ToolRun(0, "bsrmeta 0 v09 /dev/vdb internal create-md 3 --force\n"),
                run("-d", "create-md", "--max-peers=3", "--force", "r0"));
        assertEquals(
                new ToolRun(0, "bsrsetup connect r0 1 --discard-my-data\n"),
                run("-d", "connect", "r0", "--", "--discard-my-data"));
        assertEquals(new ToolRun(0, "bsrsetup disconnect r0 1 --force\n"), run("-d", "disconnect", "--force", "r0:n2"));
        assertEquals(new ToolRun(0, "bsrsetup detach 0\n"), run("-d", "detach", "r0/0"));
        assertEquals(new ToolRun(0, "bsrsetup detach 0\n"), run("-d", "detach", "minor-0"));
    }

    @Test
    void a_mistyped_command_is_answered_with_the_nearest() {
        assertEquals(1, run("sh-status").code());
        assertEquals(
                new ToolRun(1, "bsradm: Unknown command 'primry'. Did you mean 'primary'?\n"), run("primry", "r0"));
        assertEquals(
                new ToolRun(1, "bsradm: unrecognized option '--frce'. Did you mean '--force'?\n"),
                run("primary", "--frce", "r0"));
    }

    @Test
    void names_that_mean_nothing_are_refused() {
        assertEquals(
                new ToolRun(1, "'r1' not defined in your config (for this host). Did you mean 'r0'?\n"),
                run("up", "r1"));
        assertEquals(new ToolRun(1, "Resource 'r0' has no volume 7\n"), run("detach", "r0/7"));
        assertEquals(new ToolRun(20, "r0/x: 'x' is not a valid number\n"), run("detach", "r0/x"));
        assertEquals(new ToolRun(1, "Not a valid connection (r0:n9) for this host\n"), run("connect", "r0:n9"));
        assertEquals(
                new ToolRun(1, "up operates on whole resources, but you specified a specific volume (r0/0)\n"),
                run("up", "r0/0"));
        assertEquals(1, run("up").code());
        assertEquals(1, run().code());
    }

    @Test
    void an_address_that_this_host_does_not_have_is_noticed_before_anything_is_done() {
        ToolRun up = run("up", "r0");

        assertEquals(10, up.code());
        assertTrue(up.text().endsWith(":1: in resource r0:\n\tIP 10.9.0.1 not found on this host.\n"), up.text());
    }

    @Test
    void a_wrong_configuration_is_shown_with_place_and_caret() throws IOException {
        ToolRun.configure(root, ToolRun.resource("initial-sync.res").replace("protocol C", "protocol D"));

        ToolRun up = run("-d", "up", "r0");

        assertEquals(10, up.code());
        assertTrue(up.text().contains("bsr.conf:2:"), up.text());
        assertTrue(up.text().contains("^"), up.text());
    }

    @Test
    void a_missing_configuration_says_where_it_was_looked_for() throws IOException {
        Files.delete(root.resolve("etc/bsr.conf"));

        ToolRun up = run("up", "r0");

        assertEquals(10, up.code());
        assertTrue(up.text().startsWith("Can not open '" + root.resolve("etc/bsr.conf") + "'"), up.text());
    }

    @Test
    void without_an_engine_what_asks_fails_and_what_takes_down_has_nothing_to_do() {
        ToolRun role = run("role", "r0");

        assertEquals(20, role.code());
        assertTrue(role.text().startsWith("bsrd does not run"), role.text());
        assertTrue(role.text().endsWith("Command 'bsrsetup role r0' terminated with exit code 20\n"), role.text());
        assertEquals(new ToolRun(0, ""), run("down", "r0"));
        assertEquals(new ToolRun(0, ""), run("secondary", "r0"));
    }

    @Test
    void a_dry_run_of_adjust_without_an_engine_is_that_of_up() {
        assertTrue(run("-d", "adjust", "r0").text().startsWith("bsrsetup new-resource r0 0\n"));
    }

    @Test
    void create_md_makes_metadata_and_gives_the_device_a_name() throws IOException {
        Path disk = Files.write(root.resolve("disk"), new byte[1 << 20]);
        ToolRun.configure(root, ToolRun.resource("initial-sync.res").replace("/dev/vdb", "\"" + disk + "\""));

        ToolRun created = run("create-md", "r0");

        assertEquals(new ToolRun(0, """
                initializing bitmap (4 KB) to all zero
                initializing activity log
                Writing meta data...
                New bsr meta data block successfully created.
                """), created);
        assertTrue(run("dump-md", "r0").text().contains("\ndevice-uuid 0x"));
        assertTrue(!run("dump-md", "r0").text().contains("device-uuid 0x0000000000000000;"));
    }
}
