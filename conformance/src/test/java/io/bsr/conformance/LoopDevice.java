package io.bsr.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A volume, or its end, as a block device of the system: NBD, mounted as a file, behind a loop device. */
record LoopDevice(Path folder, Path file, Process nbdfuse, String path) implements AutoCloseable {
    private static final long SECONDS = 20;

    /** Skips the test where there is no such thing. */
    static void need() {
        String missing = missing();
        assumeTrue(missing.isEmpty(), missing);
    }

    /** Why there is no such thing here; empty if there is. */
    static String missing() {
        for (String tool : List.of("nbdfuse", "fusermount3", "losetup")) {
            if (!Tools.has(tool)) {
                return tool + " is not installed";
            }
        }
        for (String device : List.of("/dev/fuse", "/dev/loop-control")) {
            if (!Files.exists(Path.of(device))) {
                return "there is no " + device;
            }
        }
        return "root".equals(System.getProperty("user.name")) ? "" : "mounting needs root";
    }

    /** The volume of a node from {@code offset}, in bytes, to its end. */
    static LoopDevice of(Node node, Path folder, long offset) throws IOException, InterruptedException {
        Path file = folder.resolve("volume-" + node.name());
        if (!Files.exists(file)) {
            Files.createFile(file);
        }
        Process nbdfuse = new ProcessBuilder("nbdfuse", file.toString(), node.volumeUri())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nbdfuse.out").toFile())
                .start();
        node.until("nbdfuse", () -> !nbdfuse.isAlive() || file.toFile().length() > 0);
        Node.Said loop = Tools.run(
                folder, List.of("losetup", "--find", "--show", "--offset", Long.toString(offset), file.toString()));
        if (loop.code() != 0) {
            end(folder, file, nbdfuse);
            assumeTrue(false, "no loop device behind nbdfuse: " + loop.text());
        }
        return new LoopDevice(folder, file, nbdfuse, loop.text().strip());
    }

    void must(String... words) throws IOException, InterruptedException {
        Node.Said said = Tools.run(folder, List.of(words));
        if (said.code() != 0) {
            throw new AssertionError(String.join(" ", words) + " ended with " + said.code() + ":\n" + said.text());
        }
    }

    private static void end(Path folder, Path file, Process nbdfuse) throws IOException, InterruptedException {
        Tools.run(folder, List.of("fusermount3", "-u", file.toString()));
        if (!nbdfuse.waitFor(SECONDS, TimeUnit.SECONDS)) {
            nbdfuse.destroyForcibly();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            must("losetup", "--detach", path);
            end(folder, file, nbdfuse);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
