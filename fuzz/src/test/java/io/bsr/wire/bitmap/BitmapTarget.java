package io.bsr.wire.bitmap;

import io.bsr.wire.Agreement;
import io.bsr.wire.Feature;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Bodies of bitmap packets. Bytes 0 and 1: bits of the bitmap; byte 2: plain (odd) or compressed; then bodies of 40 bytes. */
public final class BitmapTarget {
    private static final Agreement AGREED = new Agreement(118, Feature.ALL);
    private static final int BODY = 40;

    private BitmapTarget() {}

    /** The receiver never passes the end; the bitmap itself refuses what is outside. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 4) {
            return;
        }
        ByteBuffer in = ByteBuffer.wrap(input);
        MemoryBitmap bitmap = new MemoryBitmap(in.getShort() & 0xffff);
        PacketType type = (in.get() & 1) == 0 ? PacketType.COMPRESSED_BITMAP : PacketType.BITMAP;
        BitmapReceiver receiver = new BitmapReceiver(bitmap.bits(), bitmap, AGREED);
        try {
            while (in.hasRemaining() && !receiver.finished()) {
                int length = Math.min(BODY, in.remaining());
                ByteBuffer body = in.slice(in.position(), length);
                receiver.receive(type, body, length);
                in.position(in.position() + length);
                if (receiver.offset() > bitmap.bits()) {
                    throw new AssertionError("at bit " + receiver.offset() + " of " + bitmap.bits());
                }
            }
        } catch (ProtocolException refused) {
            if (refused.why().isEmpty()) {
                throw new AssertionError("refused without a reason", refused);
            }
        }
    }

    /** The vectors of the wire protocol reference, section 9.3. */
    public static List<byte[]> seeds() {
        return Stream.of(
                        "004000" + "3297af00",
                        "040000" + "b23fcf02",
                        "004000" + "a200df02",
                        "ffff00" + "327fcfde03",
                        "004001")
                .map(HexFormat.of()::parseHex)
                .toList();
    }
}
