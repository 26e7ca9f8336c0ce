package io.bsr.metadata.tool;

import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;
import java.nio.ByteBuffer;

/**
 * Moves internal metadata to the end of a device that has grown while it was not in use (metadata reference, section 9).
 *
 * <p>bsrmeta and drbdmeta copy the bitmap from a wrong place if its size changes; here its first byte stays its first
 * byte, and what is new is zero.
 *
 * <p>If the new place is clear of the old one the old metadata are valid until the new ones are. If the two overlap,
 * there is a time without a good copy of the bitmap: before it begins the old superblock is made to ask for a full
 * resync with every peer.
 */
public final class MoveMetadata {
    private MoveMetadata() {}

    /**
     * Moves metadata that were opened at their last known place.
     *
     * @return the metadata at their new place
     * @throws MetadataException CAPACITY if the larger bitmap would reach into the data, IO
     */
    public static OpenMetadata toEnd(OpenMetadata former) throws MetadataException {
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
            requireFullSync(former);
        }
        copy(device, old.alOffset(), next.alOffset(), old.ring().bytes());
        copy(device, old.bitmapOffset(), next.bitmapOffset(), Math.min(old.bitmapAreaBytes(), next.bitmapAreaBytes()));
        long added = next.bitmapAreaBytes() - old.bitmapAreaBytes();
        if (added > 0) {
            Blocks.zero(device, next.bitmapOffset() + old.bitmapAreaBytes(), added);
        }
        new FreshMetadata(device, next).commit(superblock);
        if (apart) {
            WipeMetadata.clear(device, old.superblockOffset());
        }
        return OpenMetadata.open(device, next.placement());
    }

    private static void requireFullSync(OpenMetadata former) throws MetadataException {
        Superblock marked = former.superblock();
        marked.set(DeviceFlag.AL_DISABLED, true);
        for (int node = 0; node < Superblock.PEERS; node++) {
            marked.peer(node).set(PeerFlag.FULL_SYNC, true);
        }
        former.writeSuperblock();
    }

    /** Copies a range that may overlap its copy. */
    private static void copy(MetadataDevice device, long from, long to, long length) throws MetadataException {
        if (from == to) {
            return;
        }
        ByteBuffer piece = ByteBuffer.allocateDirect((int) Math.min(length, Blocks.PIECE_BYTES));
        for (long done = 0; done < length; ) {
            int part = (int) Math.min(piece.capacity(), length - done);
            long at = to > from ? length - done - part : done;
            device.read(from + at, piece.clear().limit(part));
            device.write(to + at, piece.flip());
            done += part;
        }
    }
}
