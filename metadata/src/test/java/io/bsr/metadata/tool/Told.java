package io.bsr.metadata.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.Units;
import io.bsr.metadata.ActivityLogReplay;
import io.bsr.metadata.BitmapLayout;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * What metadata tell an engine: their superblock, and for each peer which blocks are to be resynchronised. The independent
 * judge of crash tests: it reads bitmap and log by itself.
 */
final class Told {
    /** The dump: everything but the activity log. */
    final String dump;

    final Superblock superblock;

    /** By slot: bits of the bitmap, and of the extents of the log if it counts; everything for a full resync. */
    private final BitSet[] outOfSync;

    private final long bits;

    private Told(OpenMetadata metadata) throws MetadataException, IOException {
        StringBuilder text = new StringBuilder();
        DumpWriter.write(metadata, true, text);
        dump = text.substring(text.indexOf("max-peers") < 0 ? 0 : text.indexOf("node-id"));
        superblock = metadata.superblock();
        BitmapLayout bitmap = metadata.bitmap();
        bits = bitmap.bits();
        byte[] area = new byte[(int) bitmap.bytes()];
        metadata.device().read(metadata.layout().bitmapOffset(), ByteBuffer.wrap(area));
        int[] hot = superblock.has(DeviceFlag.PRIMARY_IND) ? hot(metadata) : new int[0];
        outOfSync = new BitSet[bitmap.slots()];
        for (int slot = 0; slot < outOfSync.length; slot++) {
            BitSet set = new BitSet();
            for (int bit = 0; bit < bits; ) {
                int b = area[(int) bitmap.byteOffset(slot, bit)];
                for (int end = bit + Byte.SIZE; bit < end; bit++) {
                    if ((b & BitmapLayout.mask(bit)) != 0 && bit < bits) {
                        set.set(bit);
                    }
                }
            }
            for (int extent : hot) {
                long first = Integer.toUnsignedLong(extent) * Units.BITS_PER_AL_EXTENT;
                set.set((int) Math.min(first, bits), (int) Math.min(first + Units.BITS_PER_AL_EXTENT, bits));
            }
            int node = superblock.nodeOfSlot(slot);
            if (fullSync(node)) {
                set.set(0, (int) bits);
            }
            outOfSync[slot] = set;
        }
    }

    static Told of(OpenMetadata metadata) throws MetadataException, IOException {
        return new Told(metadata);
    }

    /** A slot that no node has is judged by what an entry without one says. */
    private boolean fullSync(int node) {
        return superblock.peer(node < 0 ? Superblock.PEERS - 1 : node).has(PeerFlag.FULL_SYNC);
    }

    /** True if every peer is to be resynchronised in full. */
    boolean everything() {
        boolean all = true;
        for (int node = 0; node < Superblock.PEERS; node++) {
            all &= superblock.peer(node).has(PeerFlag.FULL_SYNC);
        }
        return all;
    }

    /** Nothing that the other told to resynchronise is missing here, and the generations are the same. */
    void assertCovers(Told other, String name) {
        assertEquals(other.superblock.currentUuid, superblock.currentUuid, name);
        assertEquals(other.superblock.effectiveSectors, superblock.effectiveSectors, name);
        for (int node = 0; node < Superblock.PEERS; node++) {
            assertEquals(other.superblock.peer(node).bitmapUuid, superblock.peer(node).bitmapUuid, name);
            assertEquals(other.superblock.peer(node).bitmapIndex, superblock.peer(node).bitmapIndex, name);
        }
        for (int slot = 0; slot < outOfSync.length; slot++) {
            BitSet missing = (BitSet) other.outOfSync[slot].clone();
            missing.andNot(outOfSync[slot]);
            assertTrue(missing.isEmpty(), () -> name + ": bits lost: " + missing);
        }
    }

    private static int[] hot(OpenMetadata metadata) throws MetadataException {
        if (OldActivityLog.usedIn(metadata)) {
            return OldActivityLog.hot(metadata);
        }
        ActivityLogReplay replay = new ActivityLogReplay(metadata.layout().ring());
        for (int number = 0; number < metadata.layout().ring().blocks(); number++) {
            ByteBuffer block =
                    Blocks.read(metadata.device(), metadata.layout().alOffset() + (long) number * Units.BLOCK_BYTES);
            replay.add(number, block, 0);
        }
        ActivityLogReplay.Result result = replay.result();
        assertTrue(
                result.outcome() == ActivityLogReplay.Outcome.REPLAYED
                        || result.outcome() == ActivityLogReplay.Outcome.EMPTY,
                () -> "the log cannot be applied: " + result.outcome());
        return Arrays.copyOf(result.hot(), result.hot().length);
    }
}
