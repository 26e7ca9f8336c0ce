package io.bsr.metadata;

import io.bsr.base.Units;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A superblock that is about to replace the present one, kept in the unused end of the same block while the replacement
 * goes on.
 *
 * <p>The fields of a superblock fill 1392 of its 4096 bytes, three sectors of 512 bytes, and there is no checksum. A disk
 * that loses power may have written any of the three. So whoever changes more than one of them first stores all fields
 * here, under a checksum of their own, and overwrites the present ones only then. A reader that finds a complete record
 * believes it; a torn one is as good as none, for the fields are untouched then. Readers that know nothing of this ignore
 * the room, and writers that know nothing of it clear it.
 *
 * <pre>
 *     0 1392  the fields
 *  1536  u64  mark 0x6273725F6E657874, "bsr_next"
 *  1544  u32  CRC-32C over the 1392 bytes below
 *  1548  u32  0
 *  1552 1392  the fields to come
 *  2944       zeroes
 * </pre>
 */
public final class PendingSuperblock {
    /** Where the second half of a superblock begins that holds no field, a multiple of 512. */
    public static final int ROOM = 1536;

    private static final long MARK = 0x6273_725F_6E65_7874L;
    private static final int AT_CRC = ROOM + 8;
    private static final int AT_ZERO = ROOM + 12;
    private static final int AT_FIELDS = ROOM + 16;

    /** Bytes that hold fields. */
    private static final int FIELDS = Superblock.AT_HISTORY + Superblock.HISTORY * Long.BYTES;

    private PendingSuperblock() {}

    /** True if the block is a superblock with a complete record. */
    public static boolean present(ByteBuffer block, int offset) {
        return block.getLong(offset + ROOM) == MARK
                && block.getInt(offset + Superblock.AT_MAGIC) == Superblock.MAGIC
                && block.getInt(offset + AT_CRC) == checksum(block, offset + AT_FIELDS);
    }

    /** True if there is anything in the room of a record: one, complete or not. */
    static boolean begun(ByteBuffer block, int offset) {
        for (int at = ROOM; at < Units.BLOCK_BYTES; at += Long.BYTES) {
            if (block.getLong(offset + at) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Clears the room of a record. */
    static void clear(ByteBuffer block, int offset) {
        for (int at = ROOM; at < Units.BLOCK_BYTES; at += Long.BYTES) {
            block.putLong(offset + at, 0);
        }
    }

    /** Stores the fields of the superblock {@code next}, which begins at byte 0, in the room of a block. */
    public static void store(ByteBuffer block, int offset, ByteBuffer next) {
        block.putLong(offset + ROOM, MARK);
        block.putInt(offset + AT_ZERO, 0);
        block.put(offset + AT_FIELDS, next, 0, FIELDS);
        for (int at = AT_FIELDS + FIELDS; at < Units.BLOCK_BYTES; at += Long.BYTES) {
            block.putLong(offset + at, 0);
        }
        block.putInt(offset + AT_CRC, checksum(block, offset + AT_FIELDS));
    }

    /** Overwrites the fields of a block by those of its record. */
    public static void apply(ByteBuffer block, int offset) {
        byte[] fields = new byte[FIELDS];
        block.get(offset + AT_FIELDS, fields);
        block.put(offset, fields);
    }

    private static int checksum(ByteBuffer block, int from) {
        CRC32C crc = new CRC32C();
        byte[] fields = new byte[FIELDS];
        block.get(from, fields);
        crc.update(fields);
        return (int) crc.getValue();
    }
}
