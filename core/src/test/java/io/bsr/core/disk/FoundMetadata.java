package io.bsr.core.disk;

import io.bsr.core.disk.Recording.Sector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the metadata on a disk say, read without the reader of the product, by the metadata reference: superblock (section
 * 3), bitmap (section 4), activity log (section 5).
 */
final class FoundMetadata {
    private static final int SECTOR = 512;
    private static final int BLOCK = 4096;
    private static final int MAGIC = 0x8374026D;
    private static final int LOG_MAGIC = 0x69CB65A2;
    private static final long PENDING_MARK = 0x6273_725F_6E65_7874L;
    private static final int PENDING_AT = 1536;
    private static final int FIELD_BYTES = 1392;
    private static final int PRIMARY_IND = 0x2;
    private static final int FULL_SYNC = 0x8;
    private static final int FREE = -1;
    private static final int[] CRC_TABLE = new int[256];

    static {
        for (int i = 0; i < CRC_TABLE.length; i++) {
            int crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? (crc >>> 1) ^ 0x82F63B78 : crc >>> 1;
            }
            CRC_TABLE[i] = crc;
        }
    }

    final SuperblockFields fields;
    final TreeSet<Integer> hot = new TreeSet<>();

    /** Slot by slot, the blocks that count as different: by their bit, or by the log of a Primary. */
    final List<BitSet> marked = new ArrayList<>();

    /** A superblock is being replaced: the fields are those of the record of what is to come. */
    private boolean replacing;

    /** The product has read them too. */
    boolean reopened;

    private FoundMetadata(SuperblockFields fields) {
        this.fields = fields;
    }

    /**
     * Reads them.
     *
     * @param superblockAt in bytes
     * @return {@code null} if there are none
     */
    static @Nullable FoundMetadata read(LongFunction<Sector> sectors, long superblockAt) {
        SuperblockFields fields = fields(sectors, superblockAt);
        if (fields == null) {
            return null;
        }
        FoundMetadata found = new FoundMetadata(fields);
        found.replacing = block(sectors, superblockAt).getLong(PENDING_AT) == PENDING_MARK;
        found.readLog(sectors, superblockAt + (long) fields.alOffset() * SECTOR);
        found.readBitmap(sectors, superblockAt + (long) fields.bitmapOffset() * SECTOR);
        return found;
    }

    private static @Nullable SuperblockFields fields(LongFunction<Sector> sectors, long superblockAt) {
        ByteBuffer block = block(sectors, superblockAt);
        if (block.getInt(60) != MAGIC) {
            return null;
        }
        boolean pending = block.getLong(PENDING_AT) == PENDING_MARK
                && block.getInt(PENDING_AT + 8) == ~crc(block, PENDING_AT + 16, FIELD_BYTES, -1);
        return SuperblockFields.of(block, pending ? PENDING_AT + 16 : 0);
    }

    /** Remembers what it has read, for most states of a recording differ in their data only. */
    static final class Reader {
        private final Map<Long, @Nullable SuperblockFields> superblocks = new HashMap<>();
        private final Map<Long, FoundMetadata> all = new HashMap<>();

        @Nullable FoundMetadata read(LongFunction<Sector> sectors, long superblockAt) {
            long digest = digest(superblockAt, sectors, superblockAt, BLOCK);
            if (!superblocks.containsKey(digest)) {
                superblocks.put(digest, fields(sectors, superblockAt));
            }
            SuperblockFields fields = superblocks.get(digest);
            if (fields == null) {
                return null;
            }
            long logBytes = (long) fields.stripes() * fields.stripeBlocks() * BLOCK;
            digest = digest(digest, sectors, superblockAt + (long) fields.alOffset() * SECTOR, logBytes);
            long bitmapBytes = (fields.effectiveSectors() + 255) / 256 * 4 * fields.maxPeers();
            digest = digest(digest, sectors, superblockAt + (long) fields.bitmapOffset() * SECTOR, bitmapBytes);
            FoundMetadata found = all.get(digest);
            if (found == null) {
                found = FoundMetadata.read(sectors, superblockAt);
                all.put(digest, java.util.Objects.requireNonNull(found));
            }
            return found;
        }

        int different() {
            return all.size();
        }

        private static long digest(long begin, LongFunction<Sector> sectors, long at, long bytes) {
            long digest = begin;
            for (long sector = at / SECTOR; sector * SECTOR < at + bytes; sector++) {
                digest = (digest ^ sectors.apply(sector).id) * 0x9E37_79B9_7F4A_7C15L;
                digest ^= digest >>> 29;
            }
            return digest;
        }
    }

    boolean replacing() {
        return replacing;
    }

    boolean primary() {
        return (fields.flags() & PRIMARY_IND) != 0;
    }

    private static ByteBuffer block(LongFunction<Sector> sectors, long at) {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        for (int i = 0; i < BLOCK / SECTOR; i++) {
            block.put(i * SECTOR, sectors.apply(at / SECTOR + i).bytes);
        }
        return block;
    }

    /** CRC-32C without any inversion of the result. */
    private static int crc(ByteBuffer block, int from, int length, int initial) {
        int crc = initial;
        for (int i = from; i < from + length; i++) {
            crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ block.get(i)) & 0xFF];
        }
        return crc;
    }

    private void readLog(LongFunction<Sector> sectors, long at) {
        List<ByteBuffer> transactions = new ArrayList<>();
        for (int i = 0; i < fields.stripes() * fields.stripeBlocks(); i++) {
            ByteBuffer block = block(sectors, at + (long) i * BLOCK);
            int stored = block.getInt(8);
            block.putInt(8, 0);
            if (block.getInt(0) == LOG_MAGIC && stored == crc(block, 0, BLOCK, 0) && block.getShort(12) == 0) {
                transactions.add(block);
            }
        }
        transactions.sort((a, b) -> a.getInt(4) - b.getInt(4));
        Map<Integer, Integer> slots = new HashMap<>();
        for (ByteBuffer block : transactions) {
            int size = Short.toUnsignedInt(block.getShort(16));
            int start = Short.toUnsignedInt(block.getShort(18));
            for (int i = 0; i < 919 && start + i < size; i++) {
                slots.put(start + i, block.getInt(420 + 4 * i));
            }
            for (int i = 0; i < block.getShort(14); i++) {
                slots.put(Short.toUnsignedInt(block.getShort(36 + 2 * i)), block.getInt(164 + 4 * i));
            }
        }
        slots.values().stream().filter(extent -> extent != FREE).forEach(hot::add);
    }

    private void readBitmap(LongFunction<Sector> sectors, long at) {
        int bits = (int) ((fields.effectiveSectors() + 7) / 8);
        int peers = fields.maxPeers();
        int words = (bits + 31) / 32 * peers;
        long[][] slots = new long[peers][(bits + 63) / 64];
        ByteBuffer sector = ByteBuffer.allocate(SECTOR);
        for (int word = 0; word < words; word++) {
            int inSector = word % (SECTOR / 4) * 4;
            if (inSector == 0) {
                sector = ByteBuffer.wrap(sectors.apply(at / SECTOR + word / (SECTOR / 4)).bytes)
                        .order(ByteOrder.LITTLE_ENDIAN);
            }
            long value = Integer.toUnsignedLong(sector.getInt(inSector));
            slots[word % peers][word / peers / 2] |= value << (word / peers % 2 * 32);
        }
        for (long[] slot : slots) {
            marked.add(BitSet.valueOf(slot));
        }
        for (BitSet slot : marked) {
            slot.clear(bits, Math.max(bits, slot.length()));
            if (primary()) {
                hot.forEach(extent -> slot.set(Math.min(bits, extent * 1024), Math.min(bits, (extent + 1) * 1024)));
            }
        }
        for (int node = 0; node < 32; node++) {
            if (fields.slot(node) >= 0 && (fields.peerFlags(node) & FULL_SYNC) != 0) {
                marked.get(fields.slot(node)).set(0, bits);
            }
        }
    }
}
