package io.bsr.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A disk whose writes, or reads, fail as long as a file exists: a file on nbdkit's error filter, through FUSE. */
record BrittleDisk(Path folder, Path disk, Path trigger, Process nbdkit, Process nbdfuse, Node node)
        implements AutoCloseable {
    static BrittleDisk of(Path folder, Node node, String operation) throws IOException {
        Tools.need("nbdkit", "nbdfuse", "fusermount3");
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
        assumeTrue(Files.exists(Path.of("/dev/fuse")), "there is no /dev/fuse");
        Path backing = folder.resolve("backing");
        Path socket = folder.resolve("nbdkit.sock");
        Path trigger = folder.resolve("fail");
        Path disk = Files.createFile(folder.resolve("brittle"));
        try (RandomAccessFile file = new RandomAccessFile(backing.toFile(), "rw")) {
            file.setLength(Pair.DISK_BYTES);
        }
        Process nbdkit = new ProcessBuilder(
                        "nbdkit",
                        "-f",
                        "-U",
                        socket.toString(),
                        "--filter=error",
                        "file",
                        backing.toString(),
                        "error-" + operation + "=EIO",
                        "error-" + operation + "-rate=100%",
                        "error-" + operation + "-file=" + trigger)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nbdkit.out").toFile())
                .start();
        node.until("nbdkit", () -> !nbdkit.isAlive() || Files.exists(socket));
        Process nbdfuse = new ProcessBuilder("nbdfuse", disk.toString(), "nbd+unix:///?socket=" + socket)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nbdfuse.out").toFile())
                .start();
        node.until("nbdfuse", () -> !nbdfuse.isAlive() || disk.toFile().length() > 0);
        node.disk(disk);
        return new BrittleDisk(folder, disk, trigger, nbdkit, nbdfuse, node);
    }

    void breaks() throws IOException {
        Files.createFile(trigger);
    }

    void heals() throws IOException {
        Files.delete(trigger);
    }

    /** From now on no request of this disk is answered, and none fails. */
    void freezes() throws IOException, InterruptedException {
        Tools.run(folder, List.of("kill", "-STOP", Long.toString(nbdkit.pid())));
    }

    /** Everything that waited is answered. */
    void thaws() throws IOException, InterruptedException {
        Tools.run(folder, List.of("kill", "-CONT", Long.toString(nbdkit.pid())));
    }

    @Override
    public void close() {
        node.until("fusermount3", () -> Tools.code(folder, "fusermount3", "-u", disk.toString()) == 0);
        for (Process process : List.of(nbdfuse, nbdkit)) {
            process.destroy();
            process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
        }
    }
}
