package io.bsr.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs of the system that some tests use. */
final class Tools {
    private static final long SECONDS = 60;

    private Tools() {}

    /** Skips the test unless every tool is there. */
    static void need(String... names) {
        for (String name : names) {
            assumeTrue(has(name), name + " is not installed");
        }
    }

    static boolean has(String name) {
        return Stream.concat(
                        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)),
                        Stream.of("/usr/sbin", "/sbin"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }

    /** Runs a tool to its end; returns its exit code and what it printed. */
    static Node.Said run(Path folder, List<String> words) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "tool", ".out");
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .directory(folder.toFile());
        builder.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
        Process process = builder.start();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(String.join(" ", words) + " hangs:\n" + Files.readString(output));
        }
        return new Node.Said(process.exitValue(), Files.readString(output));
    }

    /** The exit code alone, where nothing can be thrown. */
    static int code(Path folder, String... words) {
        try {
            return run(folder, List.of(words)).code();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Deletes a folder with all that is in it, if it exists. */
    static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
