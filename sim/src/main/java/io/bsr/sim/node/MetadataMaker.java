package io.bsr.sim.node;

import io.bsr.metadata.ActivityLogBlock;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;
import io.bsr.sim.disk.SimDisk;
import java.nio.ByteBuffer;

/** What {@code create-md} does, on a simulated disk. */
final class MetadataMaker {
    /** Generation of data that were made equal before the world began. */
    private static final long COMMON_UUID = 0x5EED0000C0FFEE00L;

    private MetadataMaker() {}

    static long usableSectors(VolumeSetup volume, int maxPeers) {
        return layout(volume, maxPeers).usableSectors(volume.dataBytes());
    }

    /** Writes superblock and activity log; the bitmap of a new disk is zero already. */
    static void create(SimDisk meta, VolumeSetup volume, int maxPeers, int node, boolean synced) {
        MetadataLayout layout = layout(volume, maxPeers);
        Superblock superblock = Superblock.create(layout);
        superblock.deviceUuid = 0x1000 + node * 16L + volume.number();
        if (synced) {
            superblock.nodeId = node;
            superblock.currentUuid = COMMON_UUID;
            superblock.effectiveSectors = layout.usableSectors(volume.dataBytes());
            superblock.set(DeviceFlag.CONSISTENT | DeviceFlag.WAS_UP_TO_DATE, true);
            superblock.allocateSlot(1 - node);
            superblock.peer(1 - node).set(PeerFlag.DEVICE_SEEN, true);
        }
        write(meta, layout, superblock);
    }

    private static void write(SimDisk meta, MetadataLayout layout, Superblock superblock) {
        byte[] block = new byte[Superblock.BYTES];
        superblock.encode(ByteBuffer.wrap(block), 0);
        meta.prepare(layout.superblockOffset(), block);
        byte[] log = new byte[ActivityLogBlock.BYTES];
        new ActivityLogBlock().encodeInitialised(ByteBuffer.wrap(log), 0);
        for (int i = 0; i < layout.ring().blocks(); i++) {
            meta.prepare(layout.alOffset() + (long) i * log.length, log);
        }
    }

    /** Writes new metadata over old ones, on a disk that may have grown since those were made. */
    static void createAnew(SimDisk meta, VolumeSetup volume, int maxPeers, int node) {
        // As the tool's own flush does; else what is still cached would come back over what it writes.
        meta.writeBack();
        MetadataLayout layout = layout(volume, meta.size(), maxPeers);
        meta.prepare(layout.bitmapOffset(), new byte[Math.toIntExact(layout.bitmapAreaBytes())]);
        Superblock superblock = Superblock.create(layout);
        superblock.deviceUuid = 0x1000 + node * 16L + volume.number();
        write(meta, layout, superblock);
    }

    private static MetadataLayout layout(VolumeSetup volume, int maxPeers) {
        return layout(volume, volume.placement().internal() ? volume.dataBytes() : volume.metaBytes(), maxPeers);
    }

    private static MetadataLayout layout(VolumeSetup volume, long device, int maxPeers) {
        try {
            return MetadataLayout.forDevice(volume.placement(), device, maxPeers, volume.ring());
        } catch (MetadataException e) {
            throw new IllegalArgumentException("no metadata for " + volume, e);
        }
    }
}
