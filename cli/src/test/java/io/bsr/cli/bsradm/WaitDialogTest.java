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

/** {@code wait-con-int} where nobody sits before a terminal. */
class WaitDialogTest {
    private static final String WARNING = "WARN: stdin/stdout is not a TTY; using /dev/console\n";

    @TempDir
    Path root = Path.of("");

    @BeforeEach
    void configuration() throws IOException {
        ToolRun.configure(root, "global { disable-ip-verification; }\n" + ToolRun.resource("initial-sync.res"));
    }

    @Test
    void the_dialog_goes_to_the_console() throws IOException {
        Path console = Files.createDirectories(root.resolve("dev")).resolve("console");
        Files.createFile(console);

        ToolRun run = ToolRun.of(Main::run, root, "wait-con-int");

        assertEquals(WARNING + WARNING, run.text());
        assertEquals("\n", Files.readString(console));
    }

    @Test
    void without_a_console_it_says_which_process_to_end() {
        ToolRun run = ToolRun.of(Main::run, root, "wait-con-int");

        assertTrue(
                run.text().startsWith(WARNING + WARNING + "Can not open " + root.resolve("dev/console")), run.text());
        assertTrue(run.text().contains("end process " + ProcessHandle.current().pid()), run.text());
    }
}
