package io.bsr.cli.bsradm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.cli.ToolRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    void the_version_block_says_whether_the_engine_runs(@TempDir Path folder) throws Exception {
        ToolRun alone = ToolRun.of(Main::run, folder, "-V");

        assertEquals(0, alone.code());
        assertEquals(
                List.of(
                        "BSRADM_BUILDTAG=GIT-hash:\\ unknown\\ bsr\\ in\\ Java\\ 0.1.0",
                        "BSRADM_API_VERSION=2",
                        "BSR_KERNEL_VERSION_CODE=0x00000000",
                        "BSR_KERNEL_VERSION=0.0.0.0",
                        "BSRADM_VERSION_CODE=0x01070801",
                        "BSRADM_VERSION=1.7.8.1"),
                alone.text()
                        .replaceFirst("hash:\\\\ [^\\\\]*", "hash:\\\\ unknown")
                        .lines()
                        .toList());
    }

    @Test
    void a_dry_run_of_up_prints_the_lines_of_the_original() throws IOException {
        assertEquals(new ToolRun(0, ToolRun.resource("initial-sync.up").replace("\n", " \n")), run("-d", "up", "r0"));
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
                new ToolRun(0, "bsrsetup check-fs 0 \nbsrsetup primary r0 --force \n"),
                run("-d", "primary", "--force", "r0"));
        assertEquals(
                new ToolRun(0, "bsrsetup primary r0 --force \n"),
                run("-d", "primary", "--force", "--skip-check-fs", "r0"));
        assertEquals(new ToolRun(0, "bsrsetup primary r0 \n"), run("-d", "primary", "r0"));
    }

    @ParameterizedTest
    @CsvSource({"'',true", "=yes,false", "=true,false", "=no,true", "=false,true"})
    void the_check_of_file_systems_can_be_skipped(String value, boolean checks) {
        List<String> words = new ArrayList<>(List.of("-d", "primary", "--overwrite-data-of-peer", "r0"));
        if (!value.isEmpty()) {
            words.add("--skip-check-fs" + value);
        }

        assertEquals(
                new ToolRun(0, (checks ? "bsrsetup check-fs 0 \n" : "") + "bsrsetup primary r0 --force \n"),
                run(words.toArray(String[]::new)));
    }

    @Test
    void a_size_is_no_option_of_a_disk_that_can_be_changed() {
        ToolRun refused = run("-d", "disk-options", "--size=1G", "r0");

        assertEquals(1, refused.code());
        assertTrue(refused.text().startsWith("bsradm: unrecognized option '--size'"), refused.text());
        assertTrue(run("-d", "attach", "--size=1G", "r0").text().contains("--size=1G"));
    }

    @Test
    void a_mount_point_that_there_is_none_of_is_an_empty_word() {
        assertEquals(new ToolRun(0, "bsrsetup minor-mount-path 0  \n"), run("-d", "minor-mount-path", "r0/0"));
    }

    @Test
    void options_of_the_lower_tool_and_words_behind_dashes_are_handed_on() {
        assertEquals(
                new ToolRun(0, "bsrmeta 0 v09 /dev/vdb internal create-md 3 --force \n"),
                run("-d", "create-md", "--max-peers=3", "--force", "r0"));
        assertEquals(
                new ToolRun(0, "bsrsetup connect r0 1 --discard-my-data \n"),
                run("-d", "connect", "r0", "--", "--discard-my-data"));
        assertEquals(
                new ToolRun(0, "bsrsetup connect r0 1 --discard-my-data \n"),
                run("-d", "--", "--discard-my-data", "connect", "r0"));
        assertEquals(
                new ToolRun(0, "bsrsetup disconnect r0 1 --force \n"), run("-d", "disconnect", "--force", "r0:n2"));
        assertEquals(new ToolRun(0, "bsrsetup detach 0 \n"), run("-d", "detach", "r0/0"));
        assertEquals(new ToolRun(0, "bsrsetup detach 0 \n"), run("-d", "detach", "minor-0"));
    }

    @Test
    void a_mistyped_command_is_answered_with_the_nearest() {
        assertEquals(1, run("sh-status").code());
        assertEquals(
                new ToolRun(1, "bsradm: Unknown command 'primry'. Did you mean 'primary'?\n"), run("primry", "r0"));
        assertEquals(
                new ToolRun(
                        1,
                        "bsradm: unrecognized option '--frce'. Did you mean '--force'?\ntry 'bsradm help primary'\n"),
                run("primary", "--frce", "r0"));
    }

    @Test
    void names_that_mean_nothing_are_refused() {
        assertEquals(
                new ToolRun(1, "'r1' not defined in your config (for this host). Did you mean 'r0'?\n"),
                run("up", "r1"));
        assertEquals(new ToolRun(1, "Resource 'r0' has no volume 7\n"), run("detach", "r0/7"));
        assertEquals(new ToolRun(20, "r0/x: 'x' is not a valid number\n"), run("detach", "r0/x"));
        assertEquals(new ToolRun(20, "/dev/bsr0: 'bsr0' is not a valid number\n"), run("sh-dev", "/dev/bsr0"));
        assertEquals(new ToolRun(1, "Not a valid connection (r0:n9) for this host\n"), run("connect", "r0:n9"));
        assertEquals(
                new ToolRun(1, "up operates on whole resources, but you specified a specific volume! (r0/0)\n"),
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
    void a_file_that_was_named_and_is_not_there_ends_with_20() {
        String none = root.resolve("none").toString();

        assertEquals(20, run("-c", none, "sh-nop").code());
        assertEquals(20, run("-t", none, "sh-nop").code());
        assertTrue(run("-t", none, "dump", "r0").text().contains("Correct the name behind -t"));
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

    @ParameterizedTest
    @ValueSource(strings = {"apply-al", "dump-md", "dstate", "get-gi", "outdate"})
    void a_disk_that_cannot_be_opened_ends_with_20(String command) throws IOException {
        ToolRun.configure(
                root, ToolRun.resource("initial-sync.res").replace("/dev/vdb", "\"" + root.resolve("none") + "\""));

        ToolRun run = run(command, "r0");

        assertEquals(20, run.code(), run.text());
        assertTrue(run.text().contains("could not be opened: No such file or directory"), run.text());
    }

    @Test
    void an_up_that_fails_ends_with_1_whatever_the_reason() throws IOException {
        String file = ToolRun.resource("initial-sync.res");
        ToolRun.configure(root, "global { disable-ip-verification; }\n" + file);

        ToolRun up = run("up", "r0");

        assertEquals(1, up.code(), up.text());
        assertTrue(up.text().contains("bsrd does not run"), up.text());
        assertTrue(up.text().endsWith("r0: skipped due to earlier error\n"), up.text());
    }

    @Test
    void a_dry_run_of_adjust_without_an_engine_is_that_of_up() {
        assertTrue(run("-d", "adjust", "r0").text().startsWith("bsrsetup new-resource r0 0 \n"));
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

    @Test
    void both_tools_are_asked_in_a_dry_run_where_one_stands_in_for_the_other() {
        assertEquals(
                new ToolRun(0, "bsrsetup outdate 0 \nbsrmeta 0 v09 /dev/vdb internal outdate \n"),
                run("-d", "outdate", "r0"));
        assertEquals(
                new ToolRun(0, "bsrsetup get-gi r0 1 0 \nbsrmeta 0 v09 /dev/vdb internal --node-id=1 get-gi \n"),
                run("-d", "get-gi", "r0"));
        assertEquals(
                new ToolRun(
                        0, "bsrsetup forget-peer r0 1 \nbsrmeta 0 v09 /dev/vdb internal --node-id=1 forget-peer \n"),
                run("-d", "forget-peer", "r0"));
        assertEquals(new ToolRun(0, "bsrsetup resize 0 \nbsrsetup check-resize 0 \n"), run("-d", "check-resize", "r0"));
    }

    @Test
    void an_option_on_the_command_line_takes_the_place_of_the_configured_one() {
        assertEquals(
                new ToolRun(
                        0,
                        "bsrsetup net-options r0 1 --_name=n2 --peer-node-name=n2 --shared-secret=bsrsecret"
                                + " --cram-hmac-alg=sha1 --protocol=A \n"),
                run("-d", "net-options", "--protocol=A", "r0"));
        assertEquals(
                new ToolRun(0, "bsrsetup resize 0 --size=4G \nbsrsetup check-resize 0 \n"),
                run("-d", "resize", "--size", "4G", "r0"));
    }

    @Test
    void scripts_get_names_and_numbers() {
        assertEquals(new ToolRun(0, "r0\n"), run("sh-resources"));
        assertEquals(new ToolRun(0, "r0\n"), run("sh-resources-list"));
        assertEquals(new ToolRun(0, "This command will ignore resource names!\nr0\n"), run("sh-resources", "r0"));
        assertEquals(new ToolRun(0, "0\n"), run("sh-dev-vnr", "r0"));
        assertEquals(new ToolRun(0, "/dev/vdb\n"), run("sh-md-dev", "all"));
        assertEquals(new ToolRun(0, "internal\n"), run("sh-md-idx", "minor-0"));
        assertEquals(new ToolRun(0, "10.9.0.1\n"), run("sh-ip", "r0"));
        assertEquals(new ToolRun(0, "minor_count=32\n"), run("sh-mod-parms"));
        assertEquals(new ToolRun(0, "1 n2\n"), run("sh-peer-nodes", "r0"));
        assertEquals(new ToolRun(0, "NULL\n"), run("sh-resource-option", "-n", "quorum", "r0"));
        assertEquals(new ToolRun(0, "n1\n\n"), run("sh-node-option", "-n", "node_name", "r0"));
        assertEquals(1, run("sh-lr-of", "r0").code());
        assertEquals(new ToolRun(0, """
                        DEVICE=bsr0
                        SYMLINK=bsr/by-res/r0/0
                        SYMLINK_BY_RES=bsr/by-res/r0/0
                        SYMLINK_BY_DISK=bsr/by-disk/vdb
                        """), run("sh-udev", "minor-0"));
        assertEquals(1, run("sh-udev", "r0").code());
    }

    @Test
    void commands_about_one_volume_want_to_know_which() {
        ToolRun unsaid = run("-d", "new-current-uuid", "r0");

        assertEquals(1, unsaid.code());
        assertTrue(unsaid.text().contains("'new-current-uuid r0/<vnr>'"), unsaid.text());
        assertEquals(
                new ToolRun(0, "bsrsetup new-current-uuid 0 --clear-bitmap \n"),
                run("-d", "new-current-uuid", "--clear-bitmap", "r0/0"));
    }

    @Test
    void a_handler_runs_with_what_it_has_to_know() throws IOException {
        String handler = "handlers { split-brain \"echo $BSR_RESOURCE $BSR_MINOR $BSR_NODE_ID_1 $BSR_PEER; exit 3\"; }";
        ToolRun.configure(root, ToolRun.resource("initial-sync.res").replace("r0 {", "r0 { " + handler));

        assertEquals(new ToolRun(3, "r0 0 n2 n2\n"), run("split-brain", "r0"));
        assertEquals(new ToolRun(0, ""), run("pri-lost", "r0"));
        assertTrue(run("-d", "split-brain", "r0").text().startsWith("/bin/sh -c echo\\ "));
        assertEquals(1, run("split-brain", "r0/0").code());
        assertTrue(run("outdate-peer", "r0").text().contains("use 'bsradm fence-peer' instead"));
    }

    @Test
    void another_program_can_stand_in_for_a_lower_tool() throws IOException {
        Path tool = Files.writeString(root.resolve("tool"), "#!/bin/sh\necho \"$BSR_RESOURCE: $*\"\nexit 17\n");
        assertTrue(tool.toFile().setExecutable(true));

        ToolRun role = run("-s", tool.toString(), "role", "r0");

        assertEquals(17, role.code());
        assertEquals("r0: role r0\nCommand '" + tool + " role r0' terminated with exit code 17\n", role.text());
        assertEquals(new ToolRun(0, tool + " role r0 \n"), run("-d", "-s", tool.toString(), "role", "r0"));
    }

    @Test
    void an_explanation_says_what_would_start_and_changes_nothing() {
        ToolRun explained = run("adjust", "--explain", "--dry-run", "r0");

        assertEquals(0, explained.code(), explained.text());
        assertTrue(
                explained.text().startsWith("r0:\n    resource r0: starts\n        it does not run\n"),
                explained.text());
    }

    @Test
    void help_lists_commands_in_the_layout_of_the_original() {
        ToolRun help = run("help");

        assertEquals(0, help.code());
        assertTrue(help.text().contains("\n adjust                              new-path\n"), help.text());
        assertTrue(help.text().contains("  --config-file=..., -c ...\n"), help.text());
        assertEquals(1, run().code());
        assertTrue(run().text().endsWith("\nNo command specified\n"));
        assertTrue(run("hidden-commands").text().contains(" sh-udev\n"));
        assertTrue(run("help", "attach").text().contains("--on-io-error="));
        assertEquals(0, run("help", "split-brain").code());
        assertEquals(1, run("help", "nothing").code());
    }

    @Test
    void the_same_words_as_before_mean_the_same() {
        assertEquals(
                new ToolRun(0, "'bsradm state' is deprecated, use 'bsradm role' instead.\nbsrsetup role r0 \n"),
                run("-d", "state", "r0"));
        assertEquals(new ToolRun(0, "bsrsetup wait-connect-resource r0 \n"), run("-d", "wait-connect", "r0/0"));
        assertEquals(
                new ToolRun(
                        0, "WARN: stdin/stdout is not a TTY; using /dev/console\nbsrsetup wait-connect-resource r0 \n"),
                run("-d", "wait-con-int"));
        assertEquals(1, run("-S", "up", "all").code());
        assertEquals(1, run("-t", "x", "up", "r0").code());
        assertEquals(1, run("-d", "down", "r0", "r0").code());
    }

    @Test
    void a_dump_is_xml_too() {
        ToolRun xml = run("-d", "dump-xml");

        assertEquals(0, xml.code(), xml.text());
        assertTrue(xml.text().startsWith("<config file=\""), xml.text());
        assertTrue(xml.text().contains("<meta-disk>internal</meta-disk>"), xml.text());
        assertTrue(xml.text().endsWith("</config>\n"), xml.text());
    }

    @Test
    void resources_of_other_hosts_can_be_dumped_if_the_name_of_this_one_is_ignored() throws IOException {
        ToolRun.configure(root, ToolRun.resource("initial-sync.res").replace("n1", "n7"));

        ToolRun refused = run("dump", "r0");
        ToolRun dump = run("-i", "dump", "r0");

        assertEquals(1, refused.code(), refused.text());
        assertTrue(refused.text().startsWith("'r0' ignored, invalid host."), refused.text());
        assertEquals(0, dump.code(), dump.text());
        assertTrue(dump.text().startsWith("# resource r0 on n1: ignored, not stacked\n"), dump.text());
        assertEquals("r0\n", run("-i", "sh-resources-list").text());
    }

    @Test
    void a_program_that_takes_too_long_is_ended_after_the_time_for_what_it_does() throws IOException {
        Path tool = root.resolve("sleeper");
        Files.writeString(tool, "#!/bin/sh\nexec sleep 60\n");
        assertTrue(tool.toFile().setExecutable(true));
        ToolRun.configure(
                root, "global { cmd-timeout-short 1; cmd-timeout-medium 1; }\n" + ToolRun.resource("initial-sync.res"));

        ToolRun role = run("-s", tool.toString(), "role", "r0");
        ToolRun down = run("-s", tool.toString(), "down", "r0");

        assertEquals(20, role.code());
        assertTrue(role.text().contains("did not terminate within 2 seconds"), role.text());
        assertEquals(20, down.code());
        assertTrue(down.text().contains("did not terminate within 1 seconds"), down.text());
    }
}
