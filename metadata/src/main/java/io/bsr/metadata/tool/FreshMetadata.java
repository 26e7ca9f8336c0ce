package io.bsr.metadata.tool;

import io.bsr.base.Units;
import io.bsr.metadata.ActivityLogBlock;
import io.bsr.metadata.FormatVersion;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Superblock;
import io.bsr.metadata.SuperblockV08;
import java.nio.ByteBuffer;

/**
 * Writes metadata where there are none, or over old ones, so that a crash at any point leaves valid metadata if there
 * were any:
 *
 * <ol>
 *   <li>{@link #begin}: valid metadata are replaced by a {@linkplain Superblock#cautious cautious} form of the new ones, which
 *       promises nothing that the areas do not hold yet; what is not valid is zeroed;
 *   <li>activity log initialised, bitmap zeroed; the caller may then set bits;
 *   <li>{@link #commit}: the areas are forced, then the superblock is replaced.
 * </ol>
 */
final class FreshMetadata {
    private final MetadataDevice device;
    private final MetadataLayout layout;
    private final Progress progress;

    FreshMetadata(MetadataDevice device, MetadataLayout layout, Progress progress) {
        this.device = device;
        this.layout = layout;
        this.progress = progress;
    }

    /** Prepares the place for these metadata, whose layout is set. */
    void begin(Superblock superblock) throws MetadataException {
        if (validBefore()) {
            replace(superblock.cautious());
        } else {
            SuperblockUpdate.clear(device, layout.superblockOffset());
        }
        initialiseLog();
        Blocks.zero(device, layout.bitmapOffset(), Math.min(layout.bitmapAreaBytes(), largestBitmap()), progress);
    }

    void commit(Superblock superblock) throws MetadataException {
        device.force();
        replace(superblock);
    }

    private void replace(Superblock superblock) throws MetadataException {
        ByteBuffer block = Blocks.buffer(1);
        superblock.encode(block, 0);
        SuperblockUpdate.replace(device, layout.superblockOffset(), block);
    }

    private boolean validBefore() throws MetadataException {
        ByteBuffer block = Blocks.read(device, layout.superblockOffset());
        try {
            OpenMetadata found = OpenMetadata.decode(
                    device,
                    block,
                    layout.placement(),
                    SuperblockV08.recognised(block, 0) ? FormatVersion.V08 : FormatVersion.V09,
                    layout.deviceBytes());
            return found.layout().placement().equals(layout.placement());
        } catch (MetadataException e) {
            if (e.code() == Code.IO) {
                throw e;
            }
            return false;
        }
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
