package io.bsr.metadata;

import io.bsr.base.Units;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What to write, one block after the other and each durable before the next, to replace a superblock so that a crash at
 * any point, with any of the 512-byte sectors of the block being written missing, leaves the old one or the new one.
 *
 * <p>The magic number is in the first sector, and that sector is written last. So the place turns from "no metadata" or
 * "metadata of v08" to v09 in one step, also for the other tools of the family. Where v09 metadata are replaced by others,
 * {@link PendingSuperblock} decides which of the two a reader sees.
 */
public final class SuperblockReplacement {
    private static final int SECTOR = 1 << Units.SECTOR_SHIFT;

    private SuperblockReplacement() {}

    /**
     * The blocks to write.
     *
     * @param present 4096 bytes that are at the place now; not changed
     * @param next 4096 bytes of a superblock of v09, or of v08 (whose fields are all in the first sector); not changed
     */
    public static List<ByteBuffer> blocks(ByteBuffer present, ByteBuffer next) {
        List<ByteBuffer> blocks = new ArrayList<>();
        ByteBuffer now = copy(present);
        if (PendingSuperblock.present(now, 0)) {
            // The record is what counts; it may be overwritten only when the fields say the same.
            PendingSuperblock.apply(now, 0);
            blocks.add(copy(now));
        } else if (PendingSuperblock.begun(now, 0)) {
            // A power failure left a part of a record; a part of the next one could be what it lacks.
            PendingSuperblock.clear(now, 0);
            blocks.add(copy(now));
        }
        int rest = Units.BLOCK_BYTES - SECTOR;
        if (now.slice(SECTOR, rest).equals(next.slice(SECTOR, rest))) {
            blocks.add(copy(next));
            return blocks;
        }
        PendingSuperblock.store(now, 0, next);
        blocks.add(copy(now));
        now.put(SECTOR, next, SECTOR, PendingSuperblock.ROOM - SECTOR);
        blocks.add(copy(now));
        now.put(0, next, 0, SECTOR);
        blocks.add(copy(now));
        blocks.add(copy(next));
        return blocks;
    }

    private static ByteBuffer copy(ByteBuffer block) {
        return ByteBuffer.allocate(Units.BLOCK_BYTES).put(0, block, 0, Units.BLOCK_BYTES);
    }
}
