package io.bsr.metadata;

import io.bsr.metadata.MetadataException.Code;
import java.nio.ByteBuffer;

/**
 * Codec of the superblock of DRBD 8 (metadata reference, section 6.1). 4096 bytes, big-endian:
 *
 * <pre>
 *     0  u64  effective size, sectors              68  s32  activity-log offset, sectors
 *     8  u64  current UUID                         72  u32  activity-log extents
 *    16  u64  bitmap UUID                          76  s32  bitmap offset, sectors
 *    24  2 x u64 history UUIDs                     80  u32  bytes per bit, 4096
 *    40  u64  device UUID                          84  u32  largest request of the peer, bytes
 *    48  u64  reserved, 0                          88  u32  activity-log stripes
 *    56  u32  flags                                92  u32  4 KiB blocks per stripe
 *    60  u32  magic 0x8374026B, in use …6C         96  zeroes
 *    64  u32  size of the metadata, sectors
 * </pre>
 *
 * The model is that of v09, {@link Superblock}, with one slot: the bitmap UUID is that of peer entry 0, the flags are as
 * stored, {@link DeviceFlag#CONNECTED_IND} and its like among them. Everything is in the first 512 bytes.
 */
public final class SuperblockV08 {
    /** The one peer's entry. */
    public static final int PEER = 0;

    /** History UUIDs. */
    public static final int HISTORY = 2;

    private static final int AT_DEVICE_UUID = 40;
    private static final int AT_STRIPES = 88;
    private static final int AT_STRIPE_BLOCKS = 92;

    /** What two zeroes in place of the stripes stand for. */
    private static final ActivityLogRing UNSTATED_RING = new ActivityLogRing(1, 8);

    private SuperblockV08() {}

    /** True if the block has a magic number of v08. */
    public static boolean recognised(ByteBuffer block, int offset) {
        int magic = block.getInt(offset + Superblock.AT_MAGIC);
        return magic == Superblock.MAGIC_V08 || magic == Superblock.MAGIC_V08_UNCLEAN;
    }

    /** True if the magic number says that the device was in use when it was last written. */
    public static boolean unclean(ByteBuffer block, int offset) {
        return block.getInt(offset + Superblock.AT_MAGIC) == Superblock.MAGIC_V08_UNCLEAN;
    }

    /**
     * Reads a superblock and checks each field by itself; then {@link MetadataLayout#of}.
     *
     * @param block big-endian, with 4096 bytes from {@code offset}
     * @throws MetadataException NOT_FOUND or INVALID
     */
    public static Superblock decode(ByteBuffer block, int offset) throws MetadataException {
        if (!recognised(block, offset)) {
            throw new MetadataException(
                    Code.NOT_FOUND,
                    "No metadata found",
                    "there is no magic number of v08",
                    "Check device, format and kind of metadata");
        }
        int bytesPerBit = block.getInt(offset + 80);
        if (bytesPerBit != Superblock.BYTES_PER_BIT) {
            throw Superblock.invalid(
                    "bytes per bitmap bit is " + bytesPerBit + ", must be " + Superblock.BYTES_PER_BIT);
        }
        Superblock read = new Superblock();
        read.effectiveSectors = block.getLong(offset);
        read.currentUuid = block.getLong(offset + 8);
        read.peer(PEER).bitmapUuid = block.getLong(offset + 16);
        for (int i = 0; i < HISTORY; i++) {
            read.history(i, block.getLong(offset + 24 + i * Long.BYTES));
        }
        read.deviceUuid = block.getLong(offset + AT_DEVICE_UUID);
        read.flags = block.getInt(offset + Superblock.AT_FLAGS);
        read.mdSizeSectors = Integer.toUnsignedLong(block.getInt(offset + 64));
        read.alOffsetSectors = block.getInt(offset + 68);
        read.alExtents = block.getInt(offset + 72);
        read.bmOffsetSectors = block.getInt(offset + 76);
        read.peerMaxBioBytes = block.getInt(offset + 84);
        read.maxPeers = 1;
        read.nodeId = Superblock.NO_NODE;
        read.alStripes = block.getInt(offset + AT_STRIPES);
        read.alStripeBlocks = block.getInt(offset + AT_STRIPE_BLOCKS);
        if (read.alStripes == 0 && read.alStripeBlocks == 0) {
            read.alStripes = UNSTATED_RING.stripes();
            read.alStripeBlocks = UNSTATED_RING.stripeBlocks();
        }
        if (!ActivityLogRing.valid(read.alStripes, read.alStripeBlocks)) {
            throw Superblock.invalid("activity log of " + Integer.toUnsignedString(read.alStripes) + " stripes of "
                    + Integer.toUnsignedString(read.alStripeBlocks) + " blocks");
        }
        return read;
    }

    /** Writes all 4096 bytes. {@code block} is big-endian. */
    public static void encode(Superblock superblock, boolean unclean, ByteBuffer block, int offset) {
        for (int at = 0; at < Superblock.BYTES; at += Long.BYTES) {
            block.putLong(offset + at, 0);
        }
        block.putLong(offset, superblock.effectiveSectors);
        block.putLong(offset + 8, superblock.currentUuid);
        block.putLong(offset + 16, superblock.peer(PEER).bitmapUuid);
        for (int i = 0; i < HISTORY; i++) {
            block.putLong(offset + 24 + i * Long.BYTES, superblock.history(i));
        }
        block.putLong(offset + AT_DEVICE_UUID, superblock.deviceUuid);
        block.putInt(offset + Superblock.AT_FLAGS, superblock.flags);
        block.putInt(offset + Superblock.AT_MAGIC, unclean ? Superblock.MAGIC_V08_UNCLEAN : Superblock.MAGIC_V08);
        block.putInt(offset + 64, (int) superblock.mdSizeSectors);
        block.putInt(offset + 68, superblock.alOffsetSectors);
        block.putInt(offset + 72, superblock.alExtents);
        block.putInt(offset + 76, superblock.bmOffsetSectors);
        block.putInt(offset + 80, Superblock.BYTES_PER_BIT);
        block.putInt(offset + 84, superblock.peerMaxBioBytes);
        block.putInt(offset + AT_STRIPES, superblock.alStripes);
        block.putInt(offset + AT_STRIPE_BLOCKS, superblock.alStripeBlocks);
    }
}
