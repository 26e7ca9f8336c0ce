package io.bsr.cli.bsradm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.cli.ToolRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was created remembers with which file, although another one is the usual one. */
class ConfigurationLinksTest {
    @TempDir
    Path root = Path.of("");

    private Path file = root;
    private Path tool = root;
    private Path ofResource = root;
    private Path ofMinor = root;

    @BeforeEach
    void a_file_at_an_unusual_place() throws IOException {
        String handler = "handlers { split-brain \"echo $BSR_CONF\"; }";
        file = Files.writeString(
                root.resolve("other.conf"),
                "global { disable-ip-verification; }\n"
                        + ToolRun.resource("initial-sync.res").replace("r0 {", "r0 { " + handler));
        tool = Files.writeString(root.resolve("tool"), "#!/bin/sh\nexit 0\n");
        assertTrue(tool.toFile().setExecutable(true));
        Path folder = Files.createDirectories(root.resolve("run/bsr"));
        ofResource = folder.resolve("bsr-resource-r0.conf");
        ofMinor = folder.resolve("bsr-minor-0.conf");
    }

    private ToolRun run(String... words) {
        return ToolRun.of(Main::run, root, words);
    }

    @Test
    void up_links_the_resource_and_the_minor_to_its_file() throws IOException {
        ToolRun up = run("-c", file.toString(), "-s", tool.toString(), "-m", tool.toString(), "up", "r0");

        assertEquals(new ToolRun(0, ""), up);
        assertEquals(file, Files.readSymbolicLink(ofResource));
        assertEquals(file, Files.readSymbolicLink(ofMinor));
        assertEquals(new ToolRun(0, file.toRealPath() + "\n"), run("split-brain", "r0"));
        assertTrue(run("sh-udev", "minor-0").text().startsWith("DEVICE=bsr0\n"));
    }

    @Test
    void what_does_not_come_from_a_file_or_does_not_happen_is_not_linked() throws IOException {
        ToolRun dry = run("-d", "-c", file.toString(), "up", "r0");
        ToolRun typed = ToolRun.answering(
                Files.readString(file), Main::run, root, "-c", "-", "-s", tool.toString(), "new-resource", "r0");

        assertEquals(0, dry.code(), dry.text());
        assertEquals(new ToolRun(0, ""), typed);
        assertFalse(Files.isSymbolicLink(ofResource));
        assertFalse(Files.isSymbolicLink(ofMinor));
    }

    @Test
    void a_link_that_leads_nowhere_leaves_the_usual_file() throws IOException {
        Files.createSymbolicLink(ofResource, root.resolve("gone.conf"));
        ToolRun.configure(root, Files.readString(file));

        assertEquals(new ToolRun(0, root.resolve("etc/bsr.conf") + "\n"), run("split-brain", "r0"));
    }

    @Test
    void a_link_leads_elsewhere_after_another_file_was_used() throws IOException {
        Files.createSymbolicLink(ofMinor, root.resolve("gone.conf"));

        ToolRun created = run("-c", file.toString(), "-s", tool.toString(), "new-minor", "r0/0");

        assertEquals(new ToolRun(0, ""), created);
        assertEquals(file, Files.readSymbolicLink(ofMinor));
    }
}
