package io.bsr.frontend.nbd;

import static io.bsr.frontend.nbd.TransmissionCode.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bsr.frontend.nbd.NbdTestClient.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several clients at once against a model, each in its own part of the volume, with requests of all kinds and lengths in
 * flight that the volume completes in any order, through a pool that is too small, to clients that read slowly.
 */
final class RandomWorkloadTest {
    private static final int PART = 8 << 20;
    private static final int ROUNDS = 60;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void every_read_returns_what_was_written_last(long seed) {
        Random random = new Random(seed);
        NbdLimits limits = new NbdLimits(
                8,
                1 + random.nextInt(40),
                (1 + random.nextInt(4)) << 20,
                20 + random.nextInt(81),
                1L << 40,
                1L << 40,
                1L << 40);
        ServerInMemory net = new ServerInMemory(seed, 4L * PART, 4 << 20, 512, limits);
        List<ModelledClient> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            NbdTestClient client = random.nextBoolean() ? net.structuredClient() : net.simpleClient();
            clients.add(new ModelledClient(client, random, (long) i * PART));
        }

        for (int round = 0; round < ROUNDS; round++) {
            for (ModelledClient client : clients) {
                client.step();
            }
            if (random.nextInt(3) > 0) {
                net.loop.run();
            }
        }
        for (ModelledClient client : clients) {
            client.readAll();
        }
        net.loop.run();

        for (ModelledClient client : clients) {
            client.check();
            assertEquals(0, client.inFlight.size(), "requests without an answer");
            assertArrayEquals(client.model, net.volume.content(client.base, PART));
        }
        net.server.close();
        net.assertNothingLeft();
    }

    private record InFlight(long cookie, int command, int offset, int length) {
        boolean overlaps(int otherOffset, int otherLength) {
            return offset < otherOffset + otherLength && otherOffset < offset + length;
        }
    }

    private static final class ModelledClient {
        private final NbdTestClient client;
        private final Random random;
        private final long base;
        final byte[] model = new byte[PART];
        final List<InFlight> inFlight = new ArrayList<>();

        ModelledClient(NbdTestClient client, Random random, long base) {
            this.client = client;
            this.random = random;
            this.base = base;
        }

        void step() {
            check();
            if (random.nextInt(10) == 0) {
                client.stream.clientWindow(random.nextInt(3 << 20));
            }
            for (int i = random.nextInt(6); i > 0; i--) {
                submit();
            }
        }

        private void submit() {
            int longest = random.nextInt(6) == 0 ? PART / 2 : 64 * 1024;
            int length = (1 + random.nextInt(longest / 512)) * 512;
            int offset = random.nextInt((PART - length) / 512 + 1) * 512;
            for (InFlight other : inFlight) {
                if (other.overlaps(offset, length)) {
                    return;
                }
            }
            int[] commands = {CMD_READ, CMD_READ, CMD_WRITE, CMD_WRITE, CMD_WRITE_ZEROES, CMD_FLUSH};
            int command = commands[random.nextInt(commands.length)];
            int flags = random.nextInt(4) == 0 ? CMD_FLAG_FUA : 0;
            byte[] payload = null;
            switch (command) {
                case CMD_WRITE -> {
                    payload = new byte[length];
                    random.nextBytes(payload);
                    System.arraycopy(payload, 0, model, offset, length);
                }
                case CMD_WRITE_ZEROES -> Arrays.fill(model, offset, offset + length, (byte) 0);
                case CMD_FLUSH -> {
                    inFlight.add(new InFlight(client.request(command, flags, 0, 0, null), command, 0, 0));
                    return;
                }
                default -> {}
            }
            long cookie = client.request(command, flags, base + offset, length, payload);
            inFlight.add(new InFlight(cookie, command, offset, length));
        }

        void readAll() {
            client.stream.clientWindow(Long.MAX_VALUE);
        }

        void check() {
            for (Iterator<InFlight> all = inFlight.iterator(); all.hasNext(); ) {
                InFlight request = all.next();
                if (client.answered(request.cookie())) {
                    Reply reply = client.reply(request.cookie());
                    assertEquals(0, reply.error);
                    if (request.command() == CMD_READ) {
                        int end = request.offset() + request.length();
                        assertArrayEquals(Arrays.copyOfRange(model, request.offset(), end), reply.bytes());
                    }
                    client.forget(request.cookie());
                    all.remove();
                }
            }
        }
    }
}
