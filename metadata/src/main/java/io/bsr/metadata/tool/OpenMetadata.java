package io.bsr.metadata.tool;

import io.bsr.metadata.BitmapLayout;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.FormatVersion;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import io.bsr.metadata.SuperblockV08;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Valid metadata on a device: every check of the metadata reference, section 7.1, was passed. */
public final class OpenMetadata {
    private final MetadataDevice device;
    private final FormatVersion version;
    private final MetadataLayout layout;
    private final Superblock superblock;
    private final List<String> remarks = new ArrayList<>();

    /** Whether the magic number of v08 says that the device was in use. */
    private boolean inUse;

    private OpenMetadata(
            MetadataDevice device, FormatVersion version, MetadataLayout layout, Superblock superblock, boolean inUse) {
        this.device = device;
        this.version = version;
        this.layout = layout;
        this.superblock = superblock;
        this.inUse = inUse;
        if (!layout.sizeAsIn(superblock)) {
            remarks.add(
                    "strange md_size_sect " + superblock.mdSizeSectors + " (expected: " + layout.mdSizeSectors() + ")");
        }
        long usable = layout.usableSectors();
        if (Long.compareUnsigned(superblock.effectiveSectors, usable) > 0) {
            remarks.add("# la-size-sect was too big (" + Long.toUnsignedString(superblock.effectiveSectors)
                    + "), truncated (" + usable + ")!");
            superblock.effectiveSectors = usable;
        }
    }

    /**
     * Opens the v09 metadata of a device.
     *
     * @throws MetadataException NOT_FOUND, OLD_FORMAT, INVALID, DEVICE_TOO_SMALL or IO
     */
    public static OpenMetadata open(MetadataDevice device, Placement placement) throws MetadataException {
        return open(device, placement, FormatVersion.V09, device.size());
    }

    /** Opens the metadata of a device that must be of this version. */
    public static OpenMetadata open(MetadataDevice device, Placement placement, FormatVersion version)
            throws MetadataException {
        return open(device, placement, version, device.size());
    }

    /** Opens metadata that were made when the device had {@code formerSize} bytes, at most its present size. */
    static OpenMetadata open(MetadataDevice device, Placement placement, FormatVersion version, long formerSize)
            throws MetadataException {
        ByteBuffer block = Blocks.superblock(device, placement, formerSize);
        return decode(device, block, placement, version, formerSize);
    }

    /** Metadata whose superblock was read already. */
    static OpenMetadata decode(
            MetadataDevice device, ByteBuffer block, Placement placement, FormatVersion version, long deviceBytes)
            throws MetadataException {
        Superblock superblock =
                switch (version) {
                    case V08 -> SuperblockV08.decode(block, 0);
                    case V09 -> Superblock.decode(block, 0);
                };
        MetadataLayout layout = MetadataLayout.of(superblock, placement, deviceBytes);
        if (version == FormatVersion.V08 && placement.internal() && !layout.sizeAsIn(superblock)) {
            throw Superblock.invalid(
                    "size of " + superblock.mdSizeSectors + " sectors, expected " + layout.mdSizeSectors());
        }
        boolean inUse = version == FormatVersion.V08 && SuperblockV08.unclean(block, 0);
        return new OpenMetadata(device, version, layout, superblock, inUse);
    }

    /** Metadata of v09 as they were just written. */
    static OpenMetadata written(MetadataDevice device, MetadataLayout layout, Superblock superblock) {
        return new OpenMetadata(device, FormatVersion.V09, layout, superblock, false);
    }

    public MetadataDevice device() {
        return device;
    }

    public FormatVersion version() {
        return version;
    }

    public MetadataLayout layout() {
        return layout;
    }

    /** The superblock; changes reach the disk with {@link #writeSuperblock}. */
    public Superblock superblock() {
        return superblock;
    }

    /** What is odd but no reason to refuse, in bsr's words; an oversized effective size was clipped. */
    public List<String> remarks() {
        return List.copyOf(remarks);
    }

    /** True unless the activity log must be applied before the bitmap can be trusted. */
    public boolean clean() {
        return version == FormatVersion.V08 ? !inUse : superblock.has(DeviceFlag.AL_CLEAN);
    }

    /** The activity log has been applied. */
    void setClean() {
        inUse = false;
        superblock.set(DeviceFlag.AL_CLEAN, true);
    }

    /** The bitmap of the effective size. */
    public BitmapLayout bitmap() throws MetadataException {
        return layout.bitmapFor(superblock.effectiveSectors);
    }

    /** Replaces the superblock by what it says here; a crash leaves the old or the new one. Everything is durable then. */
    public void writeSuperblock() throws MetadataException {
        ByteBuffer block = Blocks.buffer(1);
        switch (version) {
            case V08 -> SuperblockV08.encode(superblock, inUse, block, 0);
            case V09 -> superblock.encode(block, 0);
        }
        SuperblockUpdate.replace(device, layout.superblockOffset(), block);
    }
}
