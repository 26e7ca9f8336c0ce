package io.bsr.metadata.tool;

import io.bsr.base.Units;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.Placement;
import java.nio.ByteBuffer;

/** Makes metadata unrecognisable: zeroes the superblock. Bitmap and activity log stay. */
public final class WipeMetadata {
    private WipeMetadata() {}

    /**
     * Wipes v09 metadata.
     *
     * @return false if there was nothing to wipe
     */
    public static boolean wipe(MetadataDevice device, Placement placement) throws MetadataException {
        try {
            OpenMetadata open = OpenMetadata.open(device, placement);
            clear(device, open.layout().superblockOffset());
            return true;
        } catch (MetadataException e) {
            if (e.code() == Code.IO) {
                throw e;
            }
            return false;
        }
    }

    /** Zeroes the block and forces the zeroes; nothing is written if it is zero already. */
    static void clear(MetadataDevice device, long offset) throws MetadataException {
        ByteBuffer found = Blocks.read(device, offset);
        ByteBuffer zeroes = Blocks.buffer(1);
        if (!found.equals(zeroes)) {
            device.write(offset, zeroes);
            device.force();
        }
        assert found.capacity() == Units.BLOCK_BYTES;
    }
}
