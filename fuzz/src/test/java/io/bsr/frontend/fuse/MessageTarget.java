package io.bsr.frontend.fuse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** One message of the kernel after the other. Byte 0: whether its length is what it says, as with most. */
public final class MessageTarget {
    private static final int PER_SESSION = 5000;

    private static FakeKernel kernel = new FakeKernel();
    private static int messages;

    private MessageTarget() {}

    /** The session gives every message back, answers once at most, and asks the volume for nothing that it has not. */
    public static synchronized void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] message = Arrays.copyOfRange(input, 1, input.length);
        ByteBuffer view = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
        if (message.length >= FuseCode.IN_BYTES) {
            if (input[0] != 0) {
                view.putInt(FuseCode.IN_LENGTH, message.length);
            }
            view.putLong(FuseCode.IN_UNIQUE, ++messages);
            if (messages % PER_SESSION == 0) {
                kernel = new FakeKernel();
            }
        }
        kernel.sendRaw(message);
        kernel.run();
        if (kernel.messagesOut != 0 || kernel.doubleAnswers != 0 || kernel.buffers.heldBytes() != 0) {
            throw new AssertionError("something is left of a message");
        }
    }

    public static List<byte[]> seeds() {
        return List.of(
                seed(FuseCode.INIT, FakeKernel.body(64).putInt(0, 7).putInt(4, 38)),
                seed(FuseCode.READ, FakeKernel.transfer(4096, 8192, 0)),
                seed(FuseCode.WRITE, FakeKernel.transfer(0, 0, FuseCode.O_DSYNC)),
                seed(FuseCode.SETATTR, FakeKernel.body(88).putInt(0, 16)),
                seed(FuseCode.FALLOCATE, FakeKernel.allocation(0, 1 << 20, 3)),
                seed(FuseCode.FSYNC, FakeKernel.body(16)));
    }

    private static byte[] seed(int opcode, ByteBuffer body) {
        return ByteBuffer.allocate(1 + FuseCode.IN_BYTES + body.remaining())
                .order(ByteOrder.nativeOrder())
                .put(0, (byte) 1)
                .putInt(1 + FuseCode.IN_OPCODE, opcode)
                .putLong(1 + FuseCode.IN_NODE, FuseCode.ROOT)
                .put(1 + FuseCode.IN_BYTES, body, 0, body.remaining())
                .array();
    }
}
