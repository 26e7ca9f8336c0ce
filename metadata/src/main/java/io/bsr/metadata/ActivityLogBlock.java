package io.bsr.metadata;

import io.bsr.base.Units;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Codec of one block of the activity log (metadata reference, sections 5.2 and 5.3). Big-endian:
 *
 * <pre>
 *     0  u32      magic 0x69CB65A2
 *     4  u32      transaction number
 *     8  u32      CRC over the 4096 bytes with this field 0
 *    12  u16      type: 0 update, 0xFFFF initialised (empty)
 *    14  u16      number of updates, 0 … 64
 *    16  u16      number of slots of the active set
 *    18  u16      first slot that the context describes
 *    20  16       reserved, 0
 *    36  64 u16   update: slot, unused 0xFFFF
 *   164  64 u32   update: new extent of the slot, unused 0xFFFFFFFF
 *   420 919 u32   context: extents of the slots from the first one on, before this transaction
 * </pre>
 *
 * The CRC is CRC-32C with initial value 0 and without final inversion. For a block of 4096 bytes it differs from the
 * standard CRC-32C only by a constant, so that the processor's instruction can be used.
 *
 * <p>An instance holds the state of a running CRC: one per owner. Encoding and checking allocate nothing. Buffers must
 * be big-endian.
 */
public final class ActivityLogBlock {
    public static final int BYTES = Units.BLOCK_BYTES;
    public static final int MAGIC = 0x69CB65A2;
    public static final int TYPE_UPDATE = 0;
    public static final int TYPE_INITIALISED = 0xFFFF;

    /** Most updates in one transaction. */
    public static final int UPDATES = 64;

    /** Slots that one transaction's context describes. */
    public static final int CONTEXT = 919;

    /** The extent number of a free slot, and of an unused entry. */
    public static final int FREE = 0xFFFFFFFF;

    /** The slot number of an unused update entry. */
    public static final int UNUSED_SLOT = 0xFFFF;

    /** Fewest slots of an active set ({@code al-extents}). */
    public static final int MIN_ACTIVE_EXTENTS = 67;

    /** Most slots of an active set; slot numbers are below it. */
    public static final int MAX_ACTIVE_EXTENTS = 65534;

    static final int AT_MAGIC = 0;
    static final int AT_TRANSACTION = 4;
    static final int AT_CRC = 8;
    static final int AT_TYPE = 12;
    static final int AT_UPDATE_COUNT = 14;
    static final int AT_CONTEXT_SIZE = 16;
    static final int AT_CONTEXT_START = 18;
    static final int AT_RESERVED = 20;
    static final int AT_UPDATE_SLOTS = 36;
    static final int AT_UPDATE_EXTENTS = 164;
    static final int AT_CONTEXT = 420;

    /** Standard CRC-32C of 4096 zero bytes: what initial value and final inversion add for a block of this length. */
    private static final int STANDARD_TO_RAW = 0x98F94189;

    private static final byte[] ZERO_CRC = new byte[4];

    private final CRC32C crc = new CRC32C();

    /**
     * Writes a transaction.
     *
     * @param block big-endian; 4096 bytes from {@code offset} are overwritten
     * @param transaction its number, unsigned
     * @param count number of changes, 0 … 64
     * @param slots the changed slots, first {@code count} entries
     * @param extents the new extents of the changed slots ({@link #FREE}: none), first {@code count} entries
     * @param active the extent of every slot <em>before</em> this transaction, {@link #FREE} for a free one; its first
     *     {@code activeSize} entries are the active set
     * @param activeSize size of the active set, 1 … {@value #MAX_ACTIVE_EXTENTS}
     * @param contextStart first slot to repeat: the cursor, which the caller moves on by {@value #CONTEXT} and back to 0
     *     when it reaches the size of the set
     */
    public void encode(
            ByteBuffer block,
            int offset,
            int transaction,
            int count,
            int[] slots,
            int[] extents,
            int[] active,
            int activeSize,
            int contextStart) {
        if (count < 0
                || count > UPDATES
                || activeSize < 1
                || activeSize > Math.min(active.length, MAX_ACTIVE_EXTENTS)
                || contextStart < 0
                || contextStart >= activeSize) {
            throw new IllegalArgumentException(
                    "transaction with " + count + " updates, context from slot " + contextStart + " of " + activeSize);
        }
        block.putInt(offset + AT_MAGIC, MAGIC);
        block.putInt(offset + AT_TRANSACTION, transaction);
        block.putShort(offset + AT_TYPE, (short) TYPE_UPDATE);
        block.putShort(offset + AT_UPDATE_COUNT, (short) count);
        block.putShort(offset + AT_CONTEXT_SIZE, (short) activeSize);
        block.putShort(offset + AT_CONTEXT_START, (short) contextStart);
        block.putLong(offset + AT_RESERVED, 0);
        block.putLong(offset + AT_RESERVED + 8, 0);
        for (int i = 0; i < UPDATES; i++) {
            block.putShort(offset + AT_UPDATE_SLOTS + 2 * i, (short) (i < count ? slots[i] : UNUSED_SLOT));
            block.putInt(offset + AT_UPDATE_EXTENTS + 4 * i, i < count ? extents[i] : FREE);
        }
        int described = Math.min(CONTEXT, activeSize - contextStart);
        for (int i = 0; i < CONTEXT; i++) {
            block.putInt(offset + AT_CONTEXT + 4 * i, i < described ? active[contextStart + i] : FREE);
        }
        seal(block, offset);
    }

    /** Writes the block that an empty log consists of: magic, type and CRC, everything else 0. */
    public void encodeInitialised(ByteBuffer block, int offset) {
        for (int i = 0; i < BYTES; i += Long.BYTES) {
            block.putLong(offset + i, 0);
        }
        block.putInt(offset + AT_MAGIC, MAGIC);
        block.putShort(offset + AT_TYPE, (short) TYPE_INITIALISED);
        seal(block, offset);
    }

    /** True if magic and CRC of the block match. */
    public boolean valid(ByteBuffer block, int offset) {
        return block.getInt(offset + AT_MAGIC) == MAGIC && block.getInt(offset + AT_CRC) == checksum(block, offset);
    }

    /** The transaction number of a {@linkplain #valid valid} block, unsigned. */
    public static int transaction(ByteBuffer block, int offset) {
        return block.getInt(offset + AT_TRANSACTION);
    }

    /** The type of a {@linkplain #valid valid} block: {@link #TYPE_UPDATE}, {@link #TYPE_INITIALISED} or unknown. */
    public static int type(ByteBuffer block, int offset) {
        return Short.toUnsignedInt(block.getShort(offset + AT_TYPE));
    }

    private void seal(ByteBuffer block, int offset) {
        block.putInt(offset + AT_CRC, checksum(block, offset));
    }

    /** The CRC that belongs into the block, whatever its CRC field holds now. */
    int checksum(ByteBuffer block, int offset) {
        int position = block.position();
        int limit = block.limit();
        crc.reset();
        block.limit(offset + AT_CRC).position(offset);
        crc.update(block);
        crc.update(ZERO_CRC);
        block.limit(offset + BYTES).position(offset + AT_TYPE);
        crc.update(block);
        block.limit(limit).position(position);
        return (int) crc.getValue() ^ STANDARD_TO_RAW;
    }
}
