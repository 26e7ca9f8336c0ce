package io.bsr.control.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.control.EngineFiles;
import io.bsr.control.command.Command;
import io.bsr.control.message.Limits;
import io.bsr.control.message.LineChannel;
import io.bsr.control.message.Reply;
import io.bsr.control.message.Request;
import io.bsr.control.status.Answer;
import io.bsr.control.status.StatusReport;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final LinkedBlockingQueue<CommandHandler.Picture> pictures = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private volatile String edge = "";
    private final CountDownLatch never = new CountDownLatch(1);
    private Path root = Path.of("/");
    private EngineFiles files = new EngineFiles(Path.of("/"));
    private @Nullable ControlServer server;

    @BeforeEach
    void listen(@TempDir Path folder) throws IOException {
        root = folder;
        files = new EngineFiles(root);
        Files.createDirectories(files.runtimeFolder());
        server = ControlServer.open(files.controlSocket(), new Handler(), new ListLog());
    }

    @AfterEach
    void close() {
        never.countDown();
        if (server != null) {
            server.close();
        }
    }

    @Test
    void one_connection_carries_many_commands() throws ControlException {
        try (ControlClient client = ControlClient.connect(files)) {
            for (int i = 0; i < 200; i++) {
                assertEquals(
                        ErrorCode.NOTHING_TO_DO,
                        client.run(new Command.Secondary("r" + i)).code());
            }
            assertEquals("here", client.status().node());
        }
    }

    @Test
    void the_socket_is_for_its_owner_only() throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(files.controlSocket())));
    }

    @Test
    void a_refusal_is_an_answer() throws ControlException {
        try (ControlClient client = ControlClient.connect(files)) {
            Outcome outcome = client.run(new Command.Primary("r0", false));

            assertEquals(Outcome.of(ErrorCode.NO_UP_TO_DATE_DISK, "no disk"), outcome);
        }
    }

    @Test
    void an_internal_error_of_a_command_is_told_and_logged_and_the_connection_stays() throws ControlException {
        try (ControlClient client = ControlClient.connect(files)) {
            Outcome outcome = client.run(new Command.Down("r0"));

            assertEquals(ErrorCode.INVALID_REQUEST, outcome.code());
            assertTrue(outcome.detail().contains("planted"), outcome.detail());
            assertTrue(logged("planted"));
            assertEquals("here", client.status().node());
        }
    }

    @Test
    void nobody_who_listens_means_that_bsrd_does_not_run() {
        ControlException failure = assertThrows(
                ControlException.class, () -> ControlClient.connect(new EngineFiles(root.resolve("elsewhere"))));

        assertEquals(ControlException.Kind.NOT_RUNNING, failure.kind());
        assertTrue(String.valueOf(failure.getMessage()).startsWith("bsrd does not run"), failure.getMessage());
    }

    @Test
    void a_socket_file_that_a_dead_engine_left_means_that_bsrd_does_not_run() throws IOException {
        EngineFiles dead = new EngineFiles(root.resolve("d"));
        Files.createDirectories(dead.runtimeFolder());
        try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(dead.controlSocket()));
        }

        ControlException failure = assertThrows(ControlException.class, () -> ControlClient.connect(dead));

        assertEquals(ControlException.Kind.NOT_RUNNING, failure.kind());
    }

    @Test
    void a_command_without_an_answer_ends_at_its_deadline() throws ControlException {
        try (ControlClient client = ControlClient.connect(files)) {
            ControlException failure = assertThrows(
                    ControlException.class, () -> client.call(new Command.Detach(0, false), Duration.ofMillis(50)));

            assertEquals(ControlException.Kind.TIMEOUT, failure.kind());
        }
        assertAlive();
    }

    @Test
    void an_engine_that_goes_away_in_the_middle_is_a_broken_connection() throws Exception {
        try (ControlClient client = ControlClient.connect(files)) {
            client.status();
            java.util.Objects.requireNonNull(server).close();

            ControlException failure = assertThrows(ControlException.class, client::status);

            assertEquals(ControlException.Kind.BROKEN, failure.kind());
        }
    }

    @Test
    void garbage_is_refused_and_the_next_request_is_answered() throws Exception {
        try (LineChannel lines = connect()) {
            write(lines, "GET / HTTP/1.1");

            assertEquals(ErrorCode.INVALID_REQUEST, ended(lines).outcome().code());

            lines.writeLine(new Request(9, 1000, new Command.Status(null)).encode(), deadline());
            assertInstanceOf(StatusReport.class, ended(lines).result());
        }
    }

    @Test
    void a_line_that_is_too_long_ends_the_connection_with_a_reason() throws Exception {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(files.controlSocket()))) {
            ByteBuffer flood = ByteBuffer.allocate(Limits.REQUEST_BYTES + 1);
            while (flood.hasRemaining()) {
                channel.write(flood);
            }

            LineChannel lines = new LineChannel(channel, Limits.ANSWER_BYTES);
            Answer answer = ended(lines);

            assertTrue(
                    answer.outcome().detail().contains("more than a request may have"),
                    answer.outcome().detail());
            assertThrows(EOFException.class, () -> lines.readLine(deadline()));
        }
        assertAlive();
    }

    @Test
    void a_client_that_leaves_in_the_middle_of_a_line_disturbs_nobody() throws Exception {
        for (int i = 0; i < 20; i++) {
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(files.controlSocket()))) {
                channel.write(ByteBuffer.wrap("{\"version\":1,".getBytes(UTF_8)));
            }
        }

        assertAlive();
    }

    @Test
    void floods_of_random_bytes_disturb_nobody() throws Exception {
        Random random = new Random(1);
        byte[] noise = new byte[5000];
        for (int i = 0; i < 50; i++) {
            random.nextBytes(noise);
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(files.controlSocket()))) {
                channel.write(ByteBuffer.wrap(noise));
            }
        }

        assertAlive();
    }

    @Test
    void clients_beyond_the_limit_are_told_so() throws Exception {
        List<LineChannel> clients = new ArrayList<>();
        try {
            for (int i = 0; i < ControlServer.MOST_CLIENTS; i++) {
                LineChannel client = connect();
                clients.add(client);
                write(client, new String(new Request(1, 1000, new Command.Info()).encode(), UTF_8));
                ended(client);
            }
            LineChannel tooMany = connect();
            clients.add(tooMany);

            Answer answer = ended(tooMany);

            assertEquals(ErrorCode.PERMISSION, answer.outcome().code());
            assertTrue(
                    answer.outcome().detail().contains("try again later"),
                    answer.outcome().detail());
        } finally {
            clients.forEach(LineChannel::close);
        }
    }

    @Test
    void a_client_that_does_not_read_loses_its_connection() throws Exception {
        EngineFiles slow = new EngineFiles(root.resolve("s"));
        Files.createDirectories(slow.runtimeFolder());
        edge = "e".repeat(4_000_000);
        try (ControlServer impatient =
                        ControlServer.open(slow.controlSocket(), new Handler(), new ListLog(), Duration.ofMillis(100));
                SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(slow.controlSocket()))) {
            byte[] request = new Request(1, 1000, new Command.Status(null)).encode();
            channel.write(ByteBuffer.wrap((new String(request, UTF_8) + "\n").getBytes(UTF_8)));

            String told = lines.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);

            assertNotNull(told);
            assertTrue(told.contains("does not read"), told);
            long read = 0;
            ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
            for (int count = channel.read(buffer); count >= 0; count = channel.read(buffer.clear())) {
                read += count;
            }
            assertTrue(read < 4_000_000, read + " bytes");
            assertEquals(0, impatient.clients());
        }
    }

    @Test
    void events_begin_with_what_exists_and_go_on_with_what_happens() throws ControlException {
        pictures.add(new CommandHandler.Picture(1, new StatusReport("here", "", List.of())));
        try (ControlClient client = ControlClient.connect(files)) {
            client.subscribe(new Command.Events(null, false));

            ControlClient.Next first = client.nextEvent(PATIENCE);

            assertTrue(assertInstanceOf(ControlClient.Next.Event.class, first)
                    .event()
                    .endMark());
            assertInstanceOf(ControlClient.Next.Quiet.class, client.nextEvent(Duration.ofMillis(10)));
        }
    }

    @Test
    void events_of_now_have_an_end() throws ControlException {
        pictures.add(new CommandHandler.Picture(1, new StatusReport("here", "", List.of())));
        try (ControlClient client = ControlClient.connect(files)) {
            client.subscribe(new Command.Events(null, true));

            client.nextEvent(PATIENCE);
            ControlClient.Next end = client.nextEvent(PATIENCE);

            assertEquals(new ControlClient.Next.End(Outcome.OK), end);
        }
    }

    private LineChannel connect() throws IOException {
        return new LineChannel(
                SocketChannel.open(UnixDomainSocketAddress.of(files.controlSocket())), Limits.ANSWER_BYTES);
    }

    private static void write(LineChannel lines, String line) throws IOException {
        assertTrue(lines.writeLine(line.getBytes(UTF_8), deadline()));
    }

    private static Answer ended(LineChannel lines) throws Exception {
        byte[] line = lines.readLine(deadline());
        assertNotNull(line, "no answer");
        return assertInstanceOf(Reply.Ended.class, Reply.decode(line)).answer();
    }

    private static long deadline() {
        return System.nanoTime() + PATIENCE.toNanos();
    }

    private void assertAlive() throws ControlException {
        try (ControlClient client = ControlClient.connect(files)) {
            assertEquals("here", client.status().node());
        }
    }

    private boolean logged(String text) {
        return lines.stream().anyMatch(line -> line.contains(text));
    }

    private final class ListLog implements ServerLog {
        @Override
        public void line(String text) {
            lines.add(text);
        }

        @Override
        public void failure(String text, Throwable failure) {
            line(text + ": " + failure);
        }
    }

    private final class Handler implements CommandHandler {
        @Override
        public Answer handle(Command command, long deadline) throws InterruptedException {
            return switch (command) {
                case Command.Status c -> Answer.of(new StatusReport("here", edge, List.of()));
                case Command.Primary c -> Answer.of(Outcome.of(ErrorCode.NO_UP_TO_DATE_DISK, "no disk"));
                case Command.Down c -> throw new IllegalStateException("planted");
                case Command.Detach c -> {
                    assertFalse(never.await(PATIENCE.toSeconds(), TimeUnit.SECONDS) && c.force());
                    yield Answer.of(Outcome.OK);
                }
                default -> Answer.of(Outcome.NOTHING_TO_DO);
            };
        }

        @Override
        public Feed follow() {
            return new Feed() {
                @Override
                public @Nullable Picture next(long deadline) throws InterruptedException {
                    return pictures.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                }

                @Override
                public void close() {}
            };
        }
    }
}
