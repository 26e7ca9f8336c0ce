package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.control.command.Command;
import io.bsr.frontend.nbd.ExportClient;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metadata that are damaged, gone or elsewhere: refused with the reason, the disk is left as it is, the engine goes on. */
class MetadataFaultTest {
    private static final int BLOCK = 4096;
    private static final int DAMAGES = 60;

    /** The activity log lies right before the superblock (metadata reference, section 2), with 80 blocks unless asked. */
    private static final int LOG_BYTES = 80 * BLOCK;

    /** From the bitmap on, which lies before the activity log and has one block here. */
    private static final int METADATA_BYTES = BLOCK + LOG_BYTES + BLOCK;

    private static final byte[] DATA = "kept".repeat(BLOCK / 4).getBytes(StandardCharsets.US_ASCII);

    private final Path folder;

    MetadataFaultTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** Alpha runs, its disk has metadata, and a volume waits for it. */
    private static Node prepared(Pair pair) throws IOException {
        Node alpha = pair.alpha();
        alpha.start();
        alpha.must("create-md", Pair.RESOURCE);
        return alpha;
    }

    private static void write(Path disk, long at, byte[] bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.seek(at);
            file.write(bytes);
        }
    }

    private static byte[] metadata(Node node) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(node.disk().toFile(), "r")) {
            byte[] bytes = new byte[METADATA_BYTES];
            file.seek(Pair.DISK_BYTES - METADATA_BYTES);
            file.readFully(bytes);
            return bytes;
        }
    }

    private static Outcome attach(Node node) throws Exception {
        return node.call(new Command.Attach(
                        0, node.disk().toString(), node.disk().toString(), "internal", Map.of()))
                .outcome();
    }

    private static void newVolume(Node node) throws Exception {
        assertTrue(node.call(new Command.NewResource(Pair.RESOURCE, 0, Map.of()))
                .outcome()
                .success());
        assertTrue(node.call(new Command.NewMinor(Pair.RESOURCE, 0, 0, Map.of()))
                .outcome()
                .success());
    }

    private static void assertServes(Node node) throws Exception {
        assertTrue(node.call(new Command.Info()).outcome().success(), "the engine goes on");
        assertTrue(node.alive(), node.log());
    }

    @Test
    void a_superblock_that_was_overwritten_is_refused_with_a_remedy_and_up_works_again_after_it() throws Exception {
        try (Pair pair = new Pair(folder)) {
            Node alpha = prepared(pair);
            byte[] garbage = new byte[BLOCK];
            new Random(1).nextBytes(garbage);
            write(alpha.disk(), Pair.DISK_BYTES - BLOCK, garbage);
            byte[] before = metadata(alpha);

            Node.Said said = alpha.adm("up", Pair.RESOURCE);

            assertNotEquals(0, said.code());
            assertTrue(said.text().contains("No metadata found"), said.text());
            assertTrue(said.text().contains("create-md"), said.text());
            assertTrue(said.text().contains(alpha.disk().toString()), said.text());
            assertArrayEquals(before, metadata(alpha), "nothing was written");
            assertServes(alpha);
            alpha.must("down", Pair.RESOURCE);
            alpha.must("create-md", "--force", Pair.RESOURCE);
            alpha.must("up", Pair.RESOURCE);
        }
    }

    @Test
    void metadata_with_any_block_damaged_are_attached_or_refused_and_never_anything_else() throws Exception {
        try (Pair pair = new Pair(folder)) {
            Node alpha = prepared(pair);
            byte[] sound = metadata(alpha);
            newVolume(alpha);
            Random random = new Random(2);
            int refused = 0;

            for (int i = 0; i < DAMAGES; i++) {
                byte[] damaged = sound.clone();
                boolean fields = i % 2 == 0;
                int bytes = fields ? 4 : BLOCK;
                int at = fields
                        ? METADATA_BYTES - BLOCK + random.nextInt(128 / bytes) * bytes
                        : random.nextInt(METADATA_BYTES / BLOCK) * BLOCK;
                byte[] noise = new byte[bytes];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, damaged, at, bytes);
                write(alpha.disk(), Pair.DISK_BYTES - METADATA_BYTES, damaged);

                Outcome outcome = attach(alpha);

                if (outcome.success()) {
                    assertTrue(
                            alpha.call(new Command.Detach(0, false)).outcome().success());
                } else {
                    refused++;
                    assertTrue(
                            outcome.detail().contains(alpha.disk().toString()),
                            () -> "the disk is not in: " + outcome.detail());
                    assertArrayEquals(
                            damaged, metadata(alpha), () -> "something was written, yet: " + outcome.detail());
                }
                assertServes(alpha);
            }

            assertTrue(refused > DAMAGES / 10, "damage that matters: " + refused);
            write(alpha.disk(), Pair.DISK_BYTES - METADATA_BYTES, sound);
            assertTrue(attach(alpha).success());
        }
    }

    @Test
    void a_field_of_the_superblock_that_makes_no_sense_is_named() throws Exception {
        try (Pair pair = new Pair(folder)) {
            Node alpha = prepared(pair);
            newVolume(alpha);
            // Stripes of the activity log: 2^31 - 1 of them would be 256 TiB.
            write(alpha.disk(), Pair.DISK_BYTES - BLOCK + 96, new byte[] {0x7f, -1, -1, -1});

            Outcome outcome = attach(alpha);

            assertEquals(ErrorCode.NO_VALID_METADATA, outcome.code(), outcome.detail());
            assertTrue(outcome.detail().contains("2147483647 stripes"), outcome.detail());
            assertTrue(outcome.detail().contains(alpha.disk().toString()), outcome.detail());
            assertServes(alpha);
        }
    }

    @Test
    void an_activity_log_that_is_lost_while_primary_is_refused_because_nobody_knows_what_differs() throws Exception {
        try (Pair pair = new Pair(folder)) {
            Node alpha = primaryAlone(pair);
            alpha.kill();
            byte[] garbage = new byte[LOG_BYTES];
            new Random(3).nextBytes(garbage);
            write(alpha.disk(), Pair.DISK_BYTES - BLOCK - LOG_BYTES, garbage);
            alpha.start();

            Node.Said said = alpha.adm("up", Pair.RESOURCE);
            alpha.adm("down", Pair.RESOURCE);
            newVolume(alpha);
            Outcome outcome = attach(alpha);

            assertNotEquals(0, said.code(), said.text() + alpha.log());
            assertTrue(said.text().contains("activity log"), said.text());
            assertEquals(ErrorCode.UNCLEAN_METADATA, outcome.code(), outcome.detail());
            assertTrue(outcome.detail().contains("activity log"), outcome.detail());
        }
    }

    @Test
    void an_activity_log_that_lost_some_blocks_leads_to_a_full_resync_because_a_hot_extent_may_be_missing()
            throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            Node alpha = pair.alpha();
            try (ExportClient client = alpha.openVolume()) {
                client.write(0, new byte[Ledger.BLOCK]);
            }
            alpha.kill();
            byte[] garbage = new byte[2 * BLOCK];
            new Random(3).nextBytes(garbage);
            write(alpha.disk(), Pair.DISK_BYTES - BLOCK - garbage.length, garbage);

            alpha.start();
            Node.Said said = alpha.adm("up", Pair.RESOURCE);

            assertEquals(0, said.code(), said.text());
            assertTrue(said.text().contains("2 corrupt AL transactions found"), said.text());
            alpha.awaitLogged("resync as SyncSource: 48824 KiB");
            alpha.await("in sync", State::isInSync);
            assertEquals(-1, pair.firstDifference());
        }
    }

    /** Alpha is Primary without having met its peer, and holds data. */
    private static Node primaryAlone(Pair pair) throws IOException {
        Node alpha = pair.alpha();
        Pair.bringUp(alpha);
        alpha.must("primary", "--force", Pair.RESOURCE);
        try (ExportClient client = alpha.openVolume()) {
            client.write(0, DATA);
        }
        alpha.await("no clients", s -> s.volume().users().isEmpty());
        return alpha;
    }

    private static void assertHasItsData(Node alpha) throws IOException {
        alpha.must("primary", Pair.RESOURCE);
        try (ExportClient client = alpha.openVolume()) {
            assertArrayEquals(DATA, client.read(0, DATA.length));
        }
    }

    @Test
    void metadata_of_a_disk_that_grew_are_refused_by_the_engine_and_moved_to_its_new_end_by_bsradm() throws Exception {
        try (Pair pair = new Pair(folder)) {
            Node alpha = primaryAlone(pair);
            String generation = alpha.now().volume().generation().current();
            alpha.must("down", Pair.RESOURCE);
            alpha.makeDisk(Pair.DISK_BYTES + (8 << 20));
            newVolume(alpha);

            Outcome outcome = attach(alpha);

            assertEquals(ErrorCode.NO_VALID_METADATA, outcome.code(), outcome.detail());
            assertTrue(outcome.detail().contains(alpha.disk().toString()), outcome.detail());
            assertServes(alpha);
            alpha.must("down", Pair.RESOURCE);
            alpha.must("up", Pair.RESOURCE);
            assertEquals(
                    generation.substring(0, 15),
                    alpha.now().volume().generation().current().substring(0, 15));
            assertHasItsData(alpha);
        }
    }

    @Test
    void a_disk_that_shrank_is_refused_and_nothing_is_written() throws Exception {
        try (Pair pair = new Pair(folder)) {
            Node alpha = primaryAlone(pair);
            alpha.must("down", Pair.RESOURCE);
            byte[] whole = Files.readAllBytes(alpha.disk());
            alpha.makeDisk(Pair.DISK_BYTES - (8 << 20));
            byte[] cut = Files.readAllBytes(alpha.disk());

            Node.Said said = alpha.adm("up", Pair.RESOURCE);

            assertNotEquals(0, said.code());
            assertTrue(said.text().contains(alpha.disk().toString()), said.text());
            assertTrue(said.text().contains("it shrank"), said.text());
            assertArrayEquals(cut, Files.readAllBytes(alpha.disk()), "nothing was written");
            assertServes(alpha);
            alpha.must("down", Pair.RESOURCE);
            Files.write(alpha.disk(), whole);
            alpha.must("up", Pair.RESOURCE);
            assertHasItsData(alpha);
        }
    }
}
