package io.bsr.wire.bitmap;

import java.util.BitSet;

/** A bitmap in memory, up to 2³¹ − 1 bits. */
public final class MemoryBitmap implements BitRuns, BitSink {
    private final BitSet set = new BitSet();
    private final int size;

    public MemoryBitmap(long bits) {
        size = Math.toIntExact(bits);
    }

    @Override
    public long bits() {
        return size;
    }

    @Override
    public long nextSet(long from) {
        int next = set.nextSetBit((int) from);
        return next < 0 ? size : next;
    }

    @Override
    public long nextClear(long from) {
        return set.nextClearBit((int) from);
    }

    @Override
    public void setRange(long from, long to) {
        if (from < 0 || from >= to || to > size) {
            throw new AssertionError("range " + from + " to " + to + " of " + size + " bits");
        }
        set.set((int) from, (int) to);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MemoryBitmap that && size == that.size && set.equals(that.set);
    }

    @Override
    public int hashCode() {
        return set.hashCode();
    }

    @Override
    public String toString() {
        return size + " bits " + set;
    }
}
