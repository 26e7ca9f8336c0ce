package io.bsr.metadata.tool;

import io.bsr.base.Units;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.PendingSuperblock;
import java.nio.ByteBuffer;

/**
 * Replaces the superblock of a device so that a crash at any point, with any of the 512-byte sectors written since the
 * last flush missing, leaves the old one or the new one.
 *
 * <p>The magic number is in the first sector, and that sector is written last. So the place turns from "no metadata" or
 * "metadata of v08" to v09 in one step, also for the other tools of the family. Where v09 metadata are replaced by others,
 * {@link PendingSuperblock} decides which of the two a reader sees.
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
        ByteBuffer now = Blocks.read(device, offset);
        if (PendingSuperblock.present(now, 0)) {
            // The record is what counts; it may be overwritten only when the fields say the same.
            PendingSuperblock.apply(now, 0);
            write(now);
        }
        if (now.slice(SECTOR, Units.BLOCK_BYTES - SECTOR).equals(next.slice(SECTOR, Units.BLOCK_BYTES - SECTOR))) {
            write(next);
            return;
        }
        PendingSuperblock.store(now, 0, next);
        write(now);
        now.put(SECTOR, next, SECTOR, PendingSuperblock.ROOM - SECTOR);
        write(now);
        now.put(0, next, 0, SECTOR);
        write(now);
        write(next);
    }

    private void write(ByteBuffer block) throws MetadataException {
        device.write(offset, block.clear());
        device.force();
        block.clear();
    }
}
