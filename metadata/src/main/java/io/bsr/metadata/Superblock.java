package io.bsr.metadata;

import io.bsr.base.Units;
import io.bsr.metadata.MetadataException.Code;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * The v09 superblock in memory: one per attached disk, changed in place and encoded whole (metadata reference, section
 * 3). 4096 bytes, big-endian:
 *
 * <pre>
 *     0  u64  effective size, sectors              72  u32  activity-log extents (informative)
 *     8  u64  current UUID                         76  s32  bitmap offset, sectors
 *    16  4 x u64 reserved, 0                       80  u32  bytes per bit, 4096
 *    48  u64  device UUID                          84  u32  largest request of the peer, bytes
 *    56  u32  flags                                88  u32  max-peers
 *    60  u32  magic 0x8374026D                     92  s32  node id, -1 unknown
 *    64  u32  size of the metadata, sectors        96  u32  activity-log stripes
 *    68  s32  activity-log offset, sectors        100  u32  4 KiB blocks per stripe
 *   104  2 x u32 reserved, 0
 *   112  32 x 32 peer entries, by node id: u64 bitmap UUID, u64 dagtag, u32 flags, s32 slot, 8 reserved
 *  1136  32 x u64 history UUIDs, youngest first
 *  1392  zeroes
 * </pre>
 *
 * There is no checksum, so {@link #decode} checks every field that has a range, and {@link MetadataLayout#of} the
 * offsets. The fields are public for the one owner, which is not expected to go through accessors for every flag.
 */
public final class Superblock {
    public static final int BYTES = Units.BLOCK_BYTES;

    /** Magic number of v09. */
    public static final int MAGIC = 0x8374026D;

    /** Peer entries, and the largest number of bitmap slots. */
    public static final int PEERS = 32;

    /** History UUIDs. */
    public static final int HISTORY = 32;

    /** The only bitmap granularity of the format. */
    public static final int BYTES_PER_BIT = 1 << Units.BIT_SHIFT;

    /** Current UUID of metadata that was just created. */
    public static final long UUID_JUST_CREATED = 4;

    /** Bit of a UUID that says "its maker was Primary"; not part of its identity. */
    public static final long UUID_PRIMARY = 1;

    /** {@link #nodeId} of metadata that was never attached. */
    public static final int NO_NODE = -1;

    /** {@link #alExtents} as create-md writes it. */
    public static final int CREATED_AL_EXTENTS = 257;

    static final int AT_FLAGS = 56;
    static final int AT_MAGIC = 60;
    static final int AT_PEERS = 112;
    static final int PEER_BYTES = 32;
    static final int AT_HISTORY = 1136;

    private static final int MAGIC_BASE = 0x83740267;
    private static final int MAGIC_V07 = MAGIC_BASE + 3;
    static final int MAGIC_V08 = MAGIC_BASE + 4;
    static final int MAGIC_V08_UNCLEAN = MAGIC_BASE + 5;
    private static final int AT_MAGIC_V07 = 28;
    private static final String DAMAGED_REMEDY =
            "The superblock is damaged or not of this family: restore a dump, or create new metadata";

    /** Last agreed size of the volume, in sectors, unsigned; 0: never agreed. */
    public long effectiveSectors;

    /** Generation of the data; {@link #UUID_JUST_CREATED} after create-md. */
    public long currentUuid;

    /** Random name of this device; 0: none. */
    public long deviceUuid;

    /** {@link DeviceFlag} masks. */
    public int flags;

    /** Size of the metadata in sectors, 0 … 2³² − 1. Derived: {@link #place}. */
    public long mdSizeSectors;

    /** Start of the activity log relative to the superblock, in sectors. Derived: {@link #place}. */
    public int alOffsetSectors;

    /** Start of the bitmap relative to the superblock, in sectors. Derived: {@link #place}. */
    public int bmOffsetSectors;

    /** Size of the active set of the last user; informative. */
    public int alExtents;

    /** Largest request, in bytes; informative. */
    public int peerMaxBioBytes;

    /** Number of bitmap slots, 1 … 32. */
    public int maxPeers;

    /** Own node id, or {@link #NO_NODE} before the first attach. */
    public int nodeId;

    /** Stripes of the activity log, at least 1. */
    public int alStripes;

    /** Blocks of 4 KiB per stripe, at least 1. */
    public int alStripeBlocks;

    private final PeerEntry[] peers = new PeerEntry[PEERS];
    private final long[] history = new long[HISTORY];

    /**
     * A superblock to be filled in: everything 0, no node has a slot. It is not valid before {@link #place} and the
     * UUIDs are set.
     */
    public Superblock() {
        for (int i = 0; i < PEERS; i++) {
            peers[i] = new PeerEntry();
        }
    }

    /** The superblock that create-md writes: just created, clean activity log, no peers. */
    public static Superblock create(MetadataLayout layout) {
        Superblock created = new Superblock();
        created.currentUuid = UUID_JUST_CREATED;
        created.flags = DeviceFlag.AL_CLEAN;
        created.alExtents = CREATED_AL_EXTENTS;
        created.nodeId = NO_NODE;
        created.place(layout);
        return created;
    }

    /**
     * The same metadata for a time in which their bitmap and activity log are not to be trusted: every peer is to be
     * resynchronised in full. That the node was Primary is kept in the flag that does not need the activity log.
     */
    public Superblock cautious() {
        Superblock cautious = copy();
        if (cautious.has(DeviceFlag.PRIMARY_IND)) {
            cautious.set(DeviceFlag.PRIMARY_IND, false);
            cautious.set(DeviceFlag.CRASHED_PRIMARY, true);
        }
        cautious.set(DeviceFlag.AL_CLEAN, true);
        for (PeerEntry peer : cautious.peers) {
            peer.set(PeerFlag.FULL_SYNC, true);
        }
        return cautious;
    }

    /** Takes over the offsets and sizes of a layout, which may differ from the present ones after a resize. */
    public void place(MetadataLayout layout) {
        mdSizeSectors = layout.mdSizeSectors();
        alOffsetSectors = layout.alOffsetSectors();
        bmOffsetSectors = layout.bmOffsetSectors();
        maxPeers = layout.maxPeers();
        alStripes = layout.ring().stripes();
        alStripeBlocks = layout.ring().stripeBlocks();
    }

    /** The entry of a node, 0 … 31. */
    public PeerEntry peer(int node) {
        return peers[node];
    }

    /** A history UUID, 0 (youngest) … 31; 0 if there is none. */
    public long history(int index) {
        return history[index];
    }

    /** Overwrites a history UUID as it is. The rule for adding one is {@link #pushHistory}. */
    public void history(int index, long uuid) {
        history[index] = uuid;
    }

    public boolean has(int mask) {
        return (flags & mask) == mask;
    }

    /** Sets or clears the {@link DeviceFlag}s in {@code mask}. */
    public void set(int mask, boolean on) {
        flags = on ? flags | mask : flags & ~mask;
    }

    public ActivityLogRing ring() {
        return new ActivityLogRing(alStripes, alStripeBlocks);
    }

    /** The bitmap as far as the effective size needs it. */
    public BitmapLayout bitmap() {
        return BitmapLayout.ofSectors(effectiveSectors, maxPeers);
    }

    /** True if both name the same generation of data, whoever of its holders was Primary. */
    public static boolean sameGeneration(long uuid, long other) {
        return ((uuid ^ other) & ~UUID_PRIMARY) == 0;
    }

    /**
     * Remembers a UUID that is given up: the mark of the Primary is removed; 0, "just created" and UUIDs that are in the
     * list already are ignored; the oldest is lost.
     */
    public void pushHistory(long uuid) {
        long value = uuid & ~UUID_PRIMARY;
        if (value == 0 || value == UUID_JUST_CREATED) {
            return;
        }
        for (long known : history) {
            if (sameGeneration(known, value)) {
                return;
            }
        }
        System.arraycopy(history, 0, history, 1, HISTORY - 1);
        history[0] = value;
    }

    /** Sets the bitmap UUID of a peer; an old one that is replaced by another goes to the history. */
    public void setBitmapUuid(int node, long uuid, long dagtag) {
        PeerEntry peer = peers[node];
        if (peer.bitmapUuid != 0 && peer.bitmapUuid != uuid) {
            pushHistory(peer.bitmapUuid);
        }
        peer.bitmapUuid = uuid;
        peer.bitmapDagtag = uuid == 0 ? 0 : dagtag;
    }

    /**
     * Begins a new generation: the current UUID becomes the bitmap UUID of each node of {@code lost} that has none, and
     * {@code next} becomes current. "Just created" gives no bitmap UUID, for nothing can be told apart from it.
     *
     * @param lost the known peers that do not get the coming writes, as a mask of node ids
     * @param dagtag present position in the write stream
     * @return the nodes that got a bitmap UUID
     */
    public long rotate(long next, long lost, long dagtag) {
        long base = currentUuid == UUID_JUST_CREATED ? 0 : currentUuid;
        long changed = 0;
        for (int node = 0; node < PEERS; node++) {
            PeerEntry peer = peers[node];
            if ((lost >>> node & 1) != 0 && node != nodeId && peer.bitmapUuid == 0 && base != 0) {
                peer.bitmapUuid = base;
                peer.bitmapDagtag = dagtag;
                changed |= 1L << node;
            }
        }
        currentUuid = next;
        return changed;
    }

    /**
     * Gives a peer a bitmap slot: the one it has, else the lowest that no node has.
     *
     * @return the slot, or {@link PeerEntry#NO_SLOT} if all are taken
     */
    public int allocateSlot(int node) {
        PeerEntry peer = peers[node];
        if (peer.hasSlot()) {
            return peer.bitmapIndex;
        }
        for (int slot = 0; slot < maxPeers; slot++) {
            if (nodeOfSlot(slot) < 0) {
                peer.bitmapIndex = slot;
                peer.set(PeerFlag.NODE_EXISTS, false);
                return slot;
            }
        }
        return PeerEntry.NO_SLOT;
    }

    /** The node that has a bitmap slot, or {@link #NO_NODE}. */
    public int nodeOfSlot(int slot) {
        for (int node = 0; node < PEERS; node++) {
            if (peers[node].bitmapIndex == slot) {
                return node;
            }
        }
        return NO_NODE;
    }

    /** Gives up a peer's slot, bitmap UUID and flags. The bits of the slot stay as they are on disk. */
    public void forgetPeer(int node) {
        PeerEntry peer = peers[node];
        peer.bitmapIndex = PeerEntry.NO_SLOT;
        peer.bitmapUuid = 0;
        peer.flags = 0;
    }

    /** Writes all 4096 bytes. {@code block} is big-endian. */
    public void encode(ByteBuffer block, int offset) {
        block.putLong(offset, effectiveSectors);
        block.putLong(offset + 8, currentUuid);
        for (int at = 16; at < 48; at += Long.BYTES) {
            block.putLong(offset + at, 0);
        }
        block.putLong(offset + 48, deviceUuid);
        block.putInt(offset + AT_FLAGS, flags);
        block.putInt(offset + AT_MAGIC, MAGIC);
        block.putInt(offset + 64, (int) mdSizeSectors);
        block.putInt(offset + 68, alOffsetSectors);
        block.putInt(offset + 72, alExtents);
        block.putInt(offset + 76, bmOffsetSectors);
        block.putInt(offset + 80, BYTES_PER_BIT);
        block.putInt(offset + 84, peerMaxBioBytes);
        block.putInt(offset + 88, maxPeers);
        block.putInt(offset + 92, nodeId);
        block.putInt(offset + 96, alStripes);
        block.putInt(offset + 100, alStripeBlocks);
        block.putLong(offset + 104, 0);
        for (int node = 0; node < PEERS; node++) {
            PeerEntry peer = peers[node];
            int at = offset + AT_PEERS + node * PEER_BYTES;
            block.putLong(at, peer.bitmapUuid);
            block.putLong(at + 8, peer.bitmapDagtag);
            block.putInt(at + 16, peer.flags);
            block.putInt(at + 20, peer.bitmapIndex);
            block.putLong(at + 24, 0);
        }
        for (int i = 0; i < HISTORY; i++) {
            block.putLong(offset + AT_HISTORY + i * Long.BYTES, history[i]);
        }
        for (int at = AT_HISTORY + HISTORY * Long.BYTES; at < BYTES; at += Long.BYTES) {
            block.putLong(offset + at, 0);
        }
    }

    /**
     * Reads a superblock, or the one that was about to replace it ({@link PendingSuperblock}), and checks each field by
     * itself. The offsets must then be compared with the device: {@link
     * MetadataLayout#of}. What only an attach asks for is in {@link #requireAttachable}.
     *
     * <p>Slot numbers are checked for the first max-peers entries only, and against the number of nodes, as the tools
     * of the family do; {@link #requireAttachable} checks all of them against max-peers.
     *
     * @param block big-endian, with 4096 bytes from {@code offset}
     * @throws MetadataException NOT_FOUND, OLD_FORMAT or INVALID
     */
    public static Superblock decode(ByteBuffer block, int offset) throws MetadataException {
        int magic = block.getInt(offset + AT_MAGIC);
        if (magic != MAGIC) {
            throw unknown(magic, block.getInt(offset + AT_MAGIC_V07));
        }
        if (PendingSuperblock.present(block, offset)) {
            ByteBuffer replaced = ByteBuffer.allocate(BYTES).put(0, block, offset, BYTES);
            PendingSuperblock.apply(replaced, 0);
            return fields(replaced, 0);
        }
        return fields(block, offset);
    }

    private static Superblock fields(ByteBuffer block, int offset) throws MetadataException {
        Superblock read = new Superblock();
        read.effectiveSectors = block.getLong(offset);
        read.currentUuid = block.getLong(offset + 8);
        read.deviceUuid = block.getLong(offset + 48);
        read.flags = block.getInt(offset + AT_FLAGS);
        read.mdSizeSectors = Integer.toUnsignedLong(block.getInt(offset + 64));
        read.alOffsetSectors = block.getInt(offset + 68);
        read.alExtents = block.getInt(offset + 72);
        read.bmOffsetSectors = block.getInt(offset + 76);
        int bytesPerBit = block.getInt(offset + 80);
        read.peerMaxBioBytes = block.getInt(offset + 84);
        read.maxPeers = block.getInt(offset + 88);
        read.nodeId = block.getInt(offset + 92);
        read.alStripes = block.getInt(offset + 96);
        read.alStripeBlocks = block.getInt(offset + 100);
        requireRange("max-peers", read.maxPeers, 1, PEERS);
        requireRange("node-id", read.nodeId, NO_NODE, PEERS - 1);
        requireRange("bytes per bitmap bit", bytesPerBit, BYTES_PER_BIT, BYTES_PER_BIT);
        if (!ActivityLogRing.valid(read.alStripes, read.alStripeBlocks)) {
            throw invalid("activity log of " + Integer.toUnsignedString(read.alStripes) + " stripes of "
                    + Integer.toUnsignedString(read.alStripeBlocks) + " blocks; allowed are "
                    + ActivityLogRing.MIN_BLOCKS
                    + " to " + ActivityLogRing.MAX_BLOCKS + " blocks in all");
        }
        for (int node = 0; node < PEERS; node++) {
            PeerEntry peer = read.peers[node];
            int at = offset + AT_PEERS + node * PEER_BYTES;
            peer.bitmapUuid = block.getLong(at);
            peer.bitmapDagtag = block.getLong(at + 8);
            peer.flags = block.getInt(at + 16);
            peer.bitmapIndex = block.getInt(at + 20);
            if (node < read.maxPeers) {
                requireRange("bitmap slot of node " + node, peer.bitmapIndex, PeerEntry.NO_SLOT, PEERS - 1);
            }
        }
        for (int i = 0; i < HISTORY; i++) {
            read.history[i] = block.getLong(offset + AT_HISTORY + i * Long.BYTES);
        }
        return read;
    }

    /**
     * What an attach asks for beyond a valid superblock: the activity log was applied, the metadata belong to this node,
     * the slots are in range and no two nodes share one, this node has none.
     *
     * @param node own node id
     * @throws MetadataException UNCLEAN, FOREIGN_NODE or INVALID
     */
    public void requireAttachable(int node) throws MetadataException {
        if (!has(DeviceFlag.AL_CLEAN)) {
            throw new MetadataException(
                    Code.UNCLEAN,
                    "The metadata are not clean",
                    "the activity log was not applied since the device was last in use",
                    "Run apply-al and attach again");
        }
        requireOwned(node);
    }

    /** {@link #requireAttachable} for a caller that applies the activity log itself. */
    public void requireOwned(int node) throws MetadataException {
        if (nodeId != NO_NODE && nodeId != node) {
            throw new MetadataException(
                    Code.FOREIGN_NODE,
                    "The metadata are of another node",
                    "they belong to node-id " + nodeId + ", this node has node-id " + node,
                    "Check that this is the right disk and the right node-id");
        }
        if (peers[node].hasSlot()) {
            throw new MetadataException(
                    Code.FOREIGN_NODE,
                    "The metadata are of another node",
                    "node-id " + node + " is this node, yet it has bitmap slot " + peers[node].bitmapIndex
                            + " as a peer",
                    "Check the node-id, or forget-peer " + node);
        }
        int taken = 0;
        for (int i = 0; i < PEERS; i++) {
            int slot = peers[i].bitmapIndex;
            requireRange("bitmap slot of node " + i, slot, PeerEntry.NO_SLOT, maxPeers - 1);
            if (slot >= 0) {
                if ((taken >>> slot & 1) != 0) {
                    throw invalid("nodes " + nodeOfSlot(slot) + " and " + i + " both have bitmap slot " + slot);
                }
                taken |= 1 << slot;
            }
        }
    }

    /** An independent copy. */
    public Superblock copy() {
        Superblock copy = new Superblock();
        copy.copyFrom(this);
        return copy;
    }

    /** Takes over every field of another superblock. */
    public void copyFrom(Superblock other) {
        effectiveSectors = other.effectiveSectors;
        currentUuid = other.currentUuid;
        deviceUuid = other.deviceUuid;
        flags = other.flags;
        mdSizeSectors = other.mdSizeSectors;
        alOffsetSectors = other.alOffsetSectors;
        bmOffsetSectors = other.bmOffsetSectors;
        alExtents = other.alExtents;
        peerMaxBioBytes = other.peerMaxBioBytes;
        maxPeers = other.maxPeers;
        nodeId = other.nodeId;
        alStripes = other.alStripes;
        alStripeBlocks = other.alStripeBlocks;
        for (int i = 0; i < PEERS; i++) {
            peers[i].copyFrom(other.peers[i]);
        }
        System.arraycopy(other.history, 0, history, 0, HISTORY);
    }

    /** The error for a superblock whose fields contradict each other or the device. */
    public static MetadataException invalid(String why) {
        return new MetadataException(Code.INVALID, "The metadata are not valid", why, DAMAGED_REMEDY);
    }

    private static void requireRange(String field, int value, int lowest, int highest) throws MetadataException {
        if (value < lowest || value > highest) {
            throw invalid(field + " is " + value
                    + (lowest == highest ? ", must be " + lowest : ", allowed are " + lowest + " to " + highest));
        }
    }

    private static MetadataException unknown(int magic, int magicOfV07) {
        String version = magic == MAGIC_V08
                ? "v08"
                : magic == MAGIC_V08_UNCLEAN
                        ? "v08 (in use or not cleanly stopped)"
                        : magicOfV07 == MAGIC_V07 ? "v07" : "";
        if (!version.isEmpty()) {
            return new MetadataException(
                    Code.OLD_FORMAT,
                    "The metadata are of an old version",
                    "they have the magic number of " + version + ", not of v09",
                    "Convert them (convert, v08 only), or create new metadata (create-md), which leads to a full resync");
        }
        return new MetadataException(
                Code.NOT_FOUND,
                "No metadata found",
                "the magic number is 0x" + HexFormat.of().toHexDigits(magic) + ", not 0x"
                        + HexFormat.of().toHexDigits(MAGIC),
                "Check device and kind of metadata, or create metadata (create-md)");
    }
}
