package io.bsr.metadata.tool;

import io.bsr.metadata.ActivityLogBlock;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.BitmapLayout;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Random but valid metadata, made from a seed. At most 31 peers, which is what drbdmeta can read. */
final class RandomMetadata {
    private static final int DRBD_PEERS = 31;

    final Random random;
    final Placement placement;
    final long deviceBytes;
    final int peers;
    final ActivityLogRing ring;

    RandomMetadata(long seed) {
        random = new Random(seed);
        placement = switch (random.nextInt(6)) {
            case 0, 1 -> new Placement.FlexibleExternal();
            case 2 -> new Placement.Indexed(random.nextInt(3));
            default -> new Placement.Internal();
        };
        long sectors = (8L << 11) + random.nextInt(random.nextInt(4) == 0 ? 1 << 18 : 1 << 16);
        deviceBytes = switch (placement) {
            case Placement.Internal() -> sectors * 512;
            case Placement.FlexibleExternal() -> (3 << 20) + 512L * random.nextInt(2000);
            case Placement.Indexed(int index) ->
                (index + 1) * Placement.Indexed.SLOT_BYTES + 512L * random.nextInt(2000);
        };
        peers = 1 + random.nextInt(random.nextBoolean() ? 4 : DRBD_PEERS);
        int stripes = 1 + random.nextInt(5);
        ring = random.nextBoolean()
                ? ActivityLogRing.DEFAULT
                : new ActivityLogRing(stripes, Math.ceilDiv(8, stripes) + random.nextInt(30));
    }

    MetadataLayout layout() throws MetadataException {
        return MetadataLayout.forDevice(placement, deviceBytes, peers, ring);
    }

    /** Fills in everything that a superblock may say about a device of this layout. */
    void fill(Superblock superblock, MetadataLayout layout) {
        long usable = Math.min(layout.usableSectors(), 1 << 22);
        superblock.effectiveSectors = random.nextInt(8) == 0 ? usable : random.nextLong(usable + 1);
        superblock.currentUuid = random.nextLong();
        superblock.deviceUuid = random.nextLong();
        superblock.flags = random.nextInt() | DeviceFlag.AL_CLEAN;
        superblock.peerMaxBioBytes = random.nextInt(1 << 20);
        superblock.nodeId = random.nextInt(-1, DRBD_PEERS);
        List<Integer> slots = new ArrayList<>();
        for (int slot = 0; slot < DRBD_PEERS; slot++) {
            slots.add(slot < peers ? slot : PeerEntry.NO_SLOT);
        }
        Collections.shuffle(slots, random);
        for (int node = 0; node < DRBD_PEERS; node++) {
            PeerEntry peer = superblock.peer(node);
            peer.bitmapIndex = slots.get(node);
            if (random.nextBoolean()) {
                peer.bitmapUuid = random.nextLong();
                peer.bitmapDagtag = random.nextLong();
                peer.flags = random.nextInt() | PeerFlag.DEVICE_SEEN;
            }
        }
        for (int i = random.nextInt(Superblock.HISTORY + 1) - 1; i >= 0; i--) {
            superblock.history(i, random.nextLong());
        }
    }

    /** Sets bits below the effective size: single ones and runs, also across lines of the dump. */
    void setBits(OpenMetadata metadata) throws MetadataException {
        BitmapLayout bitmap = metadata.bitmap();
        if (bitmap.bits() == 0) {
            return;
        }
        byte[] area = new byte[(int) bitmap.bytes()];
        for (int i = random.nextInt(40); i > 0; i--) {
            int slot = random.nextInt(peers);
            long first = random.nextLong(bitmap.bits());
            long run = random.nextBoolean() ? 1 : random.nextLong(2000);
            for (long bit = first; bit < Math.min(bitmap.bits(), first + run); bit++) {
                area[(int) bitmap.byteOffset(slot, bit)] |= (byte) BitmapLayout.mask(bit);
            }
        }
        metadata.device().write(metadata.layout().bitmapOffset(), ByteBuffer.wrap(area));
    }

    /** Writes a log as an engine does that began at a random transaction number; the last block may be torn. */
    void dirtyLog(OpenMetadata metadata) throws MetadataException {
        int activeSize = 67 + random.nextInt(Math.min(6001, ring.maxActiveExtents()) - 66);
        int[] active = new int[activeSize];
        Arrays.fill(active, ActivityLogBlock.FREE);
        int extents = (int) Math.max(1, (metadata.superblock().effectiveSectors >> 13) + random.nextInt(2));
        ActivityLogBlock codec = new ActivityLogBlock();
        ByteBuffer block = Blocks.buffer(1);
        int cursor = 0;
        int transactions = random.nextInt(2 * ring.blocks() + 1);
        // A multiple of the ring's size near the wrap would make the order of positions unlike the order of numbers.
        int number = random.nextInt(1000) * ring.blocks();
        for (int i = 0; i < transactions; i++, number++) {
            int count = 1 + random.nextInt(random.nextBoolean() ? 3 : ActivityLogBlock.UPDATES);
            int[] slots = random.ints(0, activeSize).distinct().limit(count).toArray();
            int[] changed = random.ints(slots.length, 0, extents).toArray();
            codec.encode(block, 0, number, slots.length, slots, changed, active, activeSize, cursor);
            cursor = cursor + ActivityLogBlock.CONTEXT >= activeSize ? 0 : cursor + ActivityLogBlock.CONTEXT;
            for (int j = 0; j < slots.length; j++) {
                active[slots[j]] = changed[j];
            }
            block.clear();
            if (i > 0 && i == transactions - 1 && random.nextInt(3) == 0) {
                block.limit(512 * (1 + random.nextInt(7)));
            }
            metadata.device().write(metadata.layout().transactionOffset(number), block);
        }
    }
}
