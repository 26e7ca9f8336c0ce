package io.bsr.metadata.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bsr.metadata.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Debian's drbdmeta, run on a plain file. */
final class Drbdmeta {
    /** How a run ended; standard output without the messages about plain files not being block devices. */
    record Run(int status, String output, String errors) {}

    private final Path directory;
    private final Path image;
    private final String index;
    private final String version;
    private final String minor;

    Drbdmeta(Path image, Placement placement) {
        this(image, placement, "v09");
    }

    Drbdmeta(Path image, Placement placement, String version) {
        this(image, placement, version, "-");
    }

    Drbdmeta(Path image, Placement placement, String version, String minor) {
        this.version = version;
        this.minor = minor;
        directory = Objects.requireNonNull(image.toAbsolutePath().getParent());
        this.image = image;
        index = placement.toString();
    }

    static void assumeInstalled() {
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/drbdmeta")), "drbdmeta (package drbd-utils) is not installed");
    }

    Run run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "/usr/sbin/drbdmeta",
                "--force",
                minor,
                version,
                image.getFileName().toString(),
                index));
        command.addAll(List.of(arguments));
        Path out = directory.resolve("stdout");
        Path err = directory.resolve("stderr");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("drbdmeta did not end: " + command);
        }
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    String succeed(String... arguments) throws IOException, InterruptedException {
        Run run = run(arguments);
        assertEquals(0, run.status(), () -> List.of(arguments) + ": " + run.errors() + run.output());
        return run.output();
    }

    /** The text of dump-md from its fourth line on. */
    String dump() throws IOException, InterruptedException {
        String[] parts = succeed("dump-md").split("\n", 4);
        assertTrue(parts[0].startsWith("# DRBD"), parts[0]);
        return parts[3];
    }
}
