package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.control.command.Command;
import io.bsr.frontend.nbd.ExportClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever strangers send, the engine answers, replicates and keeps its data. */
class HostileInputTest {
    private static final int RANDOM_INPUTS = 30;
    private static final int[] HEADER_MAGICS = {0x8620ec20, 0x83740267, 0x835a0000};
    private static final long NBD_OPTION_MAGIC = 0x49484156454F5054L;
    private static final int NBD_GO = 7;
    private static final int NBD_GREETING_BYTES = 18;
    private static final int NBD_FIXED_NEWSTYLE = 3;
    private static final int[] LENGTHS = {0, 1, 0x7fffffff, -1, 1 << 26};

    private final Path folder;

    HostileInputTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void garbage_truncated_and_oversized_input_on_the_replication_port_keeps_no_peer_from_connecting()
            throws Exception {
        try (Pair pair = new Pair(folder)) {
            Pair.bringUp(pair.alpha());
            int delivered = 0;

            for (byte[] input : replicationInputs()) {
                delivered += sendToReplication(pair.alphaPort(), input) ? 1 : 0;
                assertTrue(pair.alpha().alive(), pair.alpha().log());
            }
            Pair.bringUp(pair.beta());
            pair.alpha().must("primary", "--force", Pair.RESOURCE);
            pair.awaitInSync();

            assertTrue(delivered > RANDOM_INPUTS, "the port was open: " + delivered);
            assertHealthy(pair);
        }
    }

    private static List<byte[]> replicationInputs() {
        Random random = new Random(7);
        List<byte[]> inputs = new ArrayList<>();
        inputs.add(new byte[0]);
        inputs.add(new byte[1 << 16]);
        for (int i = 0; i < RANDOM_INPUTS; i++) {
            byte[] noise = new byte[random.nextInt(1, 1 << (1 + random.nextInt(14)))];
            random.nextBytes(noise);
            inputs.add(noise);
        }
        for (int magic : HEADER_MAGICS) {
            for (int length : LENGTHS) {
                for (int command : new int[] {0, 0x10, 0xfe, 0x7fff}) {
                    ByteBuffer packet = ByteBuffer.allocate(24).putInt(magic);
                    packet.putShort((short) -1).putShort((short) command).putInt(length);
                    inputs.add(packet.array());
                }
            }
            inputs.add(ByteBuffer.allocate(6).putInt(magic).array());
        }
        return inputs;
    }

    private static boolean sendToReplication(int port, byte[] input) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(input);
            socket.shutdownOutput();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A client that has answered the greeting of the NBD server. */
    private static SocketChannel greeted(Node node) throws IOException {
        SocketChannel channel =
                SocketChannel.open(UnixDomainSocketAddress.of(node.files().nbdSocket()));
        ByteBuffer greeting = ByteBuffer.allocate(NBD_GREETING_BYTES);
        while (greeting.hasRemaining() && channel.read(greeting) >= 0) {}
        channel.write(ByteBuffer.allocate(Integer.BYTES).putInt(0, NBD_FIXED_NEWSTYLE));
        return channel;
    }

