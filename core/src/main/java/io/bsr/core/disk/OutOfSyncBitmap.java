package io.bsr.core.disk;

import io.bsr.base.Units;
import io.bsr.metadata.BitmapLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The bitmap of a disk in memory: one bit per 4 KiB and peer slot, 1 = may differ. It is kept exactly as on disk
 * (metadata reference, section 4): 32-bit little-endian words, the slots interleaved.
 *
 * <p>Every 4 KiB block of the image has a mark: <i>changed</i> when a bit was set, <i>lazy</i> when a bit was cleared
 * since the block was last written.
 */
public final class OutOfSyncBitmap {
    /** A bit of the block was set. */
    static final byte CHANGED = 1;

    /** A bit of the block was cleared: the data must be flushed before the block is written. */
    static final byte LAZY = 2;

    private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int WORD_BITS = 32;

    private final int slots;
    private long bits;
    private MemorySegment image;
    private byte[] marks;
    private final long[] counts;

    public OutOfSyncBitmap(BitmapLayout layout) {
        slots = layout.slots();
        bits = layout.bits();
        image = Arena.ofAuto().allocate(layout.bytes(), Units.BLOCK_BYTES);
        marks = new byte[Math.toIntExact(layout.blocks())];
        counts = new long[slots];
    }

    /** Bits per slot. */
    public long bits() {
        return bits;
    }

    public int slots() {
        return slots;
    }

    /** Set bits of a slot. */
    public long count(int slot) {
        return counts[slot];
    }

    public boolean test(int slot, long bit) {
        return (word(slot, bit) >>> (bit & 31) & 1) != 0;
    }

    /** Sets bits {@code first} … {@code last}. Returns how many were clear. */
    public long set(int slot, long first, long last) {
        long changed = 0;
        for (long bit = first; bit <= last; bit = nextWord(bit)) {
            int old = word(slot, bit);
            int now = old | mask(bit, last);
            if (old != now) {
                put(slot, bit, now, CHANGED);
                changed += Integer.bitCount(now ^ old);
            }
        }
        counts[slot] += changed;
        return changed;
    }

    /** Clears bits {@code first} … {@code last}. Returns how many were set. */
    public long clear(int slot, long first, long last) {
        long changed = 0;
        for (long bit = first; bit <= last; bit = nextWord(bit)) {
            int old = word(slot, bit);
            int now = old & ~mask(bit, last);
            if (old != now) {
                put(slot, bit, now, LAZY);
                changed += Integer.bitCount(now ^ old);
            }
        }
        counts[slot] -= changed;
        return changed;
    }

    public void setAll(int slot) {
        if (bits > 0) {
            set(slot, 0, bits - 1);
        }
    }

    public void clearAll(int slot) {
        if (bits > 0) {
            clear(slot, 0, bits - 1);
        }
    }

    /** The first set bit at or after {@code from}; {@link #bits()} if there is none. */
    public long nextSet(int slot, long from) {
        return next(slot, from, 0);
    }

    /** The first clear bit at or after {@code from}; {@link #bits()} if there is none. */
    public long nextClear(int slot, long from) {
        return next(slot, from, -1);
    }

    private long next(int slot, long from, int inverted) {
        long bit = from;
        while (bit < bits) {
            int wanted = (word(slot, bit) ^ inverted) & -1 << (bit & 31);
            if (wanted != 0) {
                return Math.min(bits, (bit & -WORD_BITS) + Integer.numberOfTrailingZeros(wanted));
            }
            bit = nextWord(bit);
        }
        return bits;
    }

    private static long nextWord(long bit) {
        return (bit & -WORD_BITS) + WORD_BITS;
    }

    /** The bits of the word of {@code bit} from {@code bit} to {@code last} or the end of the word. */
    private static int mask(long bit, long last) {
        int from = -1 << (bit & 31);
        return nextWord(bit) <= last ? from : from & -1 >>> (31 - (last & 31));
    }

    private int word(int slot, long bit) {
        return image.get(WORD, offset(slot, bit));
    }

    private long offset(int slot, long bit) {
        return ((bit >>> 5) * slots + slot) << 2;
    }

    private void put(int slot, long bit, int value, byte mark) {
        long offset = offset(slot, bit);
        image.set(WORD, offset, value);
        marks[(int) (offset >>> 12)] |= mark;
    }

    int blocks() {
        return marks.length;
    }

    /** The first marked block at or after {@code from}; {@link #blocks()} if there is none. */
    int nextMarked(int from) {
        for (int block = from; block < marks.length; block++) {
            if (marks[block] != 0) {
                return block;
            }
        }
        return marks.length;
    }

    boolean marked(int block) {
        return marks[block] != 0;
    }

    boolean lazy(int block) {
        return (marks[block] & LAZY) != 0;
    }

    /** Copies a block for writing and takes its mark off, so that later changes mark it again. */
    void takeBlock(int block, MemorySegment target, long targetOffset) {
        marks[block] = 0;
        MemorySegment.copy(image, (long) block * Units.BLOCK_BYTES, target, targetOffset, Units.BLOCK_BYTES);
    }

    /** Marks a block whose write failed. */
    void mark(int block) {
        marks[block] |= CHANGED;
    }

    /** Takes over bytes as read from the store. */
    void load(long offset, ByteBuffer source, int sourceOffset, int length) {
        MemorySegment.copy(MemorySegment.ofBuffer(source), sourceOffset, image, offset, length);
    }

    /** Bytes of the image. */
    long bytes() {
        return image.byteSize();
    }

    /**
     * Makes room for more bits, which are clear. The blocks that are new are marked: what is on the disk there is no bitmap
     * yet. Never while a block is being written.
     */
    public void grow(long newBits) {
        BitmapLayout layout = new BitmapLayout(slots, newBits);
        int blocks = Math.toIntExact(layout.blocks());
        if (blocks > marks.length) {
            MemorySegment larger = Arena.ofAuto().allocate(layout.bytes(), Units.BLOCK_BYTES);
            MemorySegment.copy(image, 0, larger, 0, image.byteSize());
            image = larger;
            int before = marks.length;
            marks = Arrays.copyOf(marks, blocks);
            Arrays.fill(marks, before, blocks, CHANGED);
        }
        bits = Math.max(bits, newBits);
    }

    /** Marks every block. */
    void markAll() {
        for (int block = 0; block < marks.length; block++) {
            marks[block] |= CHANGED;
        }
    }

    /** Forgets the bits from {@code newBits} on: the volume became smaller. */
    public void shrink(long newBits) {
        for (int slot = 0; slot < slots; slot++) {
            if (newBits < bits) {
                clear(slot, newBits, bits - 1);
            }
        }
        bits = Math.min(bits, newBits);
    }

    /** After loading: drops bits beyond the end, which old activity logs may have set, and counts. */
    void loaded() {
        Arrays.fill(counts, 0);
        long words = image.byteSize() >>> 2;
        long usedWords = ((bits + 31) >>> 5) * slots;
        int tail = (int) (bits & 31);
        for (long w = 0; w < words; w++) {
            int value = image.get(WORD, w << 2);
            if (value == 0) {
                continue;
            }
            int keep = w >= usedWords ? 0 : tail != 0 && w >= usedWords - slots ? (1 << tail) - 1 : -1;
            if ((value & ~keep) != 0) {
                value &= keep;
                image.set(WORD, w << 2, value);
            }
            counts[(int) (w % slots)] += Integer.bitCount(value);
        }
    }
}
