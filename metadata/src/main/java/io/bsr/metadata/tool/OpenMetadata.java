package io.bsr.metadata.tool;

import io.bsr.metadata.BitmapLayout;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Valid metadata on a device: every check of the metadata reference, section 7.1, was passed. */
public final class OpenMetadata {
    private final MetadataDevice device;
    private final MetadataLayout layout;
    private final Superblock superblock;
    private final List<String> remarks = new ArrayList<>();

    private OpenMetadata(MetadataDevice device, MetadataLayout layout, Superblock superblock) {
        this.device = device;
        this.layout = layout;
        this.superblock = superblock;
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
     * Opens the metadata of a device.
     *
     * @throws MetadataException NOT_FOUND, OLD_FORMAT, INVALID, DEVICE_TOO_SMALL or IO
     */
    public static OpenMetadata open(MetadataDevice device, Placement placement) throws MetadataException {
        return open(device, placement, device.size());
    }

    /** Opens metadata that were made when the device had {@code formerSize} bytes, at most its present size. */
    static OpenMetadata open(MetadataDevice device, Placement placement, long formerSize) throws MetadataException {
        Superblock superblock = Superblock.decode(Blocks.superblock(device, placement, formerSize), 0);
        return new OpenMetadata(device, MetadataLayout.of(superblock, placement, formerSize), superblock);
    }

    public MetadataDevice device() {
        return device;
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

    /** The bitmap of the effective size. */
    public BitmapLayout bitmap() throws MetadataException {
        return layout.bitmapFor(superblock.effectiveSectors);
    }

    /** Writes the superblock over its old self and forces it. */
    public void writeSuperblock() throws MetadataException {
        ByteBuffer block = Blocks.buffer(1);
        superblock.encode(block, 0);
        device.write(layout.superblockOffset(), block);
        device.force();
    }
}
