package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.HeaderReader;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.StreamRole;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A stream of packets. Byte 0: which agreement, and in its top bit which stream; then header, body, header, body. */
public final class PacketTarget {
    private static final ThreadLocal<ByteBuffer> OUT = ThreadLocal.withInitial(() -> ByteBuffer.allocate(1 << 21));

    private PacketTarget() {}

    /** What is accepted means the same after it was written again. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        Agreement agreed = PacketSamples.AGREEMENTS.get((input[0] & 0x7f) % PacketSamples.AGREEMENTS.size());
        HeaderReader headers = new HeaderReader(input[0] < 0 ? StreamRole.CONTROL : StreamRole.DATA);
        headers.agree(agreed);
        ByteBuffer in = ByteBuffer.wrap(input, 1, input.length - 1);
        try {
            while (headers.read(in)) {
                int body = in.position();
                Packet packet = Packet.decode(headers.type(), in, headers.length(), agreed);
                ByteBuffer out = OUT.get().clear();
                packet.encode(out, agreed);
                Packet again = Packet.decode(headers.type(), out.flip(), headers.length(), agreed);
                if (!again.equals(packet)) {
                    throw new AssertionError(packet + " became " + again);
                }
                int end = body + headers.length();
                if (end > in.limit()) {
                    return;
                }
                in.position(end);
            }
        } catch (ProtocolException refused) {
            describe(refused);
        }
    }

    private static void describe(ProtocolException refused) {
        if (refused.why().isEmpty()) {
            throw new AssertionError("refused without a reason", refused);
        }
    }

    public static List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (int i = 0; i < PacketSamples.AGREEMENTS.size(); i++) {
            Agreement agreed = PacketSamples.AGREEMENTS.get(i);
            for (Packet packet : new PacketSamples(new Random(i), agreed).all()) {
                ByteBuffer bytes = ByteBuffer.allocate(1 << 12);
                bytes.put((byte) (packet.type().travelsOn(StreamRole.DATA) ? i : i | 0x80));
                Packet.write(bytes, agreed, 0, packet);
                seeds.add(Arrays.copyOf(bytes.array(), bytes.position()));
            }
        }
        return seeds;
    }
}
