package io.bsr.cli.manual;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The committed pages are those that are generated. After a change of a table, run this test once with {@code
 * -Dbsr.pages.write=true}: it writes the pages.
 */
class CommittedPagesTest {
    private static final Path DOCS = Path.of("..", "docs");

    @Test
    void every_page_is_as_it_is_generated() throws IOException {
        for (Map.Entry<String, String> page : ManualPages.all().entrySet()) {
            Path file = DOCS.resolve(page.getKey());
            if (Boolean.getBoolean("bsr.pages.write")) {
                Files.createDirectories(file.resolve("..").normalize());
                Files.writeString(file, page.getValue());
            }

            assertTrue(Files.exists(file), file + " is missing");
            assertEquals(page.getValue(), Files.readString(file), file.toString());
        }
    }

    @Test
    void bash_completes_commands_options_and_names(@TempDir Path folder) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash is not installed");
        Path script = folder.resolve("complete.bash");
        Files.writeString(script, ManualPages.all().get("completion/bsradm.bash") + """
                bsradm() { echo r0; echo r1; }
                ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _bsradm; echo "${COMPREPLY[*]}"; }
                ask bsradm prim
                ask bsradm primary --skip
                ask bsradm -d up r
                """);
        Path out = folder.resolve("out");

        Process bash = new ProcessBuilder("/bin/bash", script.toString())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();

        assertTrue(bash.waitFor(20, TimeUnit.SECONDS));
        assertEquals("primary\n--skip-check-fs\nr0 r1\n", Files.readString(out));
    }

    @Test
    void bash_completes_a_command_that_stands_behind_other_words(@TempDir Path folder) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash is not installed");
        Path script = folder.resolve("complete.bash");
        Files.writeString(script, ManualPages.all().get("completion/bsrmeta.bash") + """
                ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _bsrmeta; echo "${COMPREPLY[*]}"; }
                ask bsrmeta 0 v09 /dev/vdb flex-
                ask bsrmeta --node-id = 1 0 v09 /dev/vdb internal show
                ask bsrmeta 0 v09 /dev/vdb internal create-md --al
                ask bsrmeta 0 v09 /dev/nul
                """);
        Path out = folder.resolve("out");

        Process bash = new ProcessBuilder("/bin/bash", script.toString())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();

        assertTrue(bash.waitFor(20, TimeUnit.SECONDS));
        assertEquals(
                "flex-internal flex-external\nshow-gi\n--al-stripes= --al-stripe-size-kB=\n/dev/null\n",
                Files.readString(out));
    }
}
