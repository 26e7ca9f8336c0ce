package io.bsr.dist;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The machine that runs the tests, and its programs. */
final class Host {
    /** The root of the sources. */
    static final Path SOURCES =
            Path.of(System.getProperty("bsr.root", "..")).toAbsolutePath().normalize();

    /** What is kept between runs. */
    static final Path BUILD = SOURCES.resolve("build");

    private static final long SECONDS = 240;

    private Host() {}

    /** What a program printed, and its exit code. */
    record Said(int code, String text) {
        /** Fails the test unless the program succeeded. */
        Said must() {
            if (code != 0) {
                throw new AssertionError("ended with " + code + ":\n" + text);
            }
            return this;
        }
    }

    /** Skips the test unless these programs are there. */
    static void need(String... programs) {
        for (String program : programs) {
            assumeTrue(has(program), program + " is not installed");
        }
    }

    /** Skips the test unless it may make namespaces and mounts. */
    static void needRoot() throws IOException, InterruptedException {
        need("unshare", "nsenter", "mount", "chroot");
        assumeTrue(
                run(List.of("unshare", "-m", "-p", "-f", "-n", "-u", "mount", "-t", "tmpfs", "tmpfs", "/mnt"))
                                .code()
                        == 0,
                "needs root, and namespaces of its own");
    }

    static boolean has(String program) {
        return Stream.concat(
                        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)),
                        Stream.of("/usr/sbin", "/sbin"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    static Said run(List<String> words) throws IOException, InterruptedException {
        return run(words, Map.of());
    }

    /** Runs a program to its end. */
    static Said run(List<String> words, Map<String, String> environment) throws IOException, InterruptedException {
        Path output = Files.createTempFile("bsr-dist", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectOutput(output.toFile());
            builder.environment().merge("PATH", ":/usr/local/sbin:/usr/sbin:/sbin", String::concat);
            builder.environment().put("LC_ALL", "C.UTF-8");
            builder.environment().keySet().removeAll(List.of("BSR_ROOT", "__BSR_NODE__", "BSR_JAVA_OPTIONS"));
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError(String.join(" ", words) + " hangs:\n" + Files.readString(output));
            }
            return new Said(process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    /** Runs lines of bash. */
    static Said bash(String lines) throws IOException, InterruptedException {
        return run(List.of("bash", "-c", lines));
    }
}
