package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.control.command.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that cannot be used is refused with a code and with words, and the engine goes on. */
class BackingDiskTest {
    private final Path folder;

    BackingDiskTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** Starts alpha with a volume that has no disk, and gives it one. */
    private static Outcome attach(Node node, Path disk) throws Exception {
        node.start();
        node.call(new Command.NewResource(Pair.RESOURCE, 0, Map.of()));
        node.call(new Command.NewMinor(Pair.RESOURCE, 0, 0, Map.of()));
        Outcome outcome = node.call(new Command.Attach(0, disk.toString(), disk.toString(), "internal", Map.of()))
                .outcome();
        assertTrue(node.call(new Command.Info()).outcome().success(), "the engine goes on");
        return outcome;
    }

    private static void assertRefused(Outcome outcome, ErrorCode code, Path disk) {
        assertEquals(code, outcome.code(), outcome.detail());
        assertTrue(outcome.detail().contains(disk.toString()), () -> "the disk is not in: " + outcome.detail());
    }

    @Test
    void a_backing_file_that_is_missing_is_refused() throws Exception {
        try (Pair pair = new Pair(folder)) {
            Files.delete(pair.alpha().disk());

            Outcome outcome = attach(pair.alpha(), pair.alpha().disk());

            assertRefused(outcome, ErrorCode.OPEN_DISK, pair.alpha().disk());
            assertFalse(Files.exists(pair.alpha().disk()), "nothing was created");
        }
    }

    @Test
    void bsradm_up_says_which_backing_file_is_missing() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.alpha().start();
            pair.alpha().must("create-md", Pair.RESOURCE);
            Files.delete(pair.alpha().disk());

            Node.Said said = pair.alpha().adm("up", Pair.RESOURCE);

            assertTrue(said.code() != 0);
            assertTrue(said.text().contains(pair.alpha().disk().toString()), said.text());
        }
    }

    @Test
    void a_backing_file_that_another_engine_uses_is_refused() throws Exception {
        try (Pair pair = new Pair(folder)) {
            Pair.bringUp(pair.beta());

            Outcome outcome = attach(pair.alpha(), pair.beta().disk());

            assertRefused(outcome, ErrorCode.DISK_CLAIMED, pair.beta().disk());
        }
    }

    @Test
    void a_disk_without_metadata_is_refused_and_left_as_it_was() throws Exception {
        try (Pair pair = new Pair(folder)) {
            Outcome outcome = attach(pair.alpha(), pair.alpha().disk());

            assertEquals(ErrorCode.NO_VALID_METADATA, outcome.code(), outcome.detail());
            assertTrue(outcome.detail().contains("create-md"), outcome.detail());
            byte[] bytes = Files.readAllBytes(pair.alpha().disk());
            assertTrue(Arrays.equals(new byte[bytes.length], bytes), "nothing was written");
        }
    }

    @Test
    void metadata_of_another_node_is_refused() throws Exception {
        try (Pair pair = new Pair(folder)) {
            Pair.bringUp(pair.beta());
            assertEquals(0, pair.beta().terminate());

            Outcome outcome = attach(pair.alpha(), pair.beta().disk());

            assertEquals(ErrorCode.NO_VALID_METADATA, outcome.code(), outcome.detail());
            assertTrue(outcome.detail().contains("node"), outcome.detail());
        }
    }

    @Test
    void a_read_only_backing_file_is_refused() throws Exception {
        try (Pair pair = new Pair(folder)) {
            Path disk = pair.alpha().disk();
            pair.alpha().start();
            pair.alpha().must("create-md", Pair.RESOURCE);
            pair.alpha().terminate();
            boolean root = "root".equals(System.getProperty("user.name"));
            if (root) {
                // Permissions do not bind root; an immutable file does.
                Tools.need("chattr");
                assumeTrue(
                        Tools.run(folder, List.of("chattr", "+i", disk.toString()))
                                        .code()
                                == 0,
                        "this file system has no immutable files");
            } else {
                assumeTrue(disk.toFile().setReadOnly());
            }
            try {
                Outcome outcome = attach(pair.alpha(), disk);

                assertRefused(outcome, ErrorCode.OPEN_DISK, disk);
            } finally {
                if (root) {
                    Tools.run(folder, List.of("chattr", "-i", disk.toString()));
                }
            }
        }
    }
}
