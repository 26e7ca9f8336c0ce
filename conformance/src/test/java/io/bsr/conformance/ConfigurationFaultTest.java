package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A configuration with a mistake is shown with file, line and the offending text, and changes nothing that runs. */
class ConfigurationFaultTest {
    private final Path folder;

    ConfigurationFaultTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** One mistake in a sound configuration, and what has to be said about it. */
    private record Mistake(String sound, String wrong, String shown, String explained) {
        void assertRefused(Node node, Path file, String text) throws IOException {
            assertTrue(text.contains(sound), () -> sound + " is not in\n" + text);
            String mistaken = text.replaceFirst(Pattern.quote(sound), wrong);
            Files.writeString(file, mistaken);
            long line = mistaken.substring(0, mistaken.indexOf(shown)).lines().count();

            for (String command : new String[] {"up", "adjust", "dump", "primary", "down"}) {
                Node.Said said = node.adm(command, Pair.RESOURCE);

                String told = command + " with " + wrong + ":\n" + said.text();
                assertNotEquals(0, said.code(), told);
                assertTrue(said.text().contains(file + ":" + line + ":"), () -> "line " + line + " in " + told);
                assertTrue(said.text().contains(shown), told);
                assertTrue(said.text().contains(explained), told);
            }
        }
    }

    @Test
    void every_mistake_is_shown_with_file_line_and_text_by_every_command_and_nothing_that_runs_changes()
            throws Exception {
        try (Pair pair = new Pair(folder)) {
            Node alpha = pair.alpha();
            Path file = alpha.root().resolve("etc/bsr.conf");
            String text = Files.readString(file);
            Pair.bringUp(alpha);
            String before = alpha.must("status", Pair.RESOURCE);

            new Mistake("ping-int 1", "pingint 1", "pingint", "did you mean 'ping-int'")
                    .assertRefused(alpha, file, text);
            new Mistake("ping-int 1", "ping-int 1000", "1000", "1 … 120").assertRefused(alpha, file, text);
            new Mistake("protocol C", "protocol D", "D;", "expected").assertRefused(alpha, file, text);
            new Mistake("node-id 0;", "node-id zero;", "zero", "a node-id in 0 … 31").assertRefused(alpha, file, text);
            new Mistake("node-id 0;", "node-id 0", "node-id 0", "';' expected").assertRefused(alpha, file, text);
            new Mistake("node-id 0;", "node-id 1;", "on beta {", "node-id 1 is duplicated")
                    .assertRefused(alpha, file, text);
            new Mistake("resource r0 {", "include \"absent\\\\.res\";\nresource r0 {", "absent", "absent")
                    .assertRefused(alpha, file, text);
            new Mistake("protocol C", "shared-secret \"never closed", "\"never closed", "double quote")
                    .assertRefused(alpha, file, text);
            new Mistake("minor 0;", "minor -3;", "-3", "minor").assertRefused(alpha, file, text);
            new Mistake("127.0.0.1:", "127.0.0.1.", "127.0.0.1.", "IPv4 address").assertRefused(alpha, file, text);

            Files.writeString(file, text);
            assertEquals(before, alpha.must("status", Pair.RESOURCE));
            alpha.must("adjust", Pair.RESOURCE);
        }
    }

    @Test
    void a_configuration_that_is_no_text_or_not_there_is_named() throws Exception {
        try (Pair pair = new Pair(folder)) {
            Node alpha = pair.alpha();
            Path file = alpha.root().resolve("etc/bsr.conf");
            alpha.start();
            byte[] binary = new byte[5000];
            new Random(1).nextBytes(binary);

            Files.write(file, binary);
            assertNamed(alpha, file);
            Files.delete(file);
            assertNamed(alpha, file);
            Files.createDirectory(file);
            assertNamed(alpha, file);

            assertTrue(alpha.alive());
        }
    }

    private static void assertNamed(Node node, Path file) {
        Node.Said said = node.adm("up", Pair.RESOURCE);
        assertNotEquals(0, said.code());
        assertTrue(said.text().contains(file.toString()), said.text());
        assertTrue(said.text().length() < 4000, () -> "too much: " + said.text());
    }

    @Test
    void a_resource_without_a_section_for_this_node_names_the_node_and_the_remedy() throws Exception {
        try (Pair pair = new Pair(folder)) {
            Path file = pair.alpha().root().resolve("etc/bsr.conf");
            Files.writeString(file, Files.readString(file).replace("on alpha", "on gamma"));

            Node.Said said = pair.alpha().adm("up", Pair.RESOURCE);

            assertNotEquals(0, said.code());
            assertTrue(said.text().contains("'on alpha'"), said.text());
        }
    }
}
