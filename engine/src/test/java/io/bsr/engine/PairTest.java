package io.bsr.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.control.command.Command;
import io.bsr.control.status.ConnectionStatus;
import io.bsr.control.status.PeerDeviceStatus;
import io.bsr.control.status.ResourceStatus;
import io.bsr.frontend.nbd.ExportClient;
import io.bsr.loop.LoopKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two engines in this process replicate over loopback. */
class PairTest {
    private static final long DISK_BYTES = 16 << 20;

    private Path folder = Path.of("/");
    private int alphaPort;
    private int betaPort;
    private final List<Engine> engines = new ArrayList<>();
    private final List<TestNode> nodes = new ArrayList<>();

    @BeforeEach
    void prepare(@TempDir Path temporary) throws IOException {
        folder = temporary;
        alphaPort = Disks.freePort();
        betaPort = Disks.freePort();
    }

    @AfterEach
    void stop() {
        nodes.forEach(TestNode::close);
        engines.forEach(Engine::stop);
    }

    @ParameterizedTest
    @EnumSource(
            value = LoopKind.class,
            names = {"AUTO", "PORTABLE"})
    void what_is_written_on_the_primary_is_on_both_disks(LoopKind kind) throws Exception {
        TestNode alpha = start("alpha", kind);
        TestNode beta = start("beta", kind);
        connect(alpha, beta);
        Random random = new Random(1);
        byte[] data = new byte[128 * 1024];

        alpha.does(new Command.Primary("r0", true));
        beta.await("end of the initial sync", PairTest::inSync);
        try (ExportClient probe = ExportClient.open(alpha.nbdSocket(), "r0/0")) {
            for (int i = 0; i < 50; i++) {
                random.nextBytes(data);
                probe.write(random.nextInt((int) (probe.size() - data.length) / 4096) * 4096L, data);
            }
            probe.flush();
        }
        alpha.await("no user", r0 -> r0.volumes().getFirst().users().isEmpty());
        alpha.does(new Command.Secondary("r0"));
        beta.does(new Command.Primary("r0", false));
        try (ExportClient probe = ExportClient.open(beta.nbdSocket(), "r0/0")) {
            random.nextBytes(data);
            probe.write(4096, data);
        }

        assertEquals(Role.PRIMARY, beta.r0().role());
        beta.await("no user", r0 -> r0.volumes().getFirst().users().isEmpty());
        beta.does(new Command.Down("r0"));
        alpha.does(new Command.Down("r0"));
        Disks.assertEqual(disk("alpha"), disk("beta"), DISK_BYTES - (1 << 20));
    }

    @Test
    void what_was_written_while_disconnected_is_resynced_and_nothing_else() throws Exception {
        TestNode alpha = start("alpha", LoopKind.AUTO);
        TestNode beta = start("beta", LoopKind.AUTO);
        connect(alpha, beta);
        alpha.does(new Command.Primary("r0", true));
        alpha.await("end of the initial sync", r0 -> peer(r0).peerDisk() == DiskState.UP_TO_DATE);

        beta.does(new Command.Disconnect("r0", 0, false));
        alpha.await("loss of the peer", r0 -> connection(r0).state() != ConnectionState.CONNECTED);
        try (ExportClient probe = ExportClient.open(alpha.nbdSocket(), "r0/0")) {
            for (int i = 0; i < 10; i++) {
                probe.write(i * 65536L, new byte[4096]);
            }
        }
        alpha.await("word of ten blocks", r0 -> peer(r0).outOfSync() == 10 * 8);
        long receivedBefore = peer(beta.r0()).received();
        beta.does(new Command.Connect("r0", 0, false, false));
        beta.await("end of the resync", PairTest::inSync);

        beta.await("word of ten blocks", r0 -> peer(r0).received() - receivedBefore == 10 * 8);
        alpha.await("nothing out of sync", r0 -> peer(r0).outOfSync() == 0);
    }

