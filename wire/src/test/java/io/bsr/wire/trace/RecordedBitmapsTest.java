package io.bsr.wire.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.wire.PacketType;
import io.bsr.wire.StreamRole;
import io.bsr.wire.bitmap.BitmapReceiver;
import io.bsr.wire.bitmap.BitmapSender;
import io.bsr.wire.bitmap.MemoryBitmap;
import io.bsr.wire.packet.SessionPacket;
import io.bsr.wire.packet.Sizes;
import io.bsr.wire.trace.Recording.Conversation;
import io.bsr.wire.trace.Recording.Frame;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The bitmaps that real peers sent, received and sent again. */
class RecordedBitmapsTest {
    @Test
    void a_received_bitmap_is_sent_again_in_the_same_packets() throws Exception {
        int transfers = 0;
        int plain = 0;
        for (String name : Recording.NAMES) {
            boolean useRle = !name.equals("drbd84-resync-plain-bitmap");
            for (Conversation conversation : Recording.read(name)) {
                if (conversation.role() == StreamRole.DATA) {
                    Map<Integer, Long> bits = sizesInBits(conversation);
                    for (List<Frame> direction : List.of(conversation.fromOpener(), conversation.toOpener())) {
                        for (Transfer transfer : transfers(direction, bits)) {
                            assertEquals(transfer.packets, transfer.sentAgain(useRle), name);
                            transfers++;
                            plain += transfer.packets.size() - 1;
                        }
                    }
                }
            }
        }

        assertTrue(transfers >= 20, "only " + transfers + " bitmaps were found");
        assertTrue(plain > 0, "all bitmaps had one packet");
    }

    private static Map<Integer, Long> sizesInBits(Conversation conversation) throws Exception {
        Map<Integer, Long> bits = new HashMap<>();
        for (List<Frame> direction : List.of(conversation.fromOpener(), conversation.toOpener())) {
            for (Frame frame : direction) {
                if (frame.type() == PacketType.SIZES) {
                    SessionPacket packet =
                            SessionPacket.decode(frame.type(), frame.body(), frame.length(), frame.agreed());
                    long sectors = ((Sizes) packet).backingSectors();
                    if (sectors != 0) {
                        bits.merge(frame.volume(), (sectors + 7) / 8, Math::min);
                    }
                }
            }
        }
        return bits;
    }

    private static List<Transfer> transfers(List<Frame> frames, Map<Integer, Long> bits) throws Exception {
        List<Transfer> finished = new ArrayList<>();
        Map<Integer, Transfer> running = new HashMap<>();
        for (Frame frame : frames) {
            if (frame.type().layout() == PacketType.Layout.BITMAP) {
                Transfer transfer = running.get(frame.volume());
                if (transfer == null) {
                    transfer = new Transfer(frame, bits.getOrDefault(frame.volume(), 0L));
                    running.put(frame.volume(), transfer);
                }
                transfer.receive(frame);
                if (transfer.receiver.finished()) {
                    finished.add(transfer);
                    running.remove(frame.volume());
                }
            }
        }
        assertEquals(0, running.size(), "bitmaps that have no end");
        return finished;
    }

    /** One bitmap, as its packets come. */
    private static final class Transfer {
        final List<String> packets = new ArrayList<>();
        final BitmapReceiver receiver;
        private final Frame first;
        private final MemoryBitmap bitmap;

        Transfer(Frame first, long bits) {
            this.first = first;
            bitmap = new MemoryBitmap(bits);
            receiver = new BitmapReceiver(bits, bitmap, first.agreed());
        }

        void receive(Frame frame) throws Exception {
            receiver.receive(frame.type(), frame.body(), frame.length());
            packets.add(hex(frame.bytes()));
        }

        List<String> sentAgain(boolean useRle) {
            BitmapSender sender = new BitmapSender(bitmap, first.agreed(), useRle);
            List<String> again = new ArrayList<>();
            ByteBuffer out = ByteBuffer.allocate(4096);
            while (!sender.finished()) {
                sender.put(out.clear(), first.volume());
                again.add(hex(out.flip()));
            }
            return again;
        }

        private static String hex(ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(bytes.position(), copy);
            return HexFormat.of().formatHex(copy);
        }
    }
}
