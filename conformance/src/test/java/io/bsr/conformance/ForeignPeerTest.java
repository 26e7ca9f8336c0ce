package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.state.ConnectionState;
import io.bsr.frontend.nbd.ExportClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers that are not what the configuration says: another version, another node, another resource, another volume. */
class ForeignPeerTest {
    private final Path folder;

    ForeignPeerTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** Alpha is up and its configured peer connects to it after all. */
    private static void assertConnectsToBeta(Pair pair) throws IOException {
        if (pair.alpha().now().is(ConnectionState.STANDALONE)) {
            pair.alpha().must("connect", Pair.RESOURCE);
        }
        Pair.bringUp(pair.beta());
        pair.alpha().await("connected", State::isConnected);
    }

    @Test
    void a_peer_of_another_version_leaves_the_node_stand_alone_with_both_versions_and_what_to_do() throws Exception {
        try (Pair pair = new Pair(folder)) {
            Pair.bringUp(pair.alpha());

            // DRBD 8.4, an older bsr, a peer that names one version only, and a later one.
            assertRefused(pair, 86, 101, "the peer 86-101", "upgrade the peer");
            assertRefused(pair, 86, 117, "the peer 86-117", "upgrade the peer");
            assertRefused(pair, 101, 0, "the peer 101-101", "upgrade the peer");
            assertRefused(pair, 119, 124, "the peer 119-124", "upgrade this node");

            assertConnectsToBeta(pair);
        }
    }

    private static void assertRefused(Pair pair, int oldest, int newest, String versions, String remedy)
            throws IOException {
        Node alpha = pair.alpha();
        if (alpha.now().is(ConnectionState.STANDALONE)) {
            alpha.must("connect", Pair.RESOURCE);
        }
        try (ScriptedPeer peer = ScriptedPeer.meet(alpha, pair.alphaPort())) {
            peer.sendFeatures(oldest, newest, 1, 0);
            peer.awaitEnd();
        }
        String reason = alpha.await(versions + " to be refused", s -> s.is(ConnectionState.STANDALONE))
                .connection()
                .reason();
        assertTrue(reason.contains("118"), reason);
        assertTrue(reason.contains(versions), reason);
        assertTrue(reason.contains(remedy), reason);
        alpha.awaitLogged("ERROR", "gave up", reason);
    }

    @Test
    void a_peer_with_another_node_id_is_told_apart_and_the_right_one_still_connects() throws Exception {
        try (Pair pair = new Pair(folder)) {
            Node alpha = pair.alpha();
            Pair.bringUp(alpha);

            try (ScriptedPeer peer = ScriptedPeer.meet(alpha, pair.alphaPort())) {
                peer.sendFeatures(86, 118, 5, 0);
                peer.awaitEnd();
            }
            State state = alpha.await("a reason", s -> s.connection().reason().contains("node ids do not match"));

            assertTrue(
                    state.connection().reason().contains("the peer is 5"),
                    state.connection().reason());
            assertConnectsToBeta(pair);
        }
    }

    @Test
    void a_peer_that_breaks_off_or_babbles_at_any_step_of_the_handshake_keeps_no_other_from_connecting()
            throws Exception {
        try (Pair pair = new Pair(folder)) {
            Node alpha = pair.alpha();
            Pair.bringUp(alpha);
            Random random = new Random(5);
            byte[] noise = new byte[3000];

            for (int step = 0; step < 6; step++) {
                random.nextBytes(noise);
                try (ScriptedPeer peer = ScriptedPeer.meet(alpha, pair.alphaPort())) {
                    switch (step) {
                        case 0 -> peer.sendOnData(ScriptedPeer.FEATURES, new byte[71]);
                        case 1 -> peer.sendOnData(0x0b, noise);
                        case 2 -> {
                            peer.sendFeatures(86, 118, 1, 0);
                            peer.send100OnControl(ScriptedPeer.FEATURES, new byte[12]);
                        }
                        case 3 -> {
                            peer.sendFeatures(86, 118, 1, 0);
                            peer.send100OnControl(ScriptedPeer.FEATURES, features());
                            peer.send100OnData(0xfffd, new byte[64]);
                            peer.send100OnData(0x00, noise);
                        }
                        case 4 -> {
                            peer.sendFeatures(86, 118, 1, 0);
                            peer.send100OnControl(ScriptedPeer.FEATURES, features());
                            peer.send100OnData(0xfffd, new byte[64]);
                            peer.send100OnData(0x2e, new byte[36]);
                        }
                        default -> {
                            // Says nothing more.
                        }
                    }
                    peer.awaitEnd();
                }
                assertTrue(alpha.alive(), alpha.log());
                if (alpha.now().is(ConnectionState.STANDALONE)) {
                    alpha.must("connect", Pair.RESOURCE);
                }
            }

            assertEquals("", alpha.now().resource().failed());
            alpha.awaitLogged("did not send");
            assertConnectsToBeta(pair);
        }
    }

    private static byte[] features() {
        return ByteBuffer.allocate(ScriptedPeer.FEATURES_BYTES)
                .putInt(86)
                .putInt(0xf)
                .putInt(118)
                .putInt(1)
                .array();
    }

    @Test
    void a_peer_with_another_resource_of_its_own_history_is_refused_on_both_sides_and_no_data_change()
            throws Exception {
        try (Pair pair = new Pair(folder)) {
            Map<Node, byte[]> written = new HashMap<>();
            for (Node node : List.of(pair.alpha(), pair.beta())) {
                int nobody = Pair.freePort();
                pair.configure(
                        node,
                        "",
                        node == pair.alpha() ? pair.alphaPort() : nobody,
                        node == pair.beta() ? pair.betaPort() : nobody);
                Pair.bringUp(node);
                node.must("primary", "--force", Pair.RESOURCE);
                byte[] data = new byte[Ledger.BLOCK];
                new Random(node.name().hashCode()).nextBytes(data);
                try (ExportClient client = node.openVolume()) {
                    client.write(0, data);
                }
                written.put(node, data);
            }
            pair.beta().await("no clients", s -> s.volume().users().isEmpty());
            pair.beta().must("secondary", Pair.RESOURCE);
            for (Node node : List.of(pair.alpha(), pair.beta())) {
                pair.configure(node, "");
                node.must("adjust", Pair.RESOURCE);
            }

            for (Node node : List.of(pair.alpha(), pair.beta())) {
                String reason = node.await(
                                "the refusal", s -> s.connection().reason().contains("not related"))
                        .connection()
                        .reason();
                assertTrue(reason.contains("invalidated or created anew"), reason);
            }
            pair.beta().must("primary", Pair.RESOURCE);
            for (Node node : List.of(pair.alpha(), pair.beta())) {
                try (ExportClient client = node.openVolume()) {
                    byte[] read = client.read(0, Ledger.BLOCK);
                    assertEquals(-1, Arrays.mismatch(written.get(node), read), node.name());
                }
            }
        }
    }
}
