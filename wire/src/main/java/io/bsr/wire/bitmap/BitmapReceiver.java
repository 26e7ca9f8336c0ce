package io.bsr.wire.bitmap;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.ProtocolException.Fault;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Receives one bitmap, packet by packet, and merges it into another (reference 9.2, 9.3). */
public final class BitmapReceiver {
    /** The low four bits of the encoding byte: run lengths in variable-length code, the only one there is. */
    static final int RUN_LENGTH_CODE = 2;

    private final BitSink sink;
    private final Progress progress;
    private boolean finished;

    /**
     * Begins a transfer.
     *
     * @param bits size of the bitmap
     * @param sink told of every run of set bits
     */
    public BitmapReceiver(long bits, BitSink sink, Agreement agreed) {
        this.sink = sink;
        this.progress = new Progress(bits, agreed);
    }

    /** True if the last packet was received. */
    public boolean finished() {
        return finished;
    }

    /** Bits covered so far. */
    public long offset() {
        return progress.offset();
    }

    /**
     * Takes one packet.
     *
     * @param type P_BITMAP or P_COMPRESSED_BITMAP
     * @param in at the first byte after the header; moved behind the packet
     * @param length the length field of the header
     * @throws ProtocolException {@link Fault#TRUNCATED} or {@link Fault#BAD_BITMAP}; the transfer cannot go on
     */
    public void receive(PacketType type, ByteBuffer in, int length) throws ProtocolException {
        if (finished) {
            throw bad(type, "the whole bitmap was received");
        }
        if (length < 0 || in.remaining() < length) {
            throw new ProtocolException(
                    Fault.TRUNCATED, type + " refused", "it ends after " + in.remaining() + " of " + length + " bytes");
        }
        int end = in.position() + length;
        if (type == PacketType.BITMAP) {
            receiveWords(in, length);
        } else {
            receiveRuns(in, length);
        }
        in.position(end);
    }

    private void receiveWords(ByteBuffer in, int length) throws ProtocolException {
        int words = progress.plainWords();
        if (length != words * Long.BYTES) {
            throw bad(PacketType.BITMAP, "length " + length + ", must be " + words * Long.BYTES);
        }
        boolean swap = in.order() == ByteOrder.BIG_ENDIAN;
        long first = progress.word() * Long.SIZE;
        long runBegin = -1;
        for (int i = 0; i < words; i++) {
            long word = in.getLong(in.position() + i * Long.BYTES);
            if (swap) {
                word = Long.reverseBytes(word);
            }
            long base = first + (long) i * Long.SIZE;
            int bit = 0;
            while (bit < Long.SIZE) {
                boolean inRun = runBegin >= 0;
                int change = Long.numberOfTrailingZeros((inRun ? ~word : word) & (-1L << bit));
                if (change == Long.SIZE) {
                    break;
                }
                if (inRun) {
                    tell(runBegin, base + change);
                    runBegin = -1;
                } else {
                    runBegin = base + change;
                }
                bit = change;
            }
        }
        if (runBegin >= 0) {
            tell(runBegin, first + (long) words * Long.SIZE);
        }
        progress.afterPlain(words);
        finished = words == 0;
    }

    private void tell(long from, long to) {
        long end = Math.min(to, progress.bits());
        if (from < end) {
            sink.setRange(from, end);
        }
    }

    private void receiveRuns(ByteBuffer in, int length) throws ProtocolException {
        if (length < 2 || length > 1 + progress.maxCodeBytes()) {
            throw bad(
                    PacketType.COMPRESSED_BITMAP,
                    "length " + length + ", must be 2 to " + (1 + progress.maxCodeBytes()));
        }
        int encoding = in.get(in.position()) & 0xff;
        if ((encoding & 0x0f) != RUN_LENGTH_CODE) {
            throw bad(PacketType.COMPRESSED_BITMAP, "encoding " + (encoding & 0x0f) + " is unknown");
        }
        boolean set = (encoding & 0x80) != 0;
        int start = in.position() + 1;
        int end = in.position() + length;
        int codeBits = (length - 1) * Byte.SIZE - (encoding >>> 4 & 7);
        long offset = progress.offset();
        int at = 0;
        while (at < codeBits) {
            long code = RunLengthCode.peek(in, start, at, end);
            int level = RunLengthCode.levelOfCode(code);
            at += RunLengthCode.bits(level);
            if (at > codeBits) {
                throw bad(PacketType.COMPRESSED_BITMAP, "the last code word is cut off");
            }
            long run = RunLengthCode.decode(level, code);
            if (run > progress.bits() - offset) {
                throw bad(
                        PacketType.COMPRESSED_BITMAP,
                        "a run of " + run + " bits at bit " + offset + " passes the end at " + progress.bits());
            }
            if (set) {
                sink.setRange(offset, offset + run);
            }
            offset += run;
            set = !set;
        }
        progress.afterRuns(offset);
        finished = progress.covered();
    }

    private static ProtocolException bad(PacketType type, String why) {
        return new ProtocolException(Fault.BAD_BITMAP, type + " refused", why);
    }
}
