package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.state.ConnectionState;
import io.bsr.frontend.nbd.ExportClient;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusalTest {
    private final Path folder;

    RefusalTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void secondary_is_refused_while_an_nbd_client_holds_the_volume_and_the_client_is_named() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();

            Node.Said refused;
            List<String> users;
            try (ExportClient client = pair.alpha().openVolume()) {
                client.write(0, new byte[Ledger.BLOCK]);
                users = pair.alpha().now().volume().users();
                refused = pair.alpha().adm("secondary", Pair.RESOURCE);
            }

            assertNotEquals(0, refused.code());
            assertTrue(refused.text().contains("Device is held open by someone"), refused.text());
            assertEquals(1, users.size());
            assertTrue(refused.text().contains(users.getFirst()), () -> users + " is not in " + refused.text());
            pair.alpha().await("no clients", s -> s.volume().users().isEmpty());
            pair.alpha().must("secondary", Pair.RESOURCE);
        }
    }

    @Test
    void a_wrong_shared_secret_leaves_both_nodes_stand_alone_with_the_reason() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.configure(pair.alpha(), "cram-hmac-alg sha256; shared-secret \"one\";");
            pair.configure(pair.beta(), "cram-hmac-alg sha256; shared-secret \"another\";");
            Pair.bringUp(pair.alpha());
            Pair.bringUp(pair.beta());

            for (Node node : List.of(pair.alpha(), pair.beta())) {
                State state = node.await("StandAlone", s -> s.is(ConnectionState.STANDALONE));

                assertTrue(
                        state.connection().reason().contains("authentication"),
                        () -> node.name() + ": " + state.connection().reason());
            }
        }
    }

    @Test
    void a_secret_on_one_node_only_leaves_both_nodes_apart_with_the_reason() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.configure(pair.alpha(), "cram-hmac-alg sha256; shared-secret \"one\";");
            Pair.bringUp(pair.alpha());
            Pair.bringUp(pair.beta());

            for (Node node : List.of(pair.alpha(), pair.beta())) {
                State state = node.await("StandAlone", s -> s.is(ConnectionState.STANDALONE));

                String reason = state.connection().reason();
                assertTrue(reason.contains("cram-hmac-alg"), () -> node.name() + ": " + reason);
                Node.Said said = node.setup("status", "--verbose", Pair.RESOURCE);
                assertTrue(said.text().contains(reason), said.text());
            }
        }
    }

    @Test
    void a_volume_that_the_peer_does_not_have_is_told_serves_alone_and_is_resynced_when_the_peer_has_it()
            throws Exception {
        try (Pair pair = new Pair(folder)) {
            Path file = pair.beta().root().resolve("etc/bsr.conf");
            pair.configure(pair.alpha(), "timeout 10;");
            pair.configure(pair.beta(), "timeout 10;");
            String whole = Files.readString(file);
            pair.beta().configure(whole.replace("volume 0 {", "volume 1 {"));
            Pair.bringUp(pair.alpha());
            Pair.bringUp(pair.beta());

            pair.alpha().awaitLogged("WARN", "r0/0", "says nothing of this volume");
            pair.beta().awaitLogged("WARN", "volume 0", "not configured here");
            pair.beta().awaitLogged("WARN", "r0/1", "says nothing of this volume");
            pair.alpha().must("primary", "--force", Pair.RESOURCE);
            Ledger ledger = new Ledger(0, 64, 51);
            try (ExportClient client = pair.alpha().openVolume()) {
                ledger.writeOne(client);
            }
            pair.beta().must("down", Pair.RESOURCE);
            pair.beta().configure(whole);
            pair.beta().must("up", Pair.RESOURCE);

            pair.awaitInSync();
            try (ExportClient client = pair.alpha().openVolume()) {
                ledger.verify(client);
            }
            assertEquals(-1, pair.firstDifference());
        }
    }

    @Test
    void a_peer_with_a_smaller_disk_is_refused_while_the_volume_is_in_use() throws Exception {
        try (Pair pair = new Pair(folder)) {
            Node alpha = pair.alpha();
            Pair.bringUp(alpha);
            alpha.must("primary", "--force", Pair.RESOURCE);
            try (RandomAccessFile file = new RandomAccessFile(pair.beta().disk().toFile(), "rw")) {
                file.setLength(Pair.DISK_BYTES / 2);
            }

            try (ExportClient client = alpha.openVolume()) {
                client.write(0, new byte[Ledger.BLOCK]);
                long bytes = alpha.now().volumeBytes();
                Pair.bringUp(pair.beta());
                State state = pair.beta().await("StandAlone", s -> s.is(ConnectionState.STANDALONE));

                String reason = state.connection().reason();
                assertTrue(reason.contains(bytes / 512 + " sectors"), reason);
                // It hears of it only by the end of the streams, and still has to know and to say why.
                alpha.awaitLogged("too small", bytes / 512 + "");
                assertEquals(bytes, alpha.now().volumeBytes());
                client.write(bytes - Ledger.BLOCK, new byte[Ledger.BLOCK]);
            }
        }
    }

    @Test
    void a_port_in_use_is_the_reason_in_the_status_and_is_taken_when_it_is_free() throws Exception {
        try (Pair pair = new Pair(folder)) {
            try (ServerSocket other = new ServerSocket(pair.alphaPort(), 1, InetAddress.getLoopbackAddress())) {
                Pair.bringUp(pair.alpha());
                State state = pair.alpha()
                        .await("a reason", s -> s.connection().reason().contains("in use"));

                assertTrue(other.isBound());
                assertTrue(
                        state.connection().reason().contains(Integer.toString(pair.alphaPort())),
                        state.connection().reason());
            }
            Pair.bringUp(pair.beta());
            pair.alpha().await("connected", State::isConnected);
        }
    }
}
