package io.bsr.wire.bitmap;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketHeader;
import io.bsr.wire.PacketType;
import io.bsr.wire.Versions;
import java.nio.ByteBuffer;

/**
 * Sends one bitmap, packet by packet (reference 9.2, 9.3). Between packets the bitmap may change: bits set behind the
 * offset are not sent, they must reach the peer in another way.
 */
public final class BitmapSender {
    private final BitRuns bitmap;
    private final Agreement agreed;
    private final boolean compress;
    private final Progress progress;
    private boolean finished;

    /**
     * Begins a transfer.
     *
     * @param useRle the option use-rle; without effect below version 90
     */
    public BitmapSender(BitRuns bitmap, Agreement agreed, boolean useRle) {
        this.bitmap = bitmap;
        this.agreed = agreed;
        this.compress = useRle && agreed.atLeast(Versions.COMPRESSED_BITMAP);
        this.progress = new Progress(bitmap.bits(), agreed);
    }

    /** True if all packets were put. */
    public boolean finished() {
        return finished;
    }

    /** Bits covered so far. */
    public long offset() {
        return progress.offset();
    }

    /**
     * Puts the next packet: header and body.
     *
     * @param out big-endian, at least 4096 bytes remaining
     * @return bytes put
     */
    public int put(ByteBuffer out, int volume) {
        if (finished) {
            throw new IllegalStateException("the whole bitmap was sent");
        }
        if (out.remaining() < Versions.BITMAP_PACKET_BYTES) {
            throw new IllegalArgumentException("only " + out.remaining() + " bytes for a bitmap packet");
        }
        int start = out.position();
        if (!compress || progress.covered() || !putRuns(out, volume)) {
            putWords(out, volume);
        }
        return out.position() - start;
    }

    /** Puts as many runs as fit; false, and nothing put, if plain words are shorter. */
    private boolean putRuns(ByteBuffer out, int volume) {
        int encoding = out.position() + agreed.headerBytes();
        RunLengthWriter code = new RunLengthWriter(out, encoding + 1, progress.maxCodeBytes());
        long begin = progress.offset();
        boolean firstIsSet = bitmap.nextSet(begin) == begin;
        boolean set = firstIsSet;
        long at = begin;
        while (at < progress.bits()) {
            long end = Math.min(progress.bits(), set ? bitmap.nextClear(at) : bitmap.nextSet(at));
            if (!code.append(end - at)) {
                break;
            }
            at = end;
            set = !set;
        }
        if (at - begin < (long) code.bytes() * Byte.SIZE) {
            return false;
        }
        PacketHeader.put(out, agreed, PacketType.COMPRESSED_BITMAP, volume, 1 + code.bytes());
        out.put((byte) (BitmapReceiver.RUN_LENGTH_CODE | (code.padBits() << 4) | (firstIsSet ? 0x80 : 0)));
        out.position(out.position() + code.bytes());
        progress.afterRuns(at);
        finished = progress.covered();
        return true;
    }

    private void putWords(ByteBuffer out, int volume) {
        int words = progress.plainWords();
        PacketHeader.put(out, agreed, PacketType.BITMAP, volume, words * Long.BYTES);
        int body = out.position();
        for (int i = 0; i < words; i++) {
            out.putLong(0);
        }
        long first = progress.word() * Long.SIZE;
        long end = Math.min(progress.bits(), first + (long) words * Long.SIZE);
        long at = first;
        while (at < end) {
            long from = bitmap.nextSet(at);
            if (from >= end) {
                break;
            }
            at = Math.min(end, bitmap.nextClear(from));
            setBits(out, body, (int) (from - first), (int) (at - first));
        }
        progress.afterPlain(words);
        finished = words == 0;
    }

    /** Little-endian words are a stream of bytes whose lowest bit comes first. */
    private static void setBits(ByteBuffer out, int body, int from, int to) {
        int bit = from;
        while (bit < to) {
            int index = body + (bit >>> 3);
            int until = Math.min(to, (bit | 7) + 1);
            int ones = ((1 << (until - bit)) - 1) << (bit & 7);
            out.put(index, (byte) (out.get(index) | ones));
            bit = until;
        }
    }
}
