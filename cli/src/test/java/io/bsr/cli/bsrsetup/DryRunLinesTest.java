package io.bsr.cli.bsrsetup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.cli.ToolRun;
import io.bsr.cli.argument.UsageException;
import io.bsr.config.plan.AdmCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a dry run of bsradm prints can be typed. */
class DryRunLinesTest {
    @Test
    void every_line_is_a_command_that_bsrsetup_understands(@TempDir Path root) throws IOException {
        ToolRun.configure(
                root,
                ToolRun.resource("initial-sync.res")
                        .replace("disk {  }", "disk { disk-timeout 30; c-max-rate 1G; } startup { wfc-timeout 9; }"));
        List<String> refused = new ArrayList<>();
        int understood = 0;
        for (AdmCommand command : AdmCommand.values()) {
            ToolRun run = ToolRun.of(io.bsr.cli.bsradm.Main::run, root, "-d", command.verb(), "r0/0");
            if (run.code() != 0) {
                run = ToolRun.of(io.bsr.cli.bsradm.Main::run, root, "-d", command.verb(), "r0");
            }
            for (String line :
                    run.text().lines().filter(l -> l.startsWith("bsrsetup ")).toList()) {
                // A blank stands behind each word, also the last.
                List<String> words =
                        List.of(line.substring(0, line.length() - 1).split(" ", -1));
                try {
                    SetupCommand found = SetupCommand.named(words.get(1)).orElseThrow();
                    EngineRequests.of(found, found.syntax().parse(words.subList(2, words.size())));
                    understood++;
                } catch (UsageException | RuntimeException e) {
                    refused.add(line + ": " + e);
                }
            }
        }

        assertEquals(List.of(), refused);
        assertTrue(understood > 40, "only " + understood + " lines");
    }
}
