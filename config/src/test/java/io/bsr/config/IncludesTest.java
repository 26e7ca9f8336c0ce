package io.bsr.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.bsr.config.file.ConfigFiles;
import io.bsr.config.file.DiskFiles;
import io.bsr.config.file.MemoryFiles;
import io.bsr.config.model.NodeIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncludesTest {
    private static final ReadOptions NODE_A = ReadOptions.forNode(NodeIdentity.named("a"));

    private static String resource(String name, int minor) {
        return "resource " + name + " { volume 0 { device minor " + minor + "; disk /dev/" + name
                + "; meta-disk internal; } on a { node-id 0; address 10.0.0.1:" + (7000 + minor)
                + "; } on b { node-id 1; address 10.0.0.2:" + (7000 + minor) + "; } }\n";
    }

    private static ReadResult read(ConfigFiles files) {
        return assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> new ConfigReader(files).read("/etc/bsr.conf", NODE_A));
    }

    private static List<String> names(ReadResult result) {
        return result.configuration().resources().stream().map(r -> r.name()).toList();
    }

    @Test
    void files_that_match_a_pattern_are_read_in_the_order_of_their_names() {
        MemoryFiles files = new MemoryFiles()
                .with("/etc/bsr.conf", "include \"bsr.d/global_common.conf\";\ninclude \"bsr.d/*.res\";\n")
                .with("/etc/bsr.d/global_common.conf", "global { usage-count no; }\ncommon { net { timeout 50; } }\n")
                .with("/etc/bsr.d/z.res", resource("r2", 2))
                .with("/etc/bsr.d/b.res", resource("r1", 1))
                .with("/etc/bsr.d/.hidden.res", "oops");

        ReadResult result = read(files);

        assertEquals(List.of(), result.diagnostics());
        assertEquals(List.of("r1", "r2"), names(result));
        assertEquals(
                "/etc/bsr.d/b.res:1",
                result.configuration().resources().getFirst().at().fileAndLine());
    }

    @Test
    void files_that_include_each_other_are_read_once() {
        MemoryFiles files = new MemoryFiles()
                .with("/etc/bsr.conf", "include \"a.conf\";\n" + resource("r0", 0))
                .with("/etc/a.conf", "include \"bsr.conf\";\ninclude \"a.conf\";\n" + resource("r1", 1));

        ReadResult result = read(files);

        assertEquals(List.of(), result.diagnostics());
        assertEquals(List.of("r1", "r0"), names(result));
    }

    @Test
    void a_long_chain_of_includes_ends_with_an_error() {
        MemoryFiles files = new MemoryFiles().with("/etc/bsr.conf", "include \"0\";");
        for (int i = 0; i < 100; i++) {
            files.with("/etc/" + i, "include \"" + (i + 1) + "\";");
        }

        assertEquals(List.of("C004"), Texts.codes(read(files)));
    }

    @Test
    void a_missing_file_is_an_error_and_a_pattern_without_a_match_is_not() {
        MemoryFiles files = new MemoryFiles().with("/etc/bsr.conf", "include \"none\"; include \"x/*.res\";");

        assertEquals(List.of("C006"), Texts.codes(read(files)));
    }

    @Test
    void a_file_of_10_megabytes_is_refused() {
        MemoryFiles files = new MemoryFiles().with("/etc/bsr.conf", new byte[10 << 20]);

        assertEquals(List.of("C002"), Texts.codes(read(files)));
    }

    @Test
    void a_large_file_below_the_limit_is_read_in_reasonable_time() {
        String text = "# comment\nskip resource x { { } \"\" }\n".repeat(ConfigFiles.FILE_LIMIT / 40);

        assertEquals(List.of(), Texts.codes(read(new MemoryFiles().with("/etc/bsr.conf", text))));
    }

    @Test
    void a_binary_file_is_refused() {
        MemoryFiles files = new MemoryFiles().with("/etc/bsr.conf", new byte[] {0x7f, 'E', 'L', 'F', 0, 0, 1});

        assertEquals(List.of("C003"), Texts.codes(read(files)));
    }

    @Test
    void a_file_that_does_not_exist_is_an_error() {
        assertEquals(List.of("C001"), Texts.codes(read(new MemoryFiles())));
    }

    @Test
    void an_endless_file_and_a_pipe_do_not_hang(@TempDir Path directory) throws Exception {
        Path pipe = directory.resolve("pipe");
        Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).start();
        assertEquals(0, mkfifo.waitFor());
        Path main = Files.writeString(directory.resolve("main"), "include \"pipe\"; include \"p*\";");

        ReadResult endless = assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> new ConfigReader(new DiskFiles()).read("/dev/zero", NODE_A));
        ReadResult piped = assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> new ConfigReader(new DiskFiles()).read(main.toString(), NODE_A));

        assertEquals(List.of("C002"), Texts.codes(endless));
        assertEquals(List.of("C006"), Texts.codes(piped));
    }

    @Test
    void files_of_the_disk_are_found_relative_to_the_including_file(@TempDir Path directory) throws IOException {
        Path sub = Files.createDirectory(directory.resolve("bsr.d"));
        Files.writeString(sub.resolve("r1.res"), resource("r1", 1));
        Files.writeString(sub.resolve("r2.res"), resource("r2", 2));
        Files.createSymbolicLink(sub.resolve("r3.res"), sub.resolve("r1.res"));
        Path main = Files.writeString(directory.resolve("bsr.conf"), "include \"bsr.d/r[0-9].res\";");

        ReadResult result = new ConfigReader(new DiskFiles()).read(main.toString(), NODE_A);

        assertEquals(List.of(), result.diagnostics());
        assertEquals(List.of("r1", "r2"), names(result));
    }

    @Test
    void a_file_can_be_left_out_and_another_be_read_in_its_place() {
        MemoryFiles files = new MemoryFiles()
                .with("/etc/bsr.conf", "include \"*.res\";")
                .with("/etc/r1.res", resource("r1", 1))
                .with("/tmp/new", resource("r1", 9));
        ReadOptions options = NODE_A.alsoReading("/tmp/new").leavingOut("/etc/r1.res");

        ReadResult result = new ConfigReader(files).read("/etc/bsr.conf", options);

        assertEquals(List.of(), result.diagnostics());
        assertEquals(
                "/tmp/new:1", result.configuration().resources().getFirst().at().fileAndLine());
    }

    @Test
    void a_template_takes_the_place_of_common() throws Exception {
        MemoryFiles files = new MemoryFiles()
                .with(
                        "/etc/bsr.conf",
                        "common { net { timeout 50; } }\n"
                                + resource("r0", 0).replace("volume 0", "template-file \"t\"; volume 0"))
                .with("/etc/t", "common { net { ping-int 4; } } and anything else {");

        ReadResult result = read(files);

        var net = result.configuration().resources().getFirst().options().net();
        assertEquals("[--ping-int=4]", net.arguments().toString());
    }

    @Test
    void a_text_at_hand_is_read_under_its_name() {
        byte[] text = "oops;".getBytes(StandardCharsets.UTF_8);

        ReadResult result = new ConfigReader(new MemoryFiles()).readText("STDIN", text, NODE_A);

        assertEquals("STDIN:1:1", result.diagnostics().getFirst().at().toString());
    }
}