    @Test
    void a_resync_says_how_fast_its_target_wants_it() throws Exception {
        TestNode alpha = start("alpha", LoopKind.PORTABLE);
        TestNode beta = start("beta", LoopKind.PORTABLE);
        connect(alpha, beta);
        beta.does(new Command.PeerDeviceOptions("r0", 0, 0, false, Map.of("resync-rate", "400")));

        alpha.does(new Command.Primary("r0", true));
        beta.await(
                "a resync at 400 KiB/s",
                r0 -> peer(r0).replication() == ReplicationState.SYNC_TARGET
                        && peer(r0).resyncWantedSectorsPerSecond() == 800);

        alpha.await("its source", r0 -> peer(r0).replication() == ReplicationState.SYNC_SOURCE);
        assertEquals(0, peer(alpha.r0()).resyncWantedSectorsPerSecond());
    }

    @Test
    void a_volume_without_disk_is_not_invalidated_whatever_the_peer_has() throws Exception {
        TestNode alpha = start("alpha", LoopKind.PORTABLE);
        TestNode beta = start("beta", LoopKind.PORTABLE);
        connect(alpha, beta);
        beta.does(new Command.Detach(0, false));

        assertEquals(ErrorCode.NO_LOCAL_DISK, beta.code(new Command.Invalidate(0, null)));
        assertEquals(DiskState.INCONSISTENT, alpha.r0().volumes().getFirst().disk());
    }

    @Test
    void a_split_brain_is_named_until_the_nodes_are_connected_again() throws Exception {
        TestNode alpha = start("alpha", LoopKind.PORTABLE);
        TestNode beta = start("beta", LoopKind.PORTABLE);
        connect(alpha, beta);
        alpha.does(new Command.Primary("r0", true));
        beta.await("end of the initial sync", PairTest::inSync);
        alpha.does(new Command.Secondary("r0"), new Command.Disconnect("r0", 1, false));
        beta.does(new Command.Disconnect("r0", 0, true));
        for (TestNode node : List.of(alpha, beta)) {
            node.does(new Command.Primary("r0", true));
            try (ExportClient user = ExportClient.open(node.nbdSocket(), "r0/0")) {
                user.write(0, new byte[4096]);
            }
            node.await("no user", r0 -> r0.volumes().getFirst().users().isEmpty());
            node.does(new Command.Secondary("r0"));
        }

        alpha.does(new Command.Connect("r0", 1, false, false));
        beta.does(new Command.Connect("r0", 0, false, false));

        for (TestNode node : List.of(alpha, beta)) {
            node.await(
                    "split brain",
                    r0 -> connection(r0).state() == ConnectionState.STANDALONE
                            && connection(r0).error().equals("split-brain"));
        }
        alpha.does(new Command.Connect("r0", 1, true, false));
        beta.does(new Command.Connect("r0", 0, false, false));
        alpha.await("the end of the resync", PairTest::inSync);
        assertEquals("", connection(alpha.r0()).error());
    }

    @Test
    void a_wrong_secret_keeps_nodes_apart_and_says_why() throws Exception {
        TestNode alpha = start("alpha", LoopKind.PORTABLE);
        TestNode beta = start("beta", LoopKind.PORTABLE);
        setUp(alpha, beta);
        beta.does(new Command.NetOptions("r0", 0, false, Map.of("shared-secret", "guessed")));

        alpha.does(new Command.Connect("r0", 1, false, false));
        beta.does(new Command.Connect("r0", 0, false, false));

        alpha.await("StandAlone", r0 -> connection(r0).state() == ConnectionState.STANDALONE);
        assertTrue(connection(alpha.r0()).reason().contains("secret"), connection(alpha.r0())::reason);
    }

    @Test
    void a_replication_port_in_use_is_told_and_used_as_soon_as_it_is_free() throws Exception {
        TestNode alpha = start("alpha", LoopKind.PORTABLE);
        TestNode beta = start("beta", LoopKind.PORTABLE);
        setUp(alpha, beta);
        try (ServerSocket first = new ServerSocket(alphaPort, 5, InetAddress.getLoopbackAddress());
                ServerSocket second = new ServerSocket(betaPort, 5, InetAddress.getLoopbackAddress())) {
            assertTrue(first.isBound() && second.isBound());
            alpha.run(new Command.Connect("r0", 1, false, false));
            beta.run(new Command.Connect("r0", 0, false, false));

            alpha.await(
                    "word of the port",
                    r0 -> connection(r0).reason().contains("Cannot listen at ipv4:127.0.0.1:" + alphaPort));
        }
        alpha.await("the connection", r0 -> connection(r0).state() == ConnectionState.CONNECTED);
    }

