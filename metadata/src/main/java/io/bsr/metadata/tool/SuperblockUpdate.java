package io.bsr.metadata.tool;

import io.bsr.base.Units;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.SuperblockReplacement;
import java.nio.ByteBuffer;

/**
 * Replaces the superblock of a device so that a crash at any point leaves the old one or the new one ({@link
 * SuperblockReplacement}).
 */
final class SuperblockUpdate {
    private static final int SECTOR = 1 << Units.SECTOR_SHIFT;

    private final MetadataDevice device;
    private final long offset;

    private SuperblockUpdate(MetadataDevice device, long offset) {
        this.device = device;
        this.offset = offset;
    }

    /**
     * Replaces the block at {@code offset} and everything written before is durable too.
     *
     * @param next 4096 bytes of a superblock of v09, or of v08 (whose fields are all in the first sector)
     */
    static void replace(MetadataDevice device, long offset, ByteBuffer next) throws MetadataException {
        new SuperblockUpdate(device, offset).replace(next);
    }

    /** Zeroes the block: the magic number first, so that what is left of the fields can't be taken for metadata. */
    static void clear(MetadataDevice device, long offset) throws MetadataException {
        SuperblockUpdate update = new SuperblockUpdate(device, offset);
        ByteBuffer zeroes = Blocks.buffer(1);
        ByteBuffer now = Blocks.read(device, offset);
        if (now.equals(zeroes)) {
            return;
        }
        now.put(0, zeroes, 0, SECTOR);
        update.write(now);
        update.write(zeroes);
    }

    private void replace(ByteBuffer next) throws MetadataException {
        device.force();
        ByteBuffer direct = Blocks.buffer(1);
        for (ByteBuffer block : SuperblockReplacement.blocks(Blocks.read(device, offset), next)) {
            direct.put(0, block, 0, Units.BLOCK_BYTES);
            write(direct);
        }
    }

    private void write(ByteBuffer block) throws MetadataException {
        device.write(offset, block.clear());
        device.force();
        block.clear();
    }
}
