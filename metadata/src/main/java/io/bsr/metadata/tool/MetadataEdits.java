package io.bsr.metadata.tool;

import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;

/** The small changes that tools make to a superblock; {@link OpenMetadata#writeSuperblock} stores them. */
public final class MetadataEdits {
    private MetadataEdits() {}

    /** The disk state that the flags stand for, as {@code bsrmeta dstate} prints it. */
    public static String diskState(Superblock superblock) {
        if (!superblock.has(DeviceFlag.CONSISTENT)) {
            return "Inconsistent";
        }
        if (!superblock.has(DeviceFlag.WAS_UP_TO_DATE)) {
            return "Outdated";
        }
        // Whether the data is UpToDate only the peers know; the old flag says that the last peer was outdated.
        return superblock.has(DeviceFlag.PEER_OUT_DATED) ? "UpToDate" : "Consistent";
    }

    /**
     * Marks the data as outdated.
     *
     * @throws MetadataException INCONSISTENT if they are even worse
     */
    public static void outdate(Superblock superblock) throws MetadataException {
        if (!superblock.has(DeviceFlag.CONSISTENT)) {
            throw new MetadataException(
                    Code.INCONSISTENT,
                    "The data cannot be outdated",
                    "Device is inconsistent",
                    "Resynchronise it from a good peer");
        }
        superblock.set(DeviceFlag.WAS_UP_TO_DATE, false);
    }

    /** Marks the data as inconsistent: a full resync from a peer is needed. */
    public static void invalidate(Superblock superblock) {
        superblock.set(DeviceFlag.CONSISTENT | DeviceFlag.WAS_UP_TO_DATE, false);
        for (int node = 0; node < Superblock.PEERS; node++) {
            superblock.peer(node).set(PeerFlag.FULL_SYNC, true);
        }
    }

    /** {@link #invalidate} for metadata of v08, where the flag is the device's. */
    public static void invalidateV08(Superblock superblock) {
        superblock.set(DeviceFlag.CONSISTENT | DeviceFlag.WAS_UP_TO_DATE, false);
        superblock.set(DeviceFlag.FULL_SYNC, true);
    }
}
