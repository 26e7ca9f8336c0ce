package io.bsr.cli.bsrsetup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.port.Endpoint;
import io.bsr.cli.ToolRun;
import io.bsr.cli.argument.UsageException;
import io.bsr.control.command.Command;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bsrsetup}: command lines as requests, outcomes as texts and exit codes. */
class BsrsetupTest {
    @TempDir
    Path root = Path.of("");

    private static Command request(String line) throws UsageException {
        List<String> words = List.of(line.split(" ", -1));
        SetupCommand command = SetupCommand.named(words.getFirst()).orElseThrow();
        return assertInstanceOf(
                Command.class, EngineRequests.of(command, command.syntax().parse(words.subList(1, words.size()))));
    }

    @Test
    void the_lines_of_up_become_requests_with_plain_numbers() throws UsageException {
        assertEquals(
                new Command.NewResource("r0", 0, Map.of("quorum", "majority", "persist-role", "yes")),
                request("new-resource r0 0 --quorum=majority --persist-role=yes"));
        assertEquals(
                new Command.NodeOptions("r0", true, Map.of("node-name", "n1")),
                request("node-options r0 --set-defaults --node-name=n1"));
        assertEquals(new Command.NewMinor("r0", 3, 1, Map.of()), request("new-minor r0 3 1"));
        assertEquals(
                new Command.NewPeer("r0", 1, Map.of("_name", "n2", "ping-int", "7", "protocol", "C")),
                request("new-peer r0 1 --_name=n2 --ping-int=7 --protocol=C"));
        assertEquals(
                new Command.NewPath("r0", 1, Endpoint.ipv4("10.9.0.1", 7788), Endpoint.ipv6("fd00::2", 7789)),
                request("new-path r0 1 ipv4:10.9.0.1:7788 ipv6:[fd00::2]:7789 0"));
        assertEquals(
                new Command.PeerDeviceOptions(
                        "r0", 1, 0, false, Map.of("c-max-rate", "10240", "c-fill-target", "2048")),
                request("peer-device-options r0 1 0 --c-max-rate=10M --c-fill-target=1M"));
        assertEquals(
                new Command.Attach(0, "/dev/vdb", "/dev/vdb", "internal", Map.of("al-extents", "6007")),
                request("attach 0 /dev/vdb /dev/vdb internal --al-extents=6007"));
    }

    @Test
    void an_option_that_may_stand_alone_takes_no_operand_for_its_value() throws UsageException {
        assertEquals(new Command.Primary("r0", true), request("primary --force r0"));
        assertEquals(new Command.Primary("r0", true), request("primary r0 --force=yes"));
        assertEquals(new Command.Primary("r0", false), request("primary r0 --force=no"));
        assertEquals(new Command.Primary("r0", true, true), request("primary r0 --force --full-sync"));
        assertEquals(new Command.SuspendIo(3), request("suspend-io 3"));
        assertEquals(new Command.ResumeIo(3), request("resume-io minor-3"));
        assertEquals(new Command.NewCurrentUuid(3, true, false), request("new-current-uuid 3 --clear-bitmap"));
        assertEquals(new Command.NewCurrentUuid(3, false, true), request("new-current-uuid --no-rotate-bitmap 3"));
        assertEquals(new Command.ForgetPeer("r0", 2), request("forget-peer r0 2"));
        assertEquals(
                new Command.InvalidateRemote("r0", 1, 0, true), request("invalidate-remote r0 1 0 --use-current-oos"));
        assertEquals(new Command.Connect("r0", 1, true, false), request("connect --discard r0 1"));
    }

    @Test
    void old_names_of_options_are_understood() throws UsageException {
        assertEquals(new Command.Primary("r0", true), request("primary r0 --overwrite-data-of-peer"));
        assertEquals(new Command.Connect("r0", 1, false, true), request("connect r0 1 --dry-run"));
        assertEquals(
                new Command.NetOptions("r0", 1, true, Map.of("ping-int", "5")),
                request("net-options r0 1 -( --ping-int=5"));
    }

