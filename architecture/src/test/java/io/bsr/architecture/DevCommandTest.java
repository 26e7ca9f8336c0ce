package io.bsr.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.architecture.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code ./dev} says and which exit code it ends with, as far as no build is needed to see it. */
class DevCommandTest {
    private static final String DEV =
            Path.of(System.getProperty("bsr.root", "..")).resolve("dev").toString();

    @ParameterizedTest
    @ValueSource(strings = {"build", "test", "fmt", "sim", "bench", "demo", "help"})
    void help_names_every_command(String command) throws IOException, InterruptedException {
        Result help = Command.run(Map.of(), DEV, "help");

        assertEquals(0, help.exitCode(), help.output());
        assertTrue(help.output().lines().anyMatch(line -> line.startsWith("  " + command + " ")), help.output());
    }

    @ParameterizedTest
    @CsvSource({"tset, test", "tests, test", "buil, build", "simulate, sim", "hepl, help", "format, "})
    void an_unknown_command_is_refused_and_the_nearest_one_named(String typed, String nearest)
            throws IOException, InterruptedException {
        Result refused = Command.run(Map.of(), DEV, typed);

        assertEquals(2, refused.exitCode(), refused.output());
        assertTrue(refused.output().contains("unknown command \"" + typed + "\""), refused.output());
        assertEquals(nearest != null, refused.output().contains("Did you mean \"" + nearest + "\"?"), refused.output());
    }

    @Test
    void a_machine_without_a_new_enough_jdk_is_told_what_was_found_and_what_to_install(@TempDir Path folder)
            throws IOException, InterruptedException {
        Path old = jdk(folder.resolve("old"), "24.0.1");

        Result refused = Command.run(
                Map.of("JAVA_HOME", old.toString(), "DEV_JDK_FOLDERS", old.toString(), "PATH", pathFrom(old)),
                DEV,
                "build");

        assertEquals(1, refused.exitCode(), refused.output());
        assertTrue(refused.output().contains("no JDK 25 or newer found"), refused.output());
        assertTrue(refused.output().contains(old + " (24)"), refused.output());
        assertTrue(refused.output().contains("export JAVA_HOME="), refused.output());
    }

    @Test
    void of_the_jdks_in_the_usual_folders_the_oldest_that_will_do_is_taken(@TempDir Path folder)
            throws IOException, InterruptedException {
        Path old = jdk(folder.resolve("a"), "1.8.0_402");
        Path newest = jdk(folder.resolve("b"), "27-ea");
        Path nearest = jdk(folder.resolve("c"), "25.0.3");

        Result found = Command.run(
                Map.of(
                        "JAVA_HOME",
                        old.toString(),
                        "DEV_JDK_FOLDERS",
                        old + " " + newest + " " + nearest,
                        "PATH",
                        pathFrom(old)),
                "/bin/bash",
                "-c",
                ". \"$0/output.sh\"; . \"$0/jdk.sh\"; find_jdk; echo \"$JAVA_HOME\"",
                DEV + ".d");

        assertEquals(nearest + "\n", found.output());
    }

    /** What {@code ./dev} looks at in a JDK, and no more. */
    private static Path jdk(Path home, String version) throws IOException {
        Path javac = home.resolve("bin/javac");
        Files.createDirectories(Objects.requireNonNull(javac.getParent()));
        Files.writeString(javac, "");
        assertTrue(javac.toFile().setExecutable(true));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    /** A PATH in which the first java is that of the given JDK. */
    private static String pathFrom(Path jdk) {
        return jdk.resolve("bin") + ":" + System.getenv("PATH");
    }
}
