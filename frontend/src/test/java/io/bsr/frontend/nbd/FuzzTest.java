package io.bsr.frontend.nbd;

import static io.bsr.frontend.nbd.HandshakeCode.*;
import static io.bsr.frontend.nbd.TransmissionCode.*;

import io.bsr.base.port.Errno;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Hostile clients by the thousand: random bytes, and dialogues that were right until bits were flipped, parts repeated,
 * exchanged or cut off. Whatever they send, the server goes on, and when they are gone nothing of them is left.
 */
final class FuzzTest {
    private static final int INPUTS = 100_000;
    private static final int PER_SERVER = 1_000;
    private static final int[] COMMANDS = {
        CMD_READ, CMD_WRITE, CMD_FLUSH, CMD_TRIM, CMD_WRITE_ZEROES, CMD_BLOCK_STATUS, CMD_DISC, 5, 99
    };

    @Test
    void no_input_upsets_the_server() {
        for (long seed = 0; seed < INPUTS / PER_SERVER; seed++) {
            try {
                attack(seed);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static void attack(long seed) {
        ServerInMemory net = new ServerInMemory(seed, 8 << 20, 4 << 20, seed % 3 == 0 ? 4096 : 512, NbdLimits.DEFAULT);
        Random random = net.random;
        net.volume.failure = request -> random.nextInt(8) == 0 ? Errno.EIO : 0;
        for (int i = 0; i < PER_SERVER; i++) {
            net.volume.refusal = random.nextInt(20) == 0 ? "Secondary" : null;
            NbdTestClient client = net.connect();
            byte[] dialogue = damaged(dialogue(random), random);
            int cut = random.nextInt(dialogue.length + 1);
            client.send(out -> out.write(dialogue, 0, cut));
            if (random.nextInt(4) == 0) {
                client.stream.clientWindow(random.nextInt(100_000));
            }
            net.loop.run();
            client.send(out -> out.write(dialogue, cut, dialogue.length - cut));
            switch (random.nextInt(8)) {
                case 0 -> net.volume.revoke("revoked");
                case 1 -> net.volume.resize((1 + random.nextInt(8)) << 20);
                default -> client.stream.clientCloses();
            }
            net.loop.run();
            client.stream.clientCloses();
            client.stream.clientWindow(Long.MAX_VALUE);
            net.loop.run();
            if (client.stream.closedByServer()) {
                client.stream.dispose();
            }
        }
        net.server.close();
        net.assertNothingLeft();
    }

    /** Mostly a right dialogue, from the flags to a good-bye. */
    private static byte[] dialogue(Random random) {
        if (random.nextInt(10) == 0) {
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            return noise;
        }
        return NbdTestClient.bytes(out -> {
            out.writeInt(random.nextInt(4));
            for (int i = random.nextInt(4); i > 0; i--) {
                int[] options = {OPT_LIST, OPT_STRUCTURED_REPLY, OPT_SET_META_CONTEXT, OPT_INFO, OPT_STARTTLS, 4711};
                writeOption(out, options[random.nextInt(options.length)], random);
            }
            writeOption(out, random.nextInt(4) == 0 ? OPT_EXPORT_NAME : OPT_GO, random);
            for (int i = random.nextInt(12); i > 0; i--) {
                int command = COMMANDS[random.nextInt(COMMANDS.length)];
                int length = random.nextInt(5) == 0 ? random.nextInt() : random.nextInt(5) * 4096;
                long offset = random.nextInt(5) == 0 ? random.nextLong() : random.nextInt(2048) * 4096L;
                out.writeInt(REQUEST_MAGIC);
                out.writeShort(random.nextInt(4) == 0 ? random.nextInt(32) : 0);
                out.writeShort(command);
                out.writeLong(random.nextLong());
                out.writeLong(command == CMD_FLUSH ? 0 : offset);
                out.writeInt(command == CMD_FLUSH ? 0 : length);
                if (command == CMD_WRITE) {
                    out.write(new byte[Math.min(length & 0x7fffffff, 20_000)]);
                }
            }
        });
    }

    private static void writeOption(java.io.DataOutputStream out, int option, Random random)
            throws java.io.IOException {
        byte[] data =
                switch (option) {
                    case OPT_INFO, OPT_GO -> NbdTestClient.goData("r0", INFO_BLOCK_SIZE, random.nextInt(6));
                    case OPT_SET_META_CONTEXT -> NbdTestClient.contextData("r0", "base:allocation");
                    case OPT_EXPORT_NAME -> new byte[] {'r', '0'};
                    default -> new byte[0];
                };
        out.writeLong(OPTION_MAGIC);
        out.writeInt(option);
        out.writeInt(data.length);
        out.write(data);
    }

    private static byte[] damaged(byte[] dialogue, Random random) {
        byte[] bytes = dialogue;
        for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            int end = at + random.nextInt(Math.min(64, bytes.length - at) + 1);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes = Arrays.copyOf(bytes, at);
                case 2 -> bytes = joined(Arrays.copyOf(bytes, end), Arrays.copyOfRange(bytes, at, bytes.length));
                default -> bytes = joined(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, end, bytes.length));
            }
        }
        return bytes;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(first);
        all.writeBytes(second);
        return all.toByteArray();
    }
}