    @Test
    void garbage_on_the_replication_port_keeps_nobody_from_connecting() throws Exception {
        TestNode alpha = start("alpha", LoopKind.AUTO);
        TestNode beta = start("beta", LoopKind.AUTO);
        setUp(alpha, beta);
        alpha.does(new Command.Connect("r0", 1, false, false));
        Random random = new Random(4);
        byte[] noise = new byte[4096];
        for (int i = 0; i < 20; i++) {
            random.nextBytes(noise);
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), alphaPort)) {
                socket.getOutputStream().write(noise, 0, 1 + random.nextInt(noise.length));
            } catch (IOException e) {
                assertTrue(e.getMessage() != null, "the node may hang up while it is being written to");
            }
        }

        beta.does(new Command.Connect("r0", 0, false, false));

        alpha.await("the connection", r0 -> connection(r0).state() == ConnectionState.CONNECTED);
        assertEquals("", alpha.r0().failed());
    }

    @Test
    void stopping_one_node_leaves_the_other_serving() throws Exception {
        TestNode alpha = start("alpha", LoopKind.AUTO);
        TestNode beta = start("beta", LoopKind.AUTO);
        connect(alpha, beta);
        alpha.does(new Command.Primary("r0", true));
        alpha.await("end of the initial sync", r0 -> peer(r0).peerDisk() == DiskState.UP_TO_DATE);
        try (ExportClient probe = ExportClient.open(alpha.nbdSocket(), "r0/0")) {
            probe.write(0, new byte[4096]);

            assertTrue(engines.removeLast().stop());

            probe.write(4096, new byte[4096]);
        }
        alpha.await("loss of the peer", r0 -> connection(r0).state() != ConnectionState.CONNECTED);
        assertTrue(peer(alpha.r0()).outOfSync() > 0);
    }

    @Test
    void nothing_is_overwritten_before_the_handler_of_the_target_has_said_yes() throws Exception {
        TestNode alpha = start("alpha", LoopKind.PORTABLE);
        TestNode beta = startWithHandler("beta", "before-resync-target");
        connect(alpha, beta);

        alpha.does(new Command.Primary("r0", true));
        beta.await(
                "the question", r0 -> peer(r0).waitsFor().equals("resync waits for the handler before-resync-target"));

        assertEquals(ReplicationState.WF_BITMAP_T, peer(beta.r0()).replication());
        beta.await("the call of the handler", r0 -> Files.exists(folder.resolve("asked")));
        assertEquals(
                "before-resync-target r0 peer 0",
                Files.readString(folder.resolve("asked")).strip());
        Files.writeString(folder.resolve("answer"), "0");
        beta.await("end of the initial sync", PairTest::inSync);
    }

    @Test
    void a_handler_that_says_no_ends_the_connection_and_is_named() throws Exception {
        TestNode alpha = start("alpha", LoopKind.PORTABLE);
        TestNode beta = startWithHandler("beta", "before-resync-target");
        connect(alpha, beta);
        Files.writeString(folder.resolve("answer"), "7");

        alpha.does(new Command.Primary("r0", true));
        beta.await("the end", r0 -> connection(r0).state() == ConnectionState.STANDALONE);

        ResourceStatus alone = beta.r0();
        assertEquals(
                "handler before-resync-target forbids the resync of r0/0, exit code 7",
                connection(alone).reason());
        assertEquals(DiskState.INCONSISTENT, alone.volumes().getFirst().disk());
        assertEquals(0, peer(alone).received());
    }

    @Test
    void users_of_a_primary_wait_until_its_handler_has_fenced_the_lost_peer() throws Exception {
        TestNode alpha = startWithHandler("alpha", "fence-peer");
        TestNode beta = start("beta", LoopKind.PORTABLE);
        connect(alpha, beta);
        alpha.does(
                new Command.NetOptions("r0", 1, false, Map.of("fencing", "resource-and-stonith")),
                new Command.Primary("r0", true));
        alpha.await("end of the initial sync", r0 -> peer(r0).peerDisk() == DiskState.UP_TO_DATE);

        beta.does(new Command.Disconnect("r0", 0, true));
        alpha.await("the wait", r0 -> r0.suspended().equals("fencing"));
        try (ExportClient probe = ExportClient.open(alpha.nbdSocket(), "r0/0")) {
            CompletableFuture<Void> write = CompletableFuture.runAsync(() -> {
                try {
                    probe.write(4096, new byte[4096]);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            alpha.await(
                    "the held write", r0 -> !r0.volumes().getFirst().waitsFor().isEmpty());
            alpha.await("the call of the handler", r0 -> Files.exists(folder.resolve("asked")));
            assertEquals(
                    "fence-peer r0 peer 1, good data on 0x00000001",
                    Files.readString(folder.resolve("asked")).strip());
            assertFalse(write.isDone());

            Files.writeString(folder.resolve("answer"), "7");
            write.get(30, TimeUnit.SECONDS);
        }
        assertEquals(DiskState.OUTDATED, peer(alpha.r0()).peerDisk());
        assertEquals("no", alpha.r0().suspended());
    }

    /** A handler that waits for the file "answer", which has its exit code. */
    private TestNode startWithHandler(String name, String handler) throws Exception {
        Path program = folder.resolve("handler");
        Files.writeString(program, """
                #!/bin/sh
                cd "$(dirname "$0")" || exit 1
                [ "$1" = HANDLER ] || exit 0
                echo "$@ peer $BSR_PEER_NODE_ID${UP_TO_DATE_NODES:+, good data on $UP_TO_DATE_NODES}" > asked.new && mv asked.new asked
                until [ -s answer ]; do sleep 0.02; done
                exit "$(cat answer)"
                """.replace("HANDLER", handler));
        assertTrue(program.toFile().setExecutable(true));
        Path root = folder.resolve(name);
        Files.createDirectories(root.resolve("etc/bsr.d"));
        Files.writeString(root.resolve("etc/bsr.d/.handler_use"), "1");
        engines.add(Engine.start(new EngineOptions(
                root, name, LoopKind.PORTABLE, 1, List.of(), false, List.of("usermode_helper=" + program))));
        TestNode node = new TestNode(root, name);
        nodes.add(node);
        return node;
    }

    private void connect(TestNode alpha, TestNode beta) throws Exception {
        setUp(alpha, beta);
        alpha.does(new Command.Connect("r0", 1, false, false));
        beta.does(new Command.Connect("r0", 0, false, false));
        alpha.await("the connection", PairTest::established);
        beta.await("the connection", PairTest::established);
    }

    private void setUp(TestNode alpha, TestNode beta) throws Exception {
        alpha.up(Metadata.disk(disk("alpha"), DISK_BYTES), 0, 1, "beta", alphaPort, betaPort);
        beta.up(Metadata.disk(disk("beta"), DISK_BYTES), 1, 0, "alpha", betaPort, alphaPort);
    }

    private TestNode start(String name, LoopKind kind) throws Exception {
        Path root = folder.resolve(name);
        engines.add(Engine.start(new EngineOptions(root, name, kind, 1, List.of(), false)));
        TestNode node = new TestNode(root, name);
        nodes.add(node);
        return node;
    }

    private Path disk(String node) {
        return folder.resolve(node + ".disk");
    }

    private static ConnectionStatus connection(ResourceStatus r0) {
        return r0.connections().getFirst();
    }

    private static PeerDeviceStatus peer(ResourceStatus r0) {
        return connection(r0).peerDevices().getFirst();
    }

    private static boolean established(ResourceStatus r0) {
        return connection(r0).state() == ConnectionState.CONNECTED
                && peer(r0).replication() == ReplicationState.ESTABLISHED;
    }

    private static boolean inSync(ResourceStatus r0) {
        return established(r0) && r0.volumes().getFirst().disk() == DiskState.UP_TO_DATE;
    }
}
