package io.bsr.cli.bsrmeta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bsr.cli.ToolRun;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same command lines given to {@code bsrmeta} and to Debian's drbdmeta, each on a copy of the same file: what they
 * print, how they end, and what is in the file afterwards. Names are substituted; exit codes are those of bsr (drbdmeta
 * says 1 where bsrmeta says 255).
 */
@Timeout(120)
class BesideDrbdmetaTest {
    private static final Path DRBDMETA = Path.of("/usr/sbin/drbdmeta");

    @TempDir
    private Path root = Path.of("");

    private Path ours = root;
    private Path theirs = root;

    @BeforeEach
    void installed() throws IOException {
        assumeTrue(Files.isExecutable(DRBDMETA), "drbdmeta (package drbd-utils) is not installed");
        ours = Files.createDirectories(root.resolve("ours")).resolve("disk.img");
        theirs = Files.createDirectories(root.resolve("theirs")).resolve("disk.img");
    }

    private record Outcome(int code, Set<String> text) {}

    @Test
    void new_metadata_are_made_changed_shown_and_removed_with_the_same_words() throws Exception {
        for (String index : List.of("internal", "flex-external")) {
            disk(64L << 20);
            alike("v09", index, "dump-md");
            alike("v09", index, "wipe-md");
            alike("v09", index, "create-md", "--al-stripe-size-kB", "320", "4");
            alike("v09", index, "create-md", "--al-stripe-size-kB", "320", "5");
            alike("v09", index, "wipe-md");
            alike("v09", index, "create-md", "-s", "4", "-z", "80", "31");
            alike("v09", index, "dstate");
            alike("v09", index, "outdate");
            alike("v09", index, "set-gi", "-i", "3", "1122334455667788:99AABBCCDDEEFF00:::1:1:0:0:1:0");
            alike("v09", index, "set-gi", "-i", "4", "-f", "1122334455667788:99AABBCCDDEEFF00:5:6");
            alike("v09", index, "dump-md");
            alike("v09", index, "outdate");
            alike("v09", index, "write-dev-uuid", "0123456789ABCDEF");
            alike("v09", index, "read-dev-uuid");
            alike("v09", index, "dstate");
            alike("v09", index, "apply-al");
            alike("v09", index, "invalidate");
            alike("v09", index, "dump-md");
            alike("v09", index, "wipe-md");
            alike("v09", index, "dstate");
        }
    }

    @Test
    void what_is_on_a_disk_is_named_and_refused_with_the_same_words() throws Exception {
        for (String index : List.of("internal", "flex-external")) {
            // Some data; ext2 that fits and one that does not; xfs; swap space.
            for (int[] patch : new int[][] {
                {100, 1},
                {0x404, 0x00100000, 0x438, 0x53EF0000},
                {0x404, 0x00000100, 0x438, 0x53EF0000},
                {0, 0x58465342, 4, 4096, 12, 1000},
                {0, 0x58465342, 4, 4096, 12, 100_000},
                {4086, 0x53574150, 4090, 0x53504143, 4094, 0x45320000}
            }) {
                disk(64L << 20);
                for (int i = 0; i < patch.length; i += 2) {
                    write(ours, patch[i], patch[i + 1]);
                    write(theirs, patch[i], patch[i + 1]);
                }
                alike("v09", index, "create-md", "--al-stripe-size-kB", "320", "2");
                alike("v09", index, "wipe-md");
                alike("v09", index, "--ignore-sanity-checks", "create-md", "-z", "320", "2");
            }
        }
    }

    @Test
    void wrong_command_lines_end_with_the_same_code() throws Exception {
        disk(64L << 20);
        for (String line : List.of(
                "v09 internal get-gi",
                "v09 internal set-gi 1:2",
                "v09 internal show-gi",
                "v09 internal nope",
                "v10 internal dstate",
                "v09 bad dstate",
                "v09 256 dstate",
                "v09 internal create-md",
                "v09 internal create-md x",
                "v09 internal create-md 0",
                "v09 internal create-md 99",
                "v09 internal create-md -s 4 -z 2 2",
                "v09 internal create-md -z 64M 2",
                "v09 internal dstate --al-stripes 3",
                "v09 internal dstate --node-id 3",
                "v09 internal verify-dump /dev/null",
                "v09 internal restore-md /dev/null",
                "v09 internal restore-md /nowhere",
                "v09 internal read-dev-uuid",
                "v09 internal forget-peer",
                "v09 internal write-dev-uuid",
                "v09 internal set-gi -i 3",
                "v09 internal apply-al",
                "v09 internal check-resize")) {
            String[] words = line.split(" ", -1);
            String[] arguments = Arrays.copyOfRange(words, 2, words.length);
            int expected = theirs(words[0], words[1], arguments).code;

            assertEquals(asBsr(expected), ours(words[0], words[1], arguments).code, line);
        }
    }

    /** Runs both; output, exit code and file must be the same. */
    private void alike(String version, String index, String... arguments) throws Exception {
        Outcome expected = theirs(version, index, arguments);
        Outcome found = ours(version, index, arguments);

        String what = index + " " + List.of(arguments);
        assertEquals(asBsr(expected.code), found.code, what + found.text);
        if (expected.code == 0 || expected.code == 40) {
            Set<String> missing = new TreeSet<>(expected.text);
            missing.removeAll(found.text);
            assertEquals(Set.of(), missing, () -> what + " printed " + found.text);
        }
        assertEquals(-1, Files.mismatch(theirs, ours), what);
    }

    private static int asBsr(int code) {
        return code == 1 ? 255 : code;
    }

    private Outcome ours(String version, String index, String... arguments) {
        List<String> words = new ArrayList<>(List.of("--force", "-", version, ours.toString(), index));
        words.addAll(List.of(arguments));
        ToolRun run = ToolRun.of(Main::run, root, words.toArray(String[]::new));
        return new Outcome(run.code(), lines(run.text()));
    }

    private Outcome theirs(String version, String index, String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(DRBDMETA.toString(), "--force", "-", version, theirs.toString(), index));
        command.addAll(List.of(arguments));
        Path output = root.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile())
                .redirectErrorStream(true)
                .start();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("drbdmeta did not end: " + command);
        }
        return new Outcome(process.exitValue(), lines(Files.readString(output)));
    }

    /** Lines as bsr would print them, without what names time, host, or the way in which blocks are zeroed. */
    private static Set<String> lines(String text) {
        Set<String> lines = new TreeSet<>();
        text.replace("drbd meta data", "bsr meta data")
                .replace("DRBD", "BSR")
                .replaceAll("/(ours|theirs)/", "/")
                .lines()
                .filter(line -> !line.contains("BLK") && !line.contains("using pwrite"))
                .filter(line -> !line.startsWith("initializing bitmap"))
                .filter(line -> !line.matches("# [0-9]{4}-.*|# .*> .*"))
                .map(line -> line.toLowerCase(Locale.ROOT))
                .forEach(lines::add);
        return lines;
    }

    private void disk(long size) throws IOException {
        for (Path file : List.of(ours, theirs)) {
            Files.deleteIfExists(file);
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
                channel.write(ByteBuffer.wrap("\0".getBytes(StandardCharsets.US_ASCII)), size - 1);
            }
        }
    }

    private static void write(Path file, long offset, int bigEndian) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(4).putInt(bigEndian).flip(), offset);
        }
    }
}
