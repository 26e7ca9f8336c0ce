package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.state.DiskState;
import io.bsr.frontend.nbd.ExportClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that an administrator gives now and then: suspend-io, new-current-uuid, forget-peer. */
class AdministrationTest {
    private static final String VOLUME = Pair.RESOURCE + "/0";

    private final Path folder;

    AdministrationTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static byte[] block(int fill) {
        byte[] data = new byte[Ledger.BLOCK];
        Arrays.fill(data, (byte) fill);
        return data;
    }

    private static void awaitPending(Node node, int requests) {
        node.until(requests + " requests", () -> node.now().volume().upperPending() == requests);
    }

    @Test
    void an_application_waits_while_io_is_suspended_and_goes_on_without_an_error() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            Node alpha = pair.alpha();
            try (ExportClient client = alpha.openVolume()) {
                client.write(0, block(1));
                alpha.must("suspend-io", Pair.RESOURCE);
                CompletableFuture<byte[]> application = CompletableFuture.supplyAsync(() -> {
                    try {
                        client.write(0, block(2));
                        return client.read(0, Ledger.BLOCK);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
                awaitPending(alpha, 1);
                String shown = alpha.must("status", Pair.RESOURCE);
                Node.Said again = alpha.adm("suspend-io", Pair.RESOURCE);
                Node.Said demotion = alpha.adm("secondary", Pair.RESOURCE);
                Node.Said down = alpha.adm("down", Pair.RESOURCE);
                assertFalse(application.isDone());
                alpha.must("resume-io", Pair.RESOURCE);

                assertArrayEquals(block(2), application.get(60, TimeUnit.SECONDS));
                assertTrue(shown.contains("suspended:user"), shown);
                assertEquals(0, again.code());
                assertEquals(11, demotion.code());
                assertNotEquals(0, down.code());
                assertFalse(alpha.must("status", Pair.RESOURCE).contains("suspended"));
            }
            assertEquals(-1, pair.firstDifference());
        }
    }

    @Test
    void a_client_that_leaves_a_suspended_volume_leaves_nothing_behind() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            Node alpha = pair.alpha();
            alpha.must("suspend-io", Pair.RESOURCE);
            try (ExportClient client = alpha.openVolume()) {
                client.submitWrite(0, block(3), Ledger.BLOCK);
                awaitPending(alpha, 1);
                // A good-bye would mean: when all is answered.
                client.channel().close();
            }

            alpha.await("no clients", s -> s.volume().users().isEmpty());
            awaitPending(alpha, 0);
            alpha.must("secondary", Pair.RESOURCE);
            alpha.must("down", Pair.RESOURCE);
        }
    }

    @Test
    void disks_that_are_just_created_become_up_to_date_without_a_resync() throws Exception {
        try (Pair pair = new Pair(folder)) {
            Pair.bringUp(pair.alpha());
            Pair.bringUp(pair.beta());
            pair.alpha().await("connected", State::isConnected);
            pair.beta().await("peer's disk", s -> s.peer()
                    .map(p -> p.peerDisk() == DiskState.INCONSISTENT)
                    .orElse(false));

            pair.alpha().must("new-current-uuid", "--clear-bitmap", VOLUME);
            pair.awaitInSync();

            assertEquals(0, pair.beta().now().receivedBytes());
            pair.beta().must("primary", Pair.RESOURCE);
            try (ExportClient client = pair.beta().openVolume()) {
                client.write(1 << 20, block(4));
            }
            assertEquals(-1, pair.firstDifference());
            Node.Said refused = pair.beta().adm("new-current-uuid", VOLUME);
            assertEquals(10, refused.code());
            assertTrue(refused.text().contains("(151)"), refused.text());
        }
    }

    @Test
    void a_forgotten_peer_that_comes_back_gets_everything_even_after_a_crash() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            Node alpha = pair.alpha();
            alpha.must("disconnect", Pair.RESOURCE);
            pair.beta().must("disconnect", Pair.RESOURCE);
            alpha.must("forget-peer", Pair.RESOURCE);
            assertNotEquals(
                    0, alpha.setup("forget-peer", Pair.RESOURCE, "1").code(), "there is nothing left to forget");
            Ledger ledger = new Ledger(0, 512, 71);
            try (ExportClient client = alpha.openVolume()) {
                for (int i = 0; i < 100; i++) {
                    ledger.writeOne(client);
                }
            }
            alpha.kill();
            Pair.comeBack(alpha);
            pair.beta().must("connect", Pair.RESOURCE);
            pair.awaitInSync();
            alpha.must("primary", Pair.RESOURCE);

            try (ExportClient client = alpha.openVolume()) {
                ledger.verify(client);
            }
            assertEquals(-1, pair.firstDifference());
        }
    }

    @Test
    void a_primary_that_was_alone_when_it_stopped_is_known_as_degraded() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            Node alpha = pair.alpha();
            pair.beta().must("down", Pair.RESOURCE);
            alpha.await("alone", s -> !s.isConnected());
            try (ExportClient client = alpha.openVolume()) {
                client.write(0, block(5));
            }
            alpha.kill();
            Pair.comeBack(alpha);

            assertTrue(alpha.now().peer().orElseThrow().startedDegraded());
            Node.Said waited = alpha.setup("wait-connect-resource", Pair.RESOURCE, "-d", "1");
            assertEquals(5, waited.code(), waited.text());
        }
    }

    @Test
    void a_promotion_waits_for_the_handshake_of_a_volume_that_only_the_peer_has() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.configure(pair.alpha(), "timeout 30;");
            pair.configure(pair.beta(), "timeout 30;");
            Path file = pair.beta().root().resolve("etc/bsr.conf");
            Path second = pair.beta().root().resolve("second.img");
            pair.beta()
                    .configure(Files.readString(file)
                            .replace(
                                    "on beta {",
                                    "on beta { volume 1 { device minor 1; disk \"" + second
                                            + "\"; meta-disk internal; }")
                            .replace(
                                    "on alpha {",
                                    "on alpha { volume 1 { device minor 1; disk \"" + second
                                            + "\"; meta-disk internal; }"));
            try (java.io.RandomAccessFile disk = new java.io.RandomAccessFile(second.toFile(), "rw")) {
                disk.setLength(8 << 20);
            }
            Pair.bringUp(pair.alpha());
            Pair.bringUp(pair.beta());
            pair.alpha().await("connected", State::isConnected);

            pair.alpha().must("primary", "--force", Pair.RESOURCE);

            assertTrue(pair.alpha().now().isPrimary());
        }
    }
}
