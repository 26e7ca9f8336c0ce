package io.bsr.metadata.tool;

import io.bsr.base.Units;
import io.bsr.metadata.ActivityLogBlock;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Superblock;
import java.nio.ByteBuffer;

/**
 * Writes metadata where there are none, or over old ones, so that a crash at any point leaves the old ones, none, or the
 * new ones:
 *
 * <ol>
 *   <li>{@link #begin}: the old superblock is zeroed and the zeroes forced, for it must not be found together with new
 *       areas;
 *   <li>activity log initialised, bitmap zeroed; the caller may then set bits;
 *   <li>{@link #commit}: the areas are forced; the superblock is written without its magic number and forced; then with
 *       it. The magic number lies in the first 512 bytes, so that no torn write can pair it with an incomplete rest.
 * </ol>
 */
final class FreshMetadata {
    /** Offset of the magic number, in the first 512 bytes of the superblock. */
    private static final int AT_MAGIC = 60;

    private final MetadataDevice device;
    private final MetadataLayout layout;

    FreshMetadata(MetadataDevice device, MetadataLayout layout) {
        this.device = device;
        this.layout = layout;
    }

    void begin() throws MetadataException {
        WipeMetadata.clear(device, layout.superblockOffset());
        initialiseLog();
        Blocks.zero(device, layout.bitmapOffset(), Math.min(layout.bitmapAreaBytes(), largestBitmap()));
    }

    void commit(Superblock superblock) throws MetadataException {
        device.force();
        ByteBuffer block = Blocks.buffer(1);
        superblock.encode(block, 0);
        block.putInt(AT_MAGIC, 0);
        device.write(layout.superblockOffset(), block);
        device.force();
        block.clear();
        block.putInt(AT_MAGIC, Superblock.MAGIC);
        device.write(layout.superblockOffset(), block);
        device.force();
    }

    private long largestBitmap() {
        return MetadataLayout.bitmapBytes(MetadataLayout.MAX_SECTORS, layout.maxPeers());
    }

    private void initialiseLog() throws MetadataException {
        ActivityLogBlock codec = new ActivityLogBlock();
        ByteBuffer piece = Blocks.buffer(Math.min(layout.ring().blocks(), Blocks.PIECE_BYTES / Units.BLOCK_BYTES));
        for (int at = 0; at < piece.capacity(); at += Units.BLOCK_BYTES) {
            codec.encodeInitialised(piece, at);
        }
        long bytes = layout.ring().bytes();
        for (long done = 0; done < bytes; done += piece.limit()) {
            piece.clear().limit((int) Math.min(piece.capacity(), bytes - done));
            device.write(layout.alOffset() + done, piece);
        }
    }
}