    @Test
    void programs_are_told_of_options_in_the_form_of_the_original() throws IOException {
        ToolRun help = ToolRun.of(Main::run, root, "xml-help", "net-options");

        String ours = help.text()
                .replaceAll("\t<option name=\"peer-family\"(?s:.*?)</option>\n", "")
                .replaceFirst("<summary>.*</summary>", "<summary/>");
        assertEquals(ToolRun.resource("xml-help.net-options"), ours);
        assertEquals(0, help.code());
        assertTrue(ToolRun.of(Main::run, root, "xml-help", "down").text().contains("""
                \t<group>
                \t\t<argument>resource</argument>
                \t\t<argument>all</argument>
                \t</group>
                """));
        assertTrue(
                ToolRun.of(Main::run, root, "xml-help", "new-resource").text().contains("""
                \t<option name="quorum" type="numeric-or-symbol">
                \t\t<min>1</min>
                \t\t<max>32</max>
                \t\t<default>off</default>
                \t\t<symbol>off</symbol>
                \t\t<symbol>majority</symbol>
                """));
        assertEquals(20, ToolRun.of(Main::run, root, "xml-help").code());
    }

    @Test
    void every_command_has_well_formed_help_for_programs() throws Exception {
        for (String verb : SetupCommand.verbs()) {
            String xml = ToolRun.of(Main::run, root, "xml-help", verb).text();

            var document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
            assertEquals(verb, document.getDocumentElement().getAttribute("name"));
        }
    }

    @Test
    void minors_may_be_written_in_three_ways() throws UsageException {
        assertEquals(new Command.Detach(7, false), request("detach 7"));
        assertEquals(new Command.Detach(7, false), request("detach minor-7"));
        assertEquals(new Command.Detach(7, true), request("detach /dev/bsr7 --force"));
    }

    @Test
    void what_cannot_be_meant_is_refused_with_exit_code_20() {
        for (String line : List.of(
                "primary",
                "primary r0 r1",
                "detach x",
                "new-path r0 1 ipv4:10.9.0.1:99999 ipv4:10.9.0.2:1 0",
                "new-path r0 1 10.9.0.1 10.9.0.2 2",
                "attach 0 /d /d internal --al-extents=many",
                "new-peer r0 1 --ping-int=9999",
                "status --color=pink",
                "events2 --interval 61",
                "primary r0 --frce",
                "detach 0 --overwrite-data-of-peer",
                "disk-options 0 --size=1G",
                "net-options r0 1 --transport=tcp",
                "frobnicate")) {
            ToolRun run = ToolRun.of(Main::run, root, line.split(" ", -1));

            assertEquals(20, run.code(), line);
            assertTrue(run.text().startsWith("bsrsetup"), run.text());
        }
        assertThrows(UsageException.class, () -> request("new-path r0 1 : 1 0"));
    }

    @Test
    void a_mistyped_command_is_answered_with_the_nearest() {
        assertEquals(
                new ToolRun(20, "bsrsetup: Unknown command 'primry'. Did you mean 'primary'?\n"),
                ToolRun.of(Main::run, root, "primry", "r0"));
    }

    @Test
    void refusals_are_told_as_scripts_know_them() {
        assertEquals(
                "r0: State change failed: (-2) Need access to UpToDate data",
                ExitCodes.text("r0", Outcome.of(ErrorCode.NO_UP_TO_DATE_DISK, "")));
        assertEquals(
                "0: Failure: (127) Device minor not allocated\nadditional info from kernel:\nwhy",
                ExitCodes.text("0", Outcome.of(ErrorCode.MINOR_UNKNOWN, "why")));
    }

    @Test
    void exit_codes_are_those_of_the_original() {
        Map<ErrorCode, Integer> special = Map.of(
                ErrorCode.NO_UP_TO_DATE_DISK, 17,
                ErrorCode.NO_LOCAL_DISK, 16,
                ErrorCode.LOWER_THAN_OUTDATED, 5,
                ErrorCode.BARRIER_ACK_PENDING_TIMEOUT, 30);
        for (ErrorCode code : Arrays.asList(ErrorCode.values())) {
            int usual = code.success() ? 0 : code.number() > 100 ? 10 : 11;

            assertEquals(special.getOrDefault(code, usual), ExitCodes.of(Outcome.of(code, "")), code.name());
        }
    }

    @Test
    void help_of_a_command_names_its_options_with_their_ranges() {
        ToolRun help = ToolRun.of(Main::run, root, "help", "attach");

        assertEquals(0, help.code());
        assertTrue(help.text().contains("--al-extents=67 … 65534"), help.text());
        assertEquals(20, ToolRun.of(Main::run, root).code());
    }
}
