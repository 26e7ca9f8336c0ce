package io.bsr.cli.bsrsupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.cli.ToolRun;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BsrsupportTest {
    private static final String SECRET = "t0p;secret";

    @TempDir
    Path root = Path.of("/");

    @Test
    void the_archive_has_configuration_state_and_logs_and_no_secret() throws Exception {
        Files.createDirectories(root.resolve("etc/bsr.d"));
        Files.createDirectories(root.resolve("var/log/bsr"));
        Files.writeString(root.resolve("etc/bsr.conf"), "include \"bsr.d/*.res\";\n");
        Files.writeString(root.resolve("etc/bsr.d/r0.res"), """
                resource r0 {
                    net { cram-hmac-alg sha256; shared-secret # on the next line
                        "%s"; }
                    volume 0 { device /dev/bsr0 minor 0; disk %s/disk; meta-disk internal; }
                    on n1 { node-id 0; address 127.0.0.1:7788; }
                    on n2 { node-id 1; address 127.0.0.1:7789; }
                }
                """.formatted(SECRET, root));
        Files.writeString(root.resolve("etc/bsr.d/.handler_use"), "1\n");
        Files.writeString(
                root.resolve("var/log/bsr/bsr.log"), "a line --shared-secret=\"" + SECRET + "\" of the log\n");
        Path core = Files.writeString(root.resolve("core.4711"), "core");

        ToolRun run = ToolRun.of(Main::run, root, "--exclude-system-log", "--exclude-perfmon", core.toString());

        assertEquals(0, run.code(), run.text());
        Path file = Path.of(run.text().strip());
        assertTrue(
                file.toString().startsWith(root.resolve("opt/bsr/support/n1-").toString()), file::toString);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        Map<String, String> entries = entries(file);
        entries.forEach((name, text) -> assertFalse(text.contains("t0p"), () -> name + ": " + text));
        assertTrue(text(entries, "bsr/conf/bsr.d/r0.res").contains("cram-hmac-alg sha256"));
        assertTrue(text(entries, "bsr/conf/bsr.d/r0.res").contains("***;"), text(entries, "bsr/conf/bsr.d/r0.res"));
        assertEquals("1\n", text(entries, "bsr/conf/bsr.d/.handler_use"));
        assertTrue(text(entries, "bsr/log/bsr.log").endsWith(" of the log\n"));
        assertTrue(text(entries, "bsr/status/dump.txt").contains("resource r0"));
        assertTrue(text(entries, "bsr/status/status.txt").contains("[exit code "), entries::toString);
        assertTrue(text(entries, "bsr/engine/threads.txt").contains("bsrd does not run"));
        assertTrue(text(entries, "bsr/metadata/r0.txt").contains("[exit code "));
        assertTrue(text(entries, "System/LOGS_LEFT_OUT").contains("--exclude-system-log"));
        assertFalse(entries.keySet().stream().anyMatch(name -> name.contains("dmesg")), entries.keySet()::toString);
        assertEquals("core", text(entries, "core/0-core.4711"));
        try (Stream<Path> left = Files.list(root.resolve("opt/bsr/support"))) {
            assertEquals(1, left.count());
        }
    }

    @Test
    void of_a_long_log_the_end_is_taken_and_the_rest_is_mentioned() throws Exception {
        Files.createDirectories(root.resolve("var/log/bsr"));
        Files.writeString(
                root.resolve("var/log/bsr/bsr.log"), "a line of the log, one of many\n".repeat(400_000) + "the end\n");

        ToolRun run = ToolRun.of(Main::run, root, "--exclude-system-log");

        String log = text(entries(Path.of(run.text().strip())), "bsr/log/bsr.log");
        assertTrue(log.startsWith("[the first "), log.substring(0, 80));
        assertTrue(log.endsWith("\nthe end\n"));
        assertTrue(log.length() <= Archive.MOST_TEXT + 200, log.length() + " characters");
    }

    @Test
    void a_word_that_is_no_file_is_refused_and_nothing_is_collected() {
        ToolRun run = ToolRun.of(Main::run, root, "--exclude-everything");

        assertEquals(1, run.code());
        assertTrue(run.text().contains("neither an option nor a file"), run.text());
        assertFalse(Files.exists(root.resolve("opt")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shared-secret \"SECRET\";",
                "shared-secret SECRET;",
                "shared-secret\n\t# why\n   'SECRET' ;",
                "--shared-secret=SECRET --other",
                "--shared-secret \"SECRET with blanks\" --other",
                "{\"shared-secret\":\"SECRET\\\"SECRET\",\"x\":1}",
                "{\"shared-secret\" : \"SECRET\"}",
                "shared-secret \"SECRET that has no end",
                "shared-secret shared-secret; shared-secret SECRET;",
                "bsrsetup net-options r0 1 --shared-secret=SECRET"
            })
    void a_secret_is_found_wherever_it_stands(String text) {
        String clean = Redaction.of(text);

        assertFalse(clean.contains("SECRET"), clean);
        assertTrue(clean.contains("***"), clean);
        assertEquals(text.contains("--other"), clean.endsWith("--other"), clean);
    }

    @Test
    void a_text_without_a_secret_stays_as_it_is() {
        for (String text : new String[] {"", "shared-secret", "shared-secret ;", "no secret shared here\n"}) {
            assertEquals(text, Redaction.of(text));
        }
    }

    private static String text(Map<String, String> entries, String name) {
        return entries.getOrDefault(name, "no " + name + " in " + entries.keySet());
    }

    private static Map<String, String> entries(Path file) throws IOException {
        Map<String, String> entries = new TreeMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                try (InputStream in = zip.getInputStream(entry)) {
                    String name = entry.getName();
                    entries.put(
                            name.substring(name.indexOf('/') + 1),
                            new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        return entries;
    }
}
