package io.bsr.cli.bsrmeta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A disk of 1 TiB, whose bitmap has 32 MiB for each peer, in processes of 64 MiB of heap. */
@Timeout(180)
class BoundedMemoryTest {
    private static final long TIB = 1L << 40;

    private Path root = Path.of("");
    private Path disk = root;

    @BeforeEach
    void a_sparse_disk() throws IOException {
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memory), "no /dev/shm, and not every file system has files of 2 TiB");
        root = Files.createTempDirectory(memory, "bsrmeta");
        disk = root.resolve("disk");
        resize(TIB);
    }

    @AfterEach
    void clean() throws IOException {
        try (var files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void a_disk_of_one_tebibyte_is_handled_in_64_mebibytes() throws Exception {
        run(0, "create-md", "2");
        Path text = root.resolve("dump");
        Files.writeString(
                text,
                dump().replace("la-size-sect 0;", "la-size-sect 2147000000;")
                        .replace("bitmap[0] {", "bitmap[0] { 4193000 times 0xFFFFFFFFFFFFFFFF;")
                        .replace("flags 0x00000080", "flags 0x00000082"));
        run(0, "restore-md", "--force", text.toString());
        String full = dump();
        assertTrue(full.contains("times 0xFFFFFFFFFFFFFFFF;"), full);
        run(0, "apply-al");
        resize(TIB + (1 << 20));
        run(0, "check-resize");
        assertEquals(bitmaps(full), bitmaps(dump()));
        resize(TIB + (64L << 30));
        run(0, "check-resize");
        assertEquals(bitmaps(full), bitmaps(dump()));
        run(0, "invalidate");
        run(0, "create-md", "--force", "--al-stripe-size-kB=32768", "2");
        run(0, "apply-al");
        run(0, "wipe-md", "--force");
    }

    @Test
    void a_bitmap_for_31_peers_is_created_on_a_disk_of_one_tebibyte() throws Exception {
        run(0, "create-md", "31");
        run(0, "apply-al");
        run(0, "dstate");
    }

    private static String bitmaps(String dump) {
        return dump.substring(dump.indexOf("bitmap[0]"));
    }

    private String dump() throws Exception {
        return run(0, "dump-md");
    }

    private String run(int expected, String... command) throws Exception {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--root",
                root.toString(),
                "7",
                "v09",
                disk.toString(),
                "internal"));
        words.addAll(List.of(command));
        Path output = root.resolve("output");
        Path errors = root.resolve("errors");
        Process process = new ProcessBuilder(words)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        boolean ended = process.waitFor(90, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = Files.readString(errors);
        assertTrue(ended, () -> List.of(command) + " did not end");
        assertFalse(said.contains("OutOfMemory"), said);
        assertEquals(expected, process.exitValue(), () -> List.of(command) + ": " + said);
        return Files.readString(output);
    }

    private void resize(long size) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(size);
        }
    }
}
