package io.bsr.demo.nbd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What every block of the volume must hold: each write of a block has a number, and block and number determine its
 * content. A block that was never written holds zeroes.
 */
public final class KnownData {
    public static final int BLOCK_BYTES = 4096;

    private final int[] writes;

    /** For a volume of {@code bytes}, a multiple of 4096. */
    public KnownData(long bytes) {
        writes = new int[Math.toIntExact(bytes / BLOCK_BYTES)];
    }

    public int blocks() {
        return writes.length;
    }

    /** Fills {@code target} with new content for {@code count} blocks from {@code block}, to be written there. */
    public synchronized void renew(int block, int count, byte[] target) {
        ByteBuffer buffer = ByteBuffer.wrap(target).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            writes[block + i]++;
            fill(block + i, writes[block + i], buffer, i * BLOCK_BYTES);
        }
    }

    /** Fills {@code target} with what {@code count} blocks from {@code block} must hold. */
    public synchronized void expected(int block, int count, byte[] target) {
        ByteBuffer buffer = ByteBuffer.wrap(target).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            fill(block + i, writes[block + i], buffer, i * BLOCK_BYTES);
        }
    }

    /** Blocks that were written at least once. */
    public synchronized int writtenBlocks() {
        int written = 0;
        for (int count : writes) {
            written += count == 0 ? 0 : 1;
        }
        return written;
    }

    private static void fill(int block, int write, ByteBuffer target, int offset) {
        if (write == 0) {
            for (int i = 0; i < BLOCK_BYTES; i += Long.BYTES) {
                target.putLong(offset + i, 0);
            }
            return;
        }
        // SplitMix64: no word repeats, so that a block in a wrong place or of a wrong time is noticed.
        long state = ((long) block << 32) + write;
        for (int i = 0; i < BLOCK_BYTES; i += Long.BYTES) {
            state += 0x9E3779B97F4A7C15L;
            long word = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
            word = (word ^ (word >>> 27)) * 0x94D049BB133111EBL;
            target.putLong(offset + i, word ^ (word >>> 31));
        }
    }
}
