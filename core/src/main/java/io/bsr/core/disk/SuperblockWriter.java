package io.bsr.core.disk;

import io.bsr.base.Units;
import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import io.bsr.metadata.SuperblockReplacement;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Replaces a superblock so that a power failure leaves the old one or the new one, never a mixture. Its fields are in three
 * sectors of 512 bytes, each of which a disk may have written or not: an identifier could be new without the history that
 * explains it, and a peer be taken for a stranger. Most changes are in the first sector only, and cost one write.
 */
final class SuperblockWriter {
    private final BlockStore meta;
    private final Buffer block;
    private final boolean flush;

    /**
     * A writer that is used for one superblock at a time.
     *
     * @param block of 4096 bytes, used while a superblock is being replaced
     * @param flush each write has to be durable before the next
     */
    SuperblockWriter(BlockStore meta, Buffer block, boolean flush) {
        this.meta = meta;
        this.block = block;
        this.flush = flush;
    }

    /** Replaces what is at the place, whatever it is. */
    void replace(long offset, ByteBuffer next, Completion then) {
        meta.read(offset, block, 0, Units.BLOCK_BYTES, errno -> {
            if (errno == 0) {
                replace(offset, block.bytes(), next, then);
            } else {
                then.completed(errno);
            }
        });
    }

    /**
     * Replaces a superblock.
     *
     * @param present the 4096 bytes at the place
     * @param next what is to be there
     */
    void replace(long offset, ByteBuffer present, ByteBuffer next, Completion then) {
        write(offset, SuperblockReplacement.blocks(present, next), 0, then);
    }

    private void write(long offset, List<ByteBuffer> blocks, int index, Completion then) {
        if (index == blocks.size()) {
            then.completed(0);
            return;
        }
        block.bytes().put(0, blocks.get(index), 0, Units.BLOCK_BYTES);
        meta.write(offset, block, 0, Units.BLOCK_BYTES, flush, errno -> {
            if (errno == 0) {
                write(offset, blocks, index + 1, then);
            } else {
                then.completed(errno);
            }
        });
    }
}