    /** Whatever bytes; the server may have closed in the middle of them. */
    private static void throwAt(SocketChannel channel, byte[] bytes) {
        try {
            channel.write(ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            assertTrue(channel.isOpen(), "only the server may have closed");
        }
    }

    @Test
    void garbage_truncated_and_oversized_input_on_the_nbd_socket_harms_no_other_client() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            Random random = new Random(8);

            try (ExportClient bystander = pair.alpha().openVolume()) {
                for (int i = 0; i < RANDOM_INPUTS; i++) {
                    byte[] noise = new byte[random.nextInt(1, 1 << 12)];
                    random.nextBytes(noise);
                    try (SocketChannel client = greeted(pair.alpha())) {
                        throwAt(client, noise);
                    }
                    try (ExportClient client = pair.alpha().openVolume()) {
                        throwAt(client.channel(), noise);
                    }
                }
                for (int length : LENGTHS) {
                    try (SocketChannel client = greeted(pair.alpha())) {
                        throwAt(
                                client,
                                ByteBuffer.allocate(20)
                                        .putLong(NBD_OPTION_MAGIC)
                                        .putInt(NBD_GO)
                                        .putInt(length)
                                        .putInt(length)
                                        .array());
                    }
                    for (int type = 0; type < 9; type++) {
                        try (ExportClient client = pair.alpha().openVolume()) {
                            client.announce(type, Long.MAX_VALUE - 100, length);
                            throwAt(client.channel(), new byte[1]);
                        }
                    }
                }
                byte[] data = "still here".repeat(500).getBytes(StandardCharsets.UTF_8);
                byte[] block = Arrays.copyOf(data, Ledger.BLOCK);
                bystander.write(0, block);
                assertArrayEquals(block, bystander.read(0, block.length));
            }

            pair.alpha().await("no clients", s -> s.volume().users().isEmpty());
            assertHealthy(pair);
        }
    }

    @Test
    void garbage_truncated_and_oversized_input_on_the_control_socket_harms_no_other_client() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            List<byte[]> inputs = new ArrayList<>();
            for (String text : List.of(
                    "",
                    "\n",
                    "\n\n\n\n",
                    "not json\n",
                    "{\"version\":1",
                    "{\"version\":99999999999999999999,\"id\":1,\"command\":\"status\"}\n",
                    "{\"version\":1,\"id\":1,\"command\":\"no-such-command\"}\n",
                    "{\"version\":1,\"id\":1,\"command\":\"down\",\"arguments\":{\"resource\":null}}\n",
                    "{\"version\":1,\"id\":1,\"command\":\"new-minor\",\"arguments\":{\"minor\":-5}}\n",
                    "[".repeat(100_000) + "\n",
                    "{\"a\":".repeat(100_000) + "\n",
                    "x".repeat(8 << 20))) {
                inputs.add(text.getBytes(StandardCharsets.UTF_8));
            }
            Random random = new Random(9);
            for (int i = 0; i < RANDOM_INPUTS; i++) {
                byte[] noise = new byte[random.nextInt(1, 1 << 12)];
                random.nextBytes(noise);
                inputs.add(noise);
            }

            for (byte[] input : inputs) {
                sendToControl(pair.alpha(), input);
                assertTrue(pair.alpha().call(new Command.Info()).outcome().success());
            }

            assertHealthy(pair);
        }
    }

    @Test
    void a_control_line_of_any_length_is_answered_or_refused_in_words_and_holds_nobody_up() throws Exception {
        try (Pair pair = new Pair(folder)) {
            Node alpha = pair.alpha();
            alpha.start();
            byte[] endless = new byte[4 << 20];
            Arrays.fill(endless, (byte) 'x');
            String request = "{\"version\":1,\"id\":1,\"command\":\"info\"";
            String padded = request + " ".repeat(200_000) + "}\n";

            assertTrue(toldByControl(alpha, endless).contains("262144"), "how long it may be is said");
            assertTrue(toldByControl(alpha, padded.getBytes(StandardCharsets.UTF_8))
                    .contains("\"id\":1"));
            try (SocketChannel slow = control(alpha)) {
                slow.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
                assertTrue(alpha.call(new Command.Info()).outcome().success(), "half a line holds nobody up");
            }
        }
    }

    private static SocketChannel control(Node node) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(node.files().controlSocket()));
        return channel;
    }

    /** Sends as much as the engine takes; returns the first line that it says. */
    private static String toldByControl(Node node, byte[] input) throws IOException {
        try (SocketChannel channel = control(node)) {
            ByteBuffer left = ByteBuffer.wrap(input);
            try {
                while (left.hasRemaining()) {
                    channel.write(left);
                }
                channel.shutdownOutput();
            } catch (IOException e) {
                assertTrue(left.position() > 1 << 18, "the engine closed before it could know");
            }
            ByteBuffer answer = ByteBuffer.allocate(1 << 16);
            boolean open = true;
            while (open && (answer.position() == 0 || answer.get(answer.position() - 1) != '\n')) {
                open = channel.read(answer) >= 0;
            }
            return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        }
    }

    private static void sendToControl(Node node, byte[] input) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(node.files().controlSocket()));
            channel.configureBlocking(false);
            // What the engine does not want to take, it need not.
            int taken = channel.write(ByteBuffer.wrap(input));
            assertTrue(taken >= 0);
        }
    }

    private static void assertHealthy(Pair pair) throws IOException {
        Ledger ledger = new Ledger(1 << 20, 16, 10);
        try (ExportClient client = pair.alpha().openVolume()) {
            for (int i = 0; i < 50; i++) {
                ledger.writeOne(client);
            }
            ledger.verify(client);
        }
        assertEquals("", pair.alpha().now().resource().failed());
        assertTrue(pair.alpha().now().isInSync());
        assertEquals(-1, pair.firstDifference());
    }
}
