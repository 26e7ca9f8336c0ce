package io.bsr.metadata;

import io.bsr.base.Units;
import io.bsr.metadata.MetadataException.Code;

/**
 * Where superblock, activity log and bitmap are on a device (metadata reference, sections 2.2 to 2.4).
 *
 * <p>Internal metadata end at the device's last whole 4 KiB block with the superblock; the bitmap is sized for the whole
 * device, the metadata included. External metadata begin with the superblock.
 *
 * @param placement the kind of place
 * @param deviceBytes size of the device with the metadata, in bytes
 * @param maxPeers bitmap slots, 1 … 32
 * @param ring the activity log
 * @param superblockOffset in bytes from the start of the device, a multiple of 4096
 * @param mdSizeSectors size of the metadata as the superblock names it
 * @param alOffsetSectors activity log relative to the superblock
 * @param bmOffsetSectors bitmap relative to the superblock
 */
public record MetadataLayout(
        Placement placement,
        long deviceBytes,
        int maxPeers,
        ActivityLogRing ring,
        long superblockOffset,
        long mdSizeSectors,
        int alOffsetSectors,
        int bmOffsetSectors) {
    /** Largest volume: 1 PiB in sectors. */
    public static final long MAX_SECTORS = 1L << 41;

    /** Smallest device that metadata are created on: 68 KiB. */
    public static final long MIN_DEVICE_BYTES = 68 << 10;

    /** Largest bitmap area of internal metadata: 32 GiB. */
    private static final long MAX_INTERNAL_BITMAP_BYTES = 32L << 30;

    private static final int SECTOR = 1 << Units.SECTOR_SHIFT;
    private static final int SECTORS_PER_BLOCK = Units.BLOCK_BYTES / SECTOR;

    /** The size field has 32 bits; a larger device is simply not used beyond. */
    private static final long MAX_MD_SECTORS = 0xFFFF_FFF8L;

    /** Bytes of a bitmap for {@code sectors} sectors and {@code peers} slots: whole 64-bit words per slot, whole blocks. */
    public static long bitmapBytes(long sectors, int peers) {
        long words = Math.ceilDiv(BitmapLayout.bitsOfSectors(sectors), Long.SIZE);
        return Math.ceilDiv(words * Long.BYTES * peers, (long) Units.BLOCK_BYTES) * Units.BLOCK_BYTES;
    }

    /** Offset of the superblock, in bytes. Negative if an internal device is smaller than a block. */
    public static long superblockOffset(Placement placement, long deviceBytes) {
        return switch (placement) {
            case Placement.Internal() -> (deviceBytes - Units.BLOCK_BYTES) & -Units.BLOCK_BYTES;
            case Placement.FlexibleExternal() -> 0;
            case Placement.Indexed(int index) -> index * Placement.Indexed.SLOT_BYTES;
        };
    }

    /**
     * The layout of new metadata.
     *
     * @param deviceBytes size of the device that gets the metadata
     * @param maxPeers 1 … 32
     * @throws MetadataException ARGUMENT, DEVICE_TOO_SMALL or DEVICE_TOO_LARGE
     */
    public static MetadataLayout forDevice(Placement placement, long deviceBytes, int maxPeers, ActivityLogRing ring)
            throws MetadataException {
        if (maxPeers < 1 || maxPeers > Superblock.PEERS) {
            throw new MetadataException(
                    Code.ARGUMENT,
                    "Metadata for " + maxPeers + " peers are not possible",
                    "there are 1 to " + Superblock.PEERS + " bitmap slots",
                    "Choose another number of peers");
        }
        if (deviceBytes < MIN_DEVICE_BYTES) {
            throw tooSmall(deviceBytes, MIN_DEVICE_BYTES, placement);
        }
        if (placement.internal() && deviceBytes >> Units.SECTOR_SHIFT > MAX_SECTORS) {
            throw new MetadataException(
                    Code.DEVICE_TOO_LARGE,
                    "The device of " + deviceBytes + " bytes is too large",
                    "a volume has at most 1 PiB",
                    "Use a smaller device or external metadata");
        }
        long sectors = deviceBytes >> Units.SECTOR_SHIFT;
        long superblock = superblockOffset(placement, deviceBytes);
        int al = ring.sectors();
        return switch (placement) {
            case Placement.Internal() -> {
                long bitmap = bitmapBytes(sectors, maxPeers);
                if (bitmap > MAX_INTERNAL_BITMAP_BYTES) {
                    throw new MetadataException(
                            Code.DEVICE_TOO_LARGE,
                            "The device of " + deviceBytes + " bytes is too large for " + maxPeers + " peers",
                            "its bitmap of " + bitmap + " bytes exceeds 32 GiB",
                            "Use fewer peers (--max-peers) or external metadata");
                }
                long size = (bitmap >> Units.SECTOR_SHIFT) + al + SECTORS_PER_BLOCK;
                if (superblock + (SECTORS_PER_BLOCK - size) * SECTOR <= 0) {
                    throw tooSmall(deviceBytes, size * SECTOR + Units.BLOCK_BYTES, placement);
                }
                yield new MetadataLayout(placement, deviceBytes, maxPeers, ring, superblock, size, -al, (int)
                        (SECTORS_PER_BLOCK - size));
            }
            case Placement.FlexibleExternal() ->
                external(placement, deviceBytes, maxPeers, ring, superblock, Math.min(sectors, MAX_MD_SECTORS));
            case Placement.Indexed(int index) -> {
                long end = superblock + Placement.Indexed.SLOT_BYTES;
                if (deviceBytes < end) {
                    throw tooSmall(deviceBytes, end, placement);
                }
                yield external(
                        placement,
                        deviceBytes,
                        maxPeers,
                        ring,
                        superblock,
                        Placement.Indexed.SLOT_BYTES >> Units.SECTOR_SHIFT);
            }
        };
    }

    /**
     * The layout of existing metadata. Their offsets must be those that create-md would use on a device of this size.
     *
     * <p>The size field is not compared: of external metadata it differs after the device has grown, of internal ones
     * it follows from the offsets (the tools of the family only remark on it; see {@link #sizeAsIn}).
     *
     * @param deviceBytes present size of the device with the metadata
     * @throws MetadataException INVALID if the superblock has other offsets, else as {@link #forDevice}
     */
    public static MetadataLayout of(Superblock superblock, Placement placement, long deviceBytes)
            throws MetadataException {
        MetadataLayout expected = forDevice(placement, deviceBytes, superblock.maxPeers, superblock.ring());
        if (superblock.alOffsetSectors != expected.alOffsetSectors) {
            throw Superblock.invalid("activity log at sector " + superblock.alOffsetSectors + ", expected at "
                    + expected.alOffsetSectors);
        }
        if (superblock.bmOffsetSectors != expected.bmOffsetSectors) {
            throw Superblock.invalid(
                    "bitmap at sector " + superblock.bmOffsetSectors + ", expected at " + expected.bmOffsetSectors);
        }
        return expected;
    }

    /** True if the superblock names the size that this layout has. */
    public boolean sizeAsIn(Superblock superblock) {
        return superblock.mdSizeSectors == mdSizeSectors;
    }

    /** First byte of the activity log on the device. */
    public long alOffset() {
        return superblockOffset + (long) alOffsetSectors * SECTOR;
    }

    /** First byte of the bitmap on the device. */
    public long bitmapOffset() {
        return superblockOffset + (long) bmOffsetSectors * SECTOR;
    }

    /** Byte on the device where a transaction of the activity log goes. */
    public long transactionOffset(int transaction) {
        return alOffset() + ring.offsetOf(transaction);
    }

    /** Size of the bitmap area in bytes, a multiple of 4096. */
    public long bitmapAreaBytes() {
        long sectors =
                placement.internal() ? alOffsetSectors - (long) bmOffsetSectors : mdSizeSectors - bmOffsetSectors;
        return sectors * SECTOR & -Units.BLOCK_BYTES;
    }

    /** Bits per slot that the bitmap area has room for. */
    public long bitmapCapacityBits() {
        return bitmapAreaBytes() * Byte.SIZE / Long.SIZE / maxPeers * Long.SIZE;
    }

    /** First byte of the device that belongs to the metadata. */
    public long firstByte() {
        return placement.internal() ? bitmapOffset() : superblockOffset;
    }

    /** Largest volume that these metadata allow, in sectors: before internal metadata, or what the bitmap covers. */
    public long usableSectors() {
        long covered = bitmapCapacityBits() * Units.SECTORS_PER_BIT;
        long limit = placement.internal() ? Math.min(firstByte() >> Units.SECTOR_SHIFT, covered) : covered;
        return Math.min(limit, MAX_SECTORS);
    }

    /** {@link #usableSectors()} on a data device of this size, which internal metadata share. */
    public long usableSectors(long dataDeviceBytes) {
        return Math.min(usableSectors(), dataDeviceBytes >> Units.SECTOR_SHIFT);
    }

    /**
     * The bitmap of a volume of {@code sectors} sectors in this area.
     *
     * @throws MetadataException BITMAP_SPACE if the area is too small for it
     */
    public BitmapLayout bitmapFor(long sectors) throws MetadataException {
        if (sectors < 0 || sectors > MAX_SECTORS || BitmapLayout.bitsOfSectors(sectors) > bitmapCapacityBits()) {
            throw new MetadataException(
                    Code.BITMAP_SPACE,
                    "The bitmap does not fit",
                    "a volume of " + Long.toUnsignedString(sectors) + " sectors needs more than the "
                            + bitmapCapacityBits() + " bits per peer that the metadata have room for",
                    "Use a larger metadata device, fewer peers, or a smaller volume");
        }
        return BitmapLayout.ofSectors(sectors, maxPeers);
    }

    private static MetadataLayout external(
            Placement placement, long deviceBytes, int maxPeers, ActivityLogRing ring, long superblock, long size)
            throws MetadataException {
        int al = ring.sectors();
        int bitmap = SECTORS_PER_BLOCK + al;
        if (size < bitmap + SECTORS_PER_BLOCK) {
            throw tooSmall(deviceBytes, (long) (bitmap + SECTORS_PER_BLOCK) * SECTOR, placement);
        }
        return new MetadataLayout(placement, deviceBytes, maxPeers, ring, superblock, size, SECTORS_PER_BLOCK, bitmap);
    }

    private static MetadataException tooSmall(long deviceBytes, long needed, Placement placement) {
        return new MetadataException(
                Code.DEVICE_TOO_SMALL,
                "The device is too small for metadata",
                "it has " + deviceBytes + " bytes, " + placement + " metadata need at least " + needed,
                "Use a larger device or a smaller activity log");
    }
}
