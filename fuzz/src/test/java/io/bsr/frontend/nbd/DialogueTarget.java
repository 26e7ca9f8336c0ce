package io.bsr.frontend.nbd;

import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;

/** All that a client of the NBD server sends. Byte 0: where the dialogue is cut in two, in 256ths. */
public final class DialogueTarget {
    private static final int PER_SERVER = 500;

    private static ServerInMemory server = server();
    private static int served;

    private DialogueTarget() {}

    private static ServerInMemory server() {
        return new ServerInMemory(1, 8 << 20, 4 << 20, 512, NbdLimits.DEFAULT);
    }

    /** The server goes on, and when the client has gone nothing of it is left. */
    public static synchronized void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        int cut = 1 + (input.length - 1) * (input[0] & 0xff) / 256;
        NbdTestClient client = server.connect();
        client.send(out -> out.write(input, 1, cut - 1));
        server.loop.run();
        client.send(out -> out.write(input, cut, input.length - cut));
        client.stream.clientCloses();
        server.loop.run();
        if (client.stream.closedByServer()) {
            client.stream.dispose();
        }
        if (++served % PER_SERVER == 0) {
            server.server.close();
            server.assertNothingLeft();
            server = server();
        }
    }

    public static List<byte[]> seeds() {
        return List.of(dialogue(HandshakeCode.OPT_GO), dialogue(HandshakeCode.OPT_INFO));
    }

    private static byte[] dialogue(int lastOption) {
        return NbdTestClient.bytes(out -> {
            out.writeByte(128);
            out.writeInt(3);
            option(out, HandshakeCode.OPT_STRUCTURED_REPLY, new byte[0]);
            option(out, HandshakeCode.OPT_SET_META_CONTEXT, NbdTestClient.contextData("r0", "base:allocation"));
            option(out, lastOption, NbdTestClient.goData("r0", HandshakeCode.INFO_BLOCK_SIZE));
            for (int command : new int[] {
                TransmissionCode.CMD_WRITE,
                TransmissionCode.CMD_READ,
                TransmissionCode.CMD_FLUSH,
                TransmissionCode.CMD_TRIM,
                TransmissionCode.CMD_WRITE_ZEROES,
                TransmissionCode.CMD_BLOCK_STATUS,
                TransmissionCode.CMD_DISC
            }) {
                int length = command == TransmissionCode.CMD_FLUSH ? 0 : 512;
                out.writeInt(TransmissionCode.REQUEST_MAGIC);
                out.writeShort(0);
                out.writeShort(command);
                out.writeLong(command);
                out.writeLong(0);
                out.writeInt(length);
                if (command == TransmissionCode.CMD_WRITE) {
                    out.write(new byte[length]);
                }
            }
        });
    }

    private static void option(DataOutputStream out, int option, byte[] data) throws IOException {
        out.writeLong(HandshakeCode.OPTION_MAGIC);
        out.writeInt(option);
        out.writeInt(data.length);
        out.write(data);
    }
}
