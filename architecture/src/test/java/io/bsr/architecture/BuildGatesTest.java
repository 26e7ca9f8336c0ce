package io.bsr.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Proves that the compiler, its plugins and the formatter still reject what they are there for. One real Maven builds
 * the small projects of {@code src/test/resources/canaries} under the real parent, so that a flag lost from the parent, a
 * plugin that no longer binds, or a checker that a new JDK has silenced, all show here.
 */
class BuildGatesTest {
    private static final Path CANARIES = Path.of("target", "test-classes", "canaries");

    private static String output = "";
    private static int exitCode;

    @BeforeAll
    static void build_the_canaries() throws IOException, InterruptedException {
        try (Stream<Path> leftovers = Files.find(CANARIES, 2, (path, attributes) -> path.endsWith("target"))) {
            leftovers.forEach(Directories::deleteTree);
        }
        Path log = Path.of("target", "canaries.log");
        ProcessBuilder maven = new ProcessBuilder(
                Path.of(System.getProperty("bsr.maven.home"), "bin", "mvn").toString(),
                "--batch-mode",
                "--fail-at-end",
                "--threads",
                "2",
                "--no-transfer-progress",
                "-Dstyle.color=never",
                "-Dmaven.repo.local=" + System.getProperty("bsr.maven.repository"),
                "verify");
        maven.directory(CANARIES.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
        maven.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");

        Process process = maven.start();
        boolean ended = process.waitFor(4, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly();
        }

        output = Files.readString(log);
        assertTrue(ended, () -> "Maven did not end:\n" + output);
        exitCode = process.exitValue();
    }

    @Test
    void a_build_with_a_rejected_project_fails() {
        assertEquals(1, exitCode, output);
    }

    @Test
    void a_clean_project_passes_every_gate() {
        assertTrue(matches("clean \\.+ SUCCESS"), output);
    }

    @Test
    void nullaway_rejects_a_null_return() {
        assertRejected("null-return", "[NullAway] returning @Nullable expression");
    }

    @Test
    void error_prone_rejects_an_array_compared_by_equals() {
        assertRejected("error-prone", "[ArrayEquals]");
    }

    @Test
    void a_lint_warning_is_an_error() {
        assertRejected("lint-warning", "warnings found and -Werror specified");
    }

    @Test
    void the_formatter_rejects_a_badly_formatted_file() {
        assertRejected("bad-format", "The following files had format violations");
    }

    private static void assertRejected(String project, String reason) {
        assertTrue(matches(project + " \\.+ FAILURE"), () -> project + " was not rejected:\n" + output);
        assertTrue(
                output.lines()
                        .anyMatch(line -> line.startsWith("[ERROR]")
                                && line.contains(reason)
                                && (line.contains("/" + project + "/") || line.contains("project " + project + ":"))),
                () -> project + " was not rejected for the reason " + reason + ":\n" + output);
    }

    /** A line of Maven's closing summary. */
    private static boolean matches(String summary) {
        return output.lines().anyMatch(line -> line.matches("\\[INFO\\] " + summary + ".*"));
    }
}
