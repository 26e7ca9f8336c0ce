package io.bsr.metadata.tool;

import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.FormatVersion;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;
import io.bsr.metadata.SuperblockV08;
import java.nio.ByteBuffer;

/**
 * Makes metadata of v09 from those of v08 (metadata reference, section 6.4), as drbdmeta does: current and history UUIDs,
 * sizes, device UUID and bitmap stay; what v08 says of its peer goes to peer entry 0; the bitmap UUID is lost, for nothing
 * says which node it was for. One bitmap slot, the activity log keeps its size.
 *
 * <p>The activity log is applied first, for v09 could not read one of the old format. Then only the superblock changes, in
 * one step.
 */
public final class ConvertMetadata {
    private static final int ONLY_V08 = DeviceFlag.CONNECTED_IND | DeviceFlag.FULL_SYNC | DeviceFlag.PEER_OUT_DATED;

    /** What was done: the metadata as they are now, and what the activity log said. */
    public record Converted(OpenMetadata metadata, ApplyActivityLog.Report log) {}

    private ConvertMetadata() {}

    /**
     * Converts metadata.
     *
     * @param old of v08
     * @throws MetadataException LOG_UNREADABLE or LOG_USELESS (nothing was changed), IO
     */
    public static Converted toV09(OpenMetadata old, Progress progress) throws MetadataException {
        if (old.version() != FormatVersion.V08) {
            throw new IllegalArgumentException("metadata of " + old.version());
        }
        ApplyActivityLog.Report log = ApplyActivityLog.apply(old, progress);
        Superblock converted = converted(old);
        ByteBuffer block = Blocks.buffer(1);
        converted.encode(block, 0);
        SuperblockUpdate.replace(old.device(), old.layout().superblockOffset(), block);
        return new Converted(OpenMetadata.written(old.device(), old.layout(), converted), log);
    }

    private static Superblock converted(OpenMetadata old) {
        Superblock superblock = old.superblock().copy();
        superblock.place(old.layout());
        PeerEntry peer = superblock.peer(SuperblockV08.PEER);
        peer.bitmapUuid = 0;
        peer.set(PeerFlag.CONNECTED, superblock.has(DeviceFlag.CONNECTED_IND));
        peer.set(PeerFlag.FULL_SYNC, superblock.has(DeviceFlag.FULL_SYNC));
        peer.set(PeerFlag.OUTDATED, superblock.has(DeviceFlag.PEER_OUT_DATED));
        superblock.set(ONLY_V08, false);
        return superblock;
    }
}
