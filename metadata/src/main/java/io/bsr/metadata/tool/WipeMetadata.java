package io.bsr.metadata.tool;

import io.bsr.metadata.MetadataException;

/** Makes metadata unrecognisable: zeroes the superblock. Bitmap and activity log stay. */
public final class WipeMetadata {
    private WipeMetadata() {}

    /** Wipes metadata. */
    public static void wipe(OpenMetadata metadata) throws MetadataException {
        SuperblockUpdate.clear(metadata.device(), metadata.layout().superblockOffset());
    }
}
