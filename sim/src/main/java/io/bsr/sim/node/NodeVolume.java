package io.bsr.sim.node;

import io.bsr.sim.disk.SimDisk;
import io.bsr.sim.oracle.Violation;

/**
 * The disks of a volume on one node.
 *
 * @param meta the same object as {@code data} for internal metadata
 */
public record NodeVolume(VolumeSetup setup, SimDisk data, SimDisk meta) {
    /** Sectors that a volume has for its users. */
    public static long usableSectors(VolumeSetup volume, PairSetup setup) {
        return MetadataMaker.usableSectors(volume, setup.maxPeers());
    }

    /** What {@code create-md} does, and with synced copies also what an initial resync leaves behind. */
    public void createMetadata(int node, PairSetup pair) {
        MetadataMaker.create(meta, setup, pair.maxPeers(), node, pair.synced());
    }

    /**
     * I9: whoever has detached a disk may do with it what he likes.
     *
     * @throws Violation if something is still being written to it
     */
    void requireNoWrites(String ended) {
        if (data.writing() || meta.writing()) {
            throw new Violation(
                    "I9", ended + " has ended, but the disks of volume " + setup.number() + " are written to");
        }
    }

    /** What {@code create-md} does on a disk that had metadata. */
    public void createMetadataAnew(int node, PairSetup pair) {
        MetadataMaker.createAnew(meta, setup, pair.maxPeers(), node);
    }
}
