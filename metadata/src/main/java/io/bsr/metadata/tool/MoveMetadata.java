package io.bsr.metadata.tool;

import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Superblock;
import java.nio.ByteBuffer;

/**
 * Moves internal metadata to the end of a device that has grown while it was not in use (metadata reference, section 9).
 *
 * <p>bsrmeta and drbdmeta copy the bitmap from a wrong place if its size changes; here its first byte stays its first
 * byte, and what is new is zero.
 *
 * <p>If the new place is clear of the old one the old metadata are valid until the new ones are. If the two overlap,
 * there is a time without a good copy of the bitmap. Before it begins the superblocks at both places are made to ask for
 * a full resync with every peer, the new one first, and only the finished copy takes that back.
 */
public final class MoveMetadata {
    private MoveMetadata() {}

    /** {@link #toEnd(OpenMetadata, Progress)} unwatched. */
    public static OpenMetadata toEnd(OpenMetadata former) throws MetadataException {
        return toEnd(former, Progress.NONE);
    }

    /**
     * Moves v09 metadata that were opened at their last known place.
     *
     * @param progress is told of the bytes of the bitmap
     * @return the metadata at their new place
     * @throws MetadataException CAPACITY if the larger bitmap would reach into the data, IO
     */
    public static OpenMetadata toEnd(OpenMetadata former, Progress progress) throws MetadataException {
        MetadataDevice device = former.device();
        MetadataLayout old = former.layout();
        MetadataLayout next = MetadataLayout.forDevice(old.placement(), device.size(), old.maxPeers(), old.ring());
        Superblock superblock = former.superblock().copy();
        if (superblock.effectiveSectors > next.usableSectors()) {
            throw new MetadataException(
                    Code.CAPACITY,
                    "The metadata cannot be moved",
                    "on the device of " + device.size() + " bytes they would reach into the "
                            + superblock.effectiveSectors + " sectors of data",
                    "Enlarge the device a little more");
        }
        superblock.place(next);
        boolean apart = next.firstByte() >= old.superblockOffset() + Superblock.BYTES;
        if (!apart) {
            replace(device, next, superblock.cautious());
            if (next.superblockOffset() != old.superblockOffset()) {
                replace(device, old, former.superblock().cautious());
            }
        }
        copy(device, old, next, progress);
        device.force();
        replace(device, next, superblock);
        if (old.superblockOffset() + Superblock.BYTES <= next.firstByte()) {
            SuperblockUpdate.clear(device, old.superblockOffset());
        }
        return OpenMetadata.written(device, next, superblock);
    }

    private static void copy(MetadataDevice device, MetadataLayout old, MetadataLayout next, Progress progress)
            throws MetadataException {
        long bitmap = Math.min(old.bitmapAreaBytes(), next.bitmapAreaBytes());
        // The bitmap is before the log. Whichever is copied first must not hit the source of the other.
        if (next.bitmapOffset() < old.bitmapOffset()) {
            copy(device, old.bitmapOffset(), next.bitmapOffset(), bitmap, progress);
            copy(device, old.alOffset(), next.alOffset(), old.ring().bytes(), Progress.NONE);
        } else {
            copy(device, old.alOffset(), next.alOffset(), old.ring().bytes(), Progress.NONE);
            copy(device, old.bitmapOffset(), next.bitmapOffset(), bitmap, progress);
        }
        long added = next.bitmapAreaBytes() - bitmap;
        if (added > 0) {
            Blocks.zero(device, next.bitmapOffset() + bitmap, added, Progress.NONE);
        }
    }

    private static void replace(MetadataDevice device, MetadataLayout layout, Superblock superblock)
            throws MetadataException {
        ByteBuffer block = Blocks.buffer(1);
        superblock.encode(block, 0);
        SuperblockUpdate.replace(device, layout.superblockOffset(), block);
    }

    /** Copies a range that may overlap its copy. What is equal already is not written, so that holes stay holes. */
    private static void copy(MetadataDevice device, long from, long to, long length, Progress progress)
            throws MetadataException {
        if (from == to) {
            return;
        }
        ByteBuffer piece = ByteBuffer.allocateDirect((int) Math.min(length, Blocks.PIECE_BYTES));
        ByteBuffer present = ByteBuffer.allocateDirect(piece.capacity());
        for (long done = 0; done < length; ) {
            int part = (int) Math.min(piece.capacity(), length - done);
            long at = to > from ? length - done - part : done;
            device.read(from + at, piece.clear().limit(part));
            device.read(to + at, present.clear().limit(part));
            if (piece.flip().mismatch(present.flip()) >= 0) {
                device.write(to + at, piece);
            }
            done += part;
            progress.at(done, length);
        }
    }
}
