package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Online verify between two engines. */
class VerifyTest {
    private static final String FOUND = "Online verify found ";
    private static final Pattern REPORT = Pattern.compile("out of sync: start=(\\d+), size=(\\d+) \\(sectors\\)");

    private final Path folder;

    VerifyTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private Pair inSync(String net) throws IOException {
        Pair pair = new Pair(folder);
        pair.configure(pair.alpha(), net);
        pair.configure(pair.beta(), net);
        pair.bringUpInSync();
        return pair;
    }

    /** Changes a byte of each of these sectors behind the engine's back. */
    private static void spoil(Node node, long... sectors) throws IOException {
        try (RandomAccessFile disk = new RandomAccessFile(node.disk().toFile(), "rw")) {
            for (long sector : sectors) {
                disk.seek(sector * 512 + 17);
                int was = disk.read();
                disk.seek(sector * 512 + 17);
                disk.write(was ^ 0x40);
            }
        }
    }

    private static List<String> reports(Node node) throws IOException {
        List<String> found = new ArrayList<>();
        Matcher matcher = REPORT.matcher(Files.readString(node.root().resolve("bsrd.out")));
        while (matcher.find()) {
            found.add(matcher.group(1) + "+" + matcher.group(2));
        }
        return found;
    }

    @Test
    void verify_finds_exactly_the_blocks_that_were_changed_and_a_new_connection_repairs_them() throws Exception {
        try (Pair pair = inSync("verify-alg sha1;")) {
            pair.beta().must("down", Pair.RESOURCE);
            pair.beta().terminate();
            spoil(pair.beta(), 8, 15, 16, 4096, 70_000);
            Pair.comeBack(pair.beta());
            pair.awaitInSync();
            assertNotEquals(-1, pair.firstDifference());

            pair.alpha().must("verify", Pair.RESOURCE);

            pair.alpha().awaitLogged(FOUND + "4 4k block out of sync");
            pair.beta().awaitLogged(FOUND + "4 4k block out of sync");
            List<String> expected = List.of("8+16", "4096+8", "70000+8");
            assertEquals(expected, reports(pair.alpha()));
            assertEquals(expected, reports(pair.beta()));

            pair.alpha().must("disconnect", Pair.RESOURCE);
            pair.alpha().must("connect", Pair.RESOURCE);
            pair.awaitInSync();
            assertEquals(-1, pair.firstDifference());
        }
    }

    @Test
    void verify_with_auto_sync_repairs_what_it_finds_at_once() throws Exception {
        try (Pair pair = inSync("verify-alg crc32c;")) {
            spoil(pair.beta(), 24, 90_000);

            pair.beta().must("verify", "--auto-sync", Pair.RESOURCE);

            pair.beta().awaitLogged(FOUND + "2 4k block out of sync");
            pair.beta().awaitLogged("connecting anew");
            pair.awaitInSync();
            assertEquals(-1, pair.firstDifference());
        }
    }

    @Test
    void verify_of_a_part_looks_at_nothing_else() throws Exception {
        try (Pair pair = inSync("verify-alg md5;")) {
            spoil(pair.beta(), 0, 800, 1600);

            pair.alpha().must("verify", "--start=400s", "--stop=1200s", Pair.RESOURCE);

            pair.alpha().awaitLogged(FOUND + "1 4k block out of sync");
            assertEquals(List.of("800+8"), reports(pair.alpha()));
        }
    }

    @Test
    void verify_without_an_algorithm_is_refused_with_the_reason() throws Exception {
        try (Pair pair = inSync("")) {
            Node.Said said = pair.alpha().adm("verify", Pair.RESOURCE);

            assertEquals(11, said.code(), said.text());
            assertTrue(said.text().contains("(-14)"), said.text());
        }
    }

    @Test
    void an_unknown_algorithm_is_refused_when_it_is_configured() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.configure(pair.alpha(), "verify-alg whirlpool;");
            pair.alpha().start();
            pair.alpha().must("create-md", Pair.RESOURCE);

            Node.Said said = pair.alpha().adm("up", Pair.RESOURCE);

            assertNotEquals(0, said.code());
            assertTrue(said.text().contains("\"whirlpool\" is not known here; known are crc32c, md5"), said.text());
        }
    }

    @Test
    void a_resync_with_checksums_leaves_out_what_is_equal_and_finds_what_is_not() throws Exception {
        try (Pair pair = inSync("csums-alg sha256;")) {
            spoil(pair.beta(), 64, 50_000);

            pair.beta().must("invalidate", Pair.RESOURCE);

            pair.beta().awaitLogged("had equal checksums");
            pair.awaitInSync();
            assertEquals(-1, pair.firstDifference());
        }
    }

    @Test
    void algorithms_that_differ_on_the_two_nodes_are_told_and_end_in_stand_alone() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.configure(pair.alpha(), "data-integrity-alg sha256;");
            pair.configure(pair.beta(), "data-integrity-alg crc32c;");

            Pair.bringUp(pair.alpha());
            Pair.bringUp(pair.beta());

            pair.alpha().awaitLogged("data-integrity-alg is sha256 here and crc32c there");
        }
    }
}
