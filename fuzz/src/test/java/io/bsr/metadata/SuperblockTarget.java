package io.bsr.metadata;

import io.bsr.metadata.ActivityLogReplay.Result;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One block of 4096 bytes that may be anything: a superblock, an older one, a block of the activity log. */
public final class SuperblockTarget {
    private static final long DEVICE = 64 << 20;

    private SuperblockTarget() {}

    /** What is accepted reads the same after it was written again; the replay stays within the log. */
    public static void fuzzerTestOneInput(byte[] input) {
        ByteBuffer block = ByteBuffer.wrap(Arrays.copyOf(input, Superblock.BYTES));
        superblock(block);
        SuperblockV08.recognised(block, 0);
        try {
            SuperblockV08.decode(block, 0);
        } catch (MetadataException refused) {
            told(refused);
        }
        ActivityLogReplay replay = new ActivityLogReplay(ActivityLogRing.DEFAULT);
        replay.add(0, block, 0);
        Result result = replay.result();
        if (result.hot().length > ActivityLogBlock.MAX_ACTIVE_EXTENTS) {
            throw new AssertionError(result.hot().length + " extents");
        }
    }

    private static void superblock(ByteBuffer block) {
        try {
            Superblock read = Superblock.decode(block, 0);
            MetadataLayout.of(read, new Placement.Internal(), DEVICE);
            ByteBuffer again = ByteBuffer.allocate(Superblock.BYTES);
            read.encode(again, 0);
            Superblock reread = Superblock.decode(again, 0);
            if (reread.currentUuid != read.currentUuid
                    || reread.effectiveSectors != read.effectiveSectors
                    || reread.maxPeers != read.maxPeers
                    || reread.flags != read.flags) {
                throw new AssertionError("read again it is something else");
            }
            read.requireAttachable(0);
        } catch (MetadataException refused) {
            told(refused);
        }
    }

    private static void told(MetadataException refused) {
        if (String.valueOf(refused.getMessage()).isEmpty()) {
            throw new AssertionError("refused without a reason", refused);
        }
    }

    public static List<byte[]> seeds() throws MetadataException {
        List<byte[]> seeds = new ArrayList<>();
        for (int peers : new int[] {1, 3, 31}) {
            Superblock superblock = Superblock.create(
                    MetadataLayout.forDevice(new Placement.Internal(), DEVICE, peers, ActivityLogRing.DEFAULT));
            superblock.allocateSlot(1);
            ByteBuffer block = ByteBuffer.allocate(Superblock.BYTES);
            superblock.encode(block, 0);
            seeds.add(block.array());
            ByteBuffer old = ByteBuffer.allocate(Superblock.BYTES);
            if (peers == 1) {
                SuperblockV08.encode(superblock, true, old, 0);
                seeds.add(old.array());
            }
        }
        ByteBuffer log = ByteBuffer.allocate(ActivityLogBlock.BYTES);
        new ActivityLogBlock().encodeInitialised(log, 0);
        seeds.add(log.array());
        return seeds;
    }
}
