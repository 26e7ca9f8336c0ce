package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Invariant I11: a node of ours that hears what a recorded DRBD 8.4 sent as Primary answers with the packets with which the
 * recorded Secondary answered, and has the recorded data.
 */
class RecordedPeerTest {
    private static final int PING = 0x13;
    private static final int PING_ACK = 0x14;
    private static final int STATE = 0x0e;
    private static final int PATIENCE_MILLIS = 30_000;

    private final Path folder;

    RecordedPeerTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "B", "C"})
    void the_recorded_writes_of_a_primary_are_answered_as_the_recorded_secondary_answered(String protocol)
            throws Exception {
        Recording recording = Recording.of("/traces/drbd84-writes-proto" + protocol + ".pcap.gz");
        int port = Pair.freePort();
        try (Node node = node(protocol, port)) {
            node.start();
            node.must("create-md", Pair.RESOURCE);
            node.must("up", Pair.RESOURCE);
            node.awaitLogged("Unconnected -> Connecting");

            try (Socket control = dial(port, Recording.CONTROL);
                    Socket data = dial(port, Recording.DATA)) {
                CompletableFuture<List<Packet>> told =
                        listen(data, null, recording.toPrimary(Recording.DATA).size());
                CompletableFuture<List<Packet>> answered = listen(
                        control,
                        control,
                        withoutPings(recording.toPrimary(Recording.CONTROL)).size());
                for (Packet packet : recording.fromPrimary(Recording.DATA)) {
                    data.getOutputStream().write(packet.bytes());
                }

                assertEquals(
                        withoutPings(recording.toPrimary(Recording.CONTROL)).stream()
                                .map(Packet::command)
                                .sorted()
                                .toList(),
                        answered.join().stream().map(Packet::command).sorted().toList(),
                        node::log);
                assertEquals(
                        inOrder(recording.toPrimary(Recording.CONTROL)), inOrder(answered.join()), "answers to writes");
                assertEquals(kinds(recording.toPrimary(Recording.DATA)), kinds(told.join()));
                node.await(
                        "as told",
                        s -> s.volume().disk() == DiskState.UP_TO_DATE
                                && s.connection().state() == ConnectionState.CONNECTED
                                && s.connection().peerRole() == Role.PRIMARY);
            }
        }
    }

    private Node node(String protocol, int port) throws IOException {
        Node node = new Node("java", folder.resolve("java"));
        node.makeDisk(66L << 20);
        node.configure("""
                resource r0 {
                    net { protocol %s; peer-family drbd84; connect-int 1; }
                    on java { node-id 0; address 127.0.0.1:%d;
                        volume 0 { device /dev/bsr0 minor 0; disk "%s"; meta-disk internal; } }
                    on n1 { node-id 1; address 127.0.0.1:%d;
                        volume 0 { device /dev/bsr0 minor 0; disk "/dev/null"; meta-disk internal; } }
                }
                """.formatted(protocol, port, node.disk(), Pair.freePort()));
        return node;
    }

    /** The commands on the data stream in their order; how often a state is told is a matter of timing. */
    private static List<Integer> kinds(List<Packet> packets) {
        List<Integer> kinds = new ArrayList<>();
        for (Packet packet : packets) {
            if (packet.command() != STATE || !kinds.contains(STATE)) {
                kinds.add(packet.command());
            }
        }
        return kinds;
    }

    private static List<Packet> withoutPings(List<Packet> packets) {
        return packets.stream()
                .filter(p -> p.command() != PING && p.command() != PING_ACK)
                .toList();
    }

    /** The barriers that were acknowledged, each with its number of writes: their order is that of the epochs. */
    private static List<String> inOrder(List<Packet> packets) {
        return packets.stream()
                .filter(p -> p.command() == Recording.BARRIER_ACK)
                .map(p -> p.body().getInt(0) + ": " + p.body().getInt(4))
                .toList();
    }

    private static Socket dial(int port, int first) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.getOutputStream()
                .write(ByteBuffer.allocate(8)
                        .putInt(Packet.MAGIC_80)
                        .putShort((short) first)
                        .putShort((short) 0)
                        .array());
        return socket;
    }

    /** Reads packets, all but pings counted, until {@code most} have come; pings are answered. */
    private static CompletableFuture<List<Packet>> listen(
            Socket socket, @org.jspecify.annotations.Nullable Socket pingsTo, int most) {
        CompletableFuture<List<Packet>> all = new CompletableFuture<>();
        Thread.ofPlatform().daemon(true).name("recorded peer").start(() -> {
            List<Packet> packets = new ArrayList<>();
            try {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                while (packets.size() < most) {
                    Packet packet = Packet.read(in);
                    if (packet.command() == PING && pingsTo != null) {
                        pingsTo.getOutputStream().write(Packet.of(PING_ACK).bytes());
                    } else {
                        packets.add(packet);
                    }
                }
            } catch (IOException e) {
                // What has come by then is compared, and says what is missing.
                packets.add(Packet.of(0));
            }
            all.complete(packets);
        });
        return all;
    }
}
