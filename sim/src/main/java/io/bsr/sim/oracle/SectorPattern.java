package io.bsr.sim.oracle;

import io.bsr.base.memory.Buffer;
import io.bsr.sim.time.SimRandom;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The contents of sectors: 64 words of 64 bits, of which the first tells volume, write and sector, scrambled with the
 * rest following from it. Zeroes stand for write 0.
 */
public final class SectorPattern {
    public static final int SECTOR = 512;

    /** No write has these contents. */
    public static final int GARBLED = -1;

    private static final long KEY = 0x6A09E667F3BCC909L;
    private static final long STEP = 0x9E3779B97F4A7C15L;
    private static final byte[] ZEROES = new byte[SECTOR];

    private SectorPattern() {}

    /** Fills {@code count} sectors of a buffer. Write and sector numbers are below 2²⁸, volumes below 256. */
    public static void fill(Buffer buffer, int volume, int write, long firstSector, int count) {
        ByteBuffer bytes = buffer.bytes();
        for (int i = 0; i < count; i++) {
            long head = head(volume, write, firstSector + i);
            long word = SimRandom.mix(head);
            int at = i * SECTOR;
            bytes.putLong(at, head);
            for (int k = 8; k < SECTOR; k += 8) {
                word += STEP;
                bytes.putLong(at + k, word);
            }
        }
    }

    /** As {@link #fill(Buffer, int, int, long, int)}, into an array. */
    public static void fill(byte[] target, int at, int volume, int write, long firstSector, int count) {
        ByteBuffer bytes = ByteBuffer.wrap(target).order(ByteOrder.BIG_ENDIAN);
        for (int i = 0; i < count; i++) {
            long head = head(volume, write, firstSector + i);
            long word = SimRandom.mix(head);
            int base = at + i * SECTOR;
            bytes.putLong(base, head);
            for (int k = 8; k < SECTOR; k += 8) {
                word += STEP;
                bytes.putLong(base + k, word);
            }
        }
    }

    /** The write that a sector comes from, 0 for zeroes, {@link #GARBLED} if none. {@code bytes} is big-endian. */
    public static int identify(ByteBuffer bytes, int at, int volume, long sector) {
        long head = bytes.getLong(at);
        if (head == 0) {
            for (int k = 8; k < SECTOR; k += 8) {
                if (bytes.getLong(at + k) != 0) {
                    return GARBLED;
                }
            }
            return 0;
        }
        long plain = head ^ KEY;
        if (plain >>> 56 != volume || (plain & 0xFFFFFFF) != sector) {
            return GARBLED;
        }
        long word = SimRandom.mix(head);
        for (int k = 8; k < SECTOR; k += 8) {
            word += STEP;
            if (bytes.getLong(at + k) != word) {
                return GARBLED;
            }
        }
        return (int) (plain >>> 28 & 0xFFFFFFF);
    }

    public static int identify(byte[] bytes, int at, int volume, long sector) {
        if (Arrays.equals(bytes, at, at + SECTOR, ZEROES, 0, SECTOR)) {
            return 0;
        }
        return identify(ByteBuffer.wrap(bytes).order(ByteOrder.BIG_ENDIAN), at, volume, sector);
    }

    /** What a garbled sector says about itself, for explanations. */
    static String describeGarbled(byte[] bytes, int at) {
        long plain = ByteBuffer.wrap(bytes).getLong(at) ^ KEY;
        return "garbled (head says volume " + (plain >>> 56) + " write " + (plain >>> 28 & 0xFFFFFFF) + " sector "
                + (plain & 0xFFFFFFF) + ")";
    }

    private static long head(int volume, int write, long sector) {
        return KEY ^ ((long) volume << 56 | (long) write << 28 | sector);
    }
}
