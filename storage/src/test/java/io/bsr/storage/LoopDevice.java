package io.bsr.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A block device on a file. Needs root and losetup; without them the test is skipped. */
final class LoopDevice {
    private final Path path;

    private LoopDevice(Path path) {
        this.path = path;
    }

    static LoopDevice attach(Path file, int sector) throws Exception {
        String answer;
        try {
            answer = run("losetup", "--find", "--show", "--sector-size", Integer.toString(sector), file.toString());
        } catch (IOException e) {
            return Assumptions.abort("losetup and the right to use it are needed: " + e.getMessage());
        }
        return new LoopDevice(Path.of(answer.strip()));
    }

    Path path() {
        return path;
    }

    void close() throws Exception {
        run("losetup", "--detach", path.toString());
    }

    /** Runs a program; its output, or an exception with it if it fails. */
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command[0] + " does not end");
        }
        if (process.exitValue() != 0) {
            throw new IOException(output.strip());
        }
        return output;
    }
}
