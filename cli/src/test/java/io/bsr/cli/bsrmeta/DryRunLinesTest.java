package io.bsr.cli.bsrmeta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.cli.ToolRun;
import io.bsr.config.plan.AdmCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a dry run of bsradm prints for bsrmeta can be typed. */
class DryRunLinesTest {
    @TempDir
    Path root = Path.of("");

    @Test
    void every_line_is_a_command_that_bsrmeta_understands() throws IOException {
        List<String> refused = new ArrayList<>();
        Set<MetaCommand> understood = EnumSet.noneOf(MetaCommand.class);
        for (String metaDisk : List.of("internal", "/dev/vdc [3]", "/dev/vdc")) {
            String kind = metaDisk.equals("/dev/vdc") ? "flexible-meta-disk" : "meta-disk";
            ToolRun.configure(
                    root, ToolRun.resource("initial-sync.res").replace("meta-disk internal", kind + " " + metaDisk));
            for (AdmCommand command : AdmCommand.values()) {
                for (String line : lines(command)) {
                    // A blank stands behind each word, also the last.
                    List<String> words =
                            List.of(line.substring(0, line.length() - 1).split(" ", -1));
                    try {
                        understood.add(
                                Main.Line.of(words.subList(1, words.size())).command());
                    } catch (Exception e) {
                        refused.add(line + ": " + e);
                    }
                }
            }
        }

        assertEquals(List.of(), refused);
        assertTrue(
                understood.containsAll(EnumSet.of(
                        MetaCommand.APPLY_AL,
                        MetaCommand.CREATE_MD,
                        MetaCommand.DUMP_MD,
                        MetaCommand.WIPE_MD,
                        MetaCommand.GET_GI,
                        MetaCommand.SHOW_GI,
                        MetaCommand.OUTDATE,
                        MetaCommand.DSTATE,
                        MetaCommand.FORGET_PEER)),
                understood.toString());
    }

    private List<String> lines(AdmCommand command) {
        List<String> words = new ArrayList<>(List.of("-d", command.verb(), "r0/0"));
        if (command == AdmCommand.SET_GI) {
            words.add("--");
            words.add("1:2:3:4");
        }
        ToolRun run = ToolRun.of(io.bsr.cli.bsradm.Main::run, root, words.toArray(new String[0]));
        if (run.code() != 0) {
            words.set(2, "r0");
            run = ToolRun.of(io.bsr.cli.bsradm.Main::run, root, words.toArray(new String[0]));
        }
        return run.text().lines().filter(line -> line.startsWith("bsrmeta ")).toList();
    }
}
