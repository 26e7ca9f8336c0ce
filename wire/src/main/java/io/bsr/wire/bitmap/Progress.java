package io.bsr.wire.bitmap;

import io.bsr.wire.Agreement;
import io.bsr.wire.Versions;

/** How far a transfer is: what sender and receiver count alike. */
final class Progress {
    private final long bits;
    private final int maxWords;
    private final int maxCodeBytes;
    private long offset;

    Progress(long bits, Agreement agreed) {
        if (bits < 0) {
            throw new IllegalArgumentException("a bitmap of " + bits + " bits");
        }
        this.bits = bits;
        int body = Versions.BITMAP_PACKET_BYTES - agreed.headerBytes();
        maxWords = body / Long.BYTES;
        maxCodeBytes = body - 1;
    }

    long bits() {
        return bits;
    }

    /** The first bit that is not covered yet. */
    long offset() {
        return offset;
    }

    boolean covered() {
        return offset == bits;
    }

    /** The word with which a plain packet goes on: bits before the offset in it are sent again. */
    long word() {
        return covered() ? words() : offset / Long.SIZE;
    }

    private long words() {
        return bits / Long.SIZE + (bits % Long.SIZE == 0 ? 0 : 1);
    }

    /** The number of words that the next plain packet must have. */
    int plainWords() {
        return (int) Math.min(maxWords, words() - word());
    }

    int maxCodeBytes() {
        return maxCodeBytes;
    }

    void afterPlain(int count) {
        offset = Math.min(bits, (word() + count) * Long.SIZE);
    }

    void afterRuns(long end) {
        offset = end;
    }
}
