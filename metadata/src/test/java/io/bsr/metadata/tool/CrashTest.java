package io.bsr.metadata.tool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.Units;
import io.bsr.metadata.ActivityLogBlock;
import io.bsr.metadata.ActivityLogReplay;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.BitmapLayout;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import io.bsr.metadata.tool.SparseDevice.Operation;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A crash at any point leaves usable metadata or none, and repeating the operation ends as if there had been no crash
 * (I7).
 */
@Timeout(60)
class CrashTest {
    private static final Set<Consent> EVERYTHING = EnumSet.allOf(Consent.class);
    private static final Placement INTERNAL = new Placement.Internal();

    @Test
    void creating_metadata_on_an_empty_device_survives_a_crash() throws Exception {
        SparseDevice before = new SparseDevice((1 << 20) + 1536);

        int states = everyCrashOfCreate(before);

        assertTrue(states > 50, states + " states");
    }

    @Test
    void creating_metadata_over_old_ones_leaves_the_old_none_or_the_new() throws Exception {
        for (String name :
                List.of("v09-int-p7-rich", "v09-int-p2-striped-dirty", "v08-int-84dirty", "v09-grown-p1-after")) {
            int states = everyCrashOfCreate(new GoldenImage(name).device());

            assertTrue(states > 50, states + " states");
        }
    }

    @Test
    void restoring_metadata_leaves_the_old_none_or_the_new() throws Exception {
        GoldenImage rich = new GoldenImage("v09-int-p7-rich");
        SparseDevice before = new GoldenImage("v09-int-p2-striped-applied").device();
        Operator restore = device -> RestoreMetadata.restore(
                device, INTERNAL, () -> new StringReader(rich.restoreInput()), null, EVERYTHING);

        int states = everyCrash(before, restore);

        assertTrue(states > 50, states + " states");
    }

    @Test
    void applying_the_activity_log_survives_a_crash() throws Exception {
        int states = everyCrashOfApply(new GoldenImage("v09-int-p7-dirty").device());
        states += everyCrashOfApply(new GoldenImage("v09-int-p2-striped-dirty").device());

        assertTrue(states > 100, states + " states");
    }

    @Test
    void applying_a_log_whose_first_block_holds_no_transaction_survives_a_crash() throws Exception {
        for (byte[] first : List.of(new byte[Units.BLOCK_BYTES], initialised())) {
            SparseDevice before = new GoldenImage("v09-int-p7-dirty").device();
            before.put(new GoldenImage("v09-int-p7-dirty").number("al-offset"), first, first.length);

            assertTrue(everyCrashOfApply(before) > 50);
        }
    }

    @Test
    void applying_random_logs_survives_a_crash() throws Exception {
        for (long seed = 0; seed < 12; seed++) {
            RandomMetadata made = new RandomMetadata(seed);
            SparseDevice device = new SparseDevice(made.deviceBytes);
            Superblock superblock = CreateMetadata.create(device, made.layout(), 0, 0, EVERYTHING);
            made.fill(superblock, made.layout());
            superblock.set(DeviceFlag.PRIMARY_IND, true);
            superblock.set(DeviceFlag.AL_CLEAN, false);
            ByteBuffer block = Blocks.buffer(1);
            superblock.encode(block, 0);
            device.write(made.layout().superblockOffset(), block);
            OpenMetadata metadata = OpenMetadata.open(device, made.placement);
            made.setBits(metadata);
            made.dirtyLog(metadata);

            everyCrashOfApply(device.copy(), made.placement, seed);
        }
    }

    @Test
    void a_superblock_appears_only_after_everything_it_promises() throws Exception {
        SparseDevice device = new SparseDevice(1 << 20);

        create(device);

        List<Operation> operations = device.operations;
        assertTrue(operations.getLast().flush());
        int magic = operations.size() - 2;
        assertEquals(Superblock.BYTES, operations.get(magic).bytes.length);
        assertTrue(operations.get(magic - 1).flush());
    }

    private interface Operator {
        void run(SparseDevice device) throws MetadataException;
    }

    private static void create(SparseDevice device) throws MetadataException {
        MetadataLayout layout = MetadataLayout.forDevice(INTERNAL, device.size(), 31, ActivityLogRing.DEFAULT);
        CreateMetadata.create(device, layout, 0x1234, 4096, EVERYTHING);
    }

    private static int everyCrashOfCreate(SparseDevice before) throws MetadataException {
        return everyCrash(before, CrashTest::create);
    }

    private static int everyCrash(SparseDevice before, Operator operator) throws MetadataException {
        SparseDevice finished = before.copy();
        operator.run(finished);
        return CrashPoints.forEach(before, finished.operations, 1, (crashed, name) -> {
            if (recognised(crashed)) {
                assertTrue(crashed.same(before) || crashed.same(finished), name);
            }
            operator.run(crashed);
            assertTrue(crashed.same(finished), name);
        });
    }

    private static boolean recognised(SparseDevice device) throws MetadataException {
        try {
            OpenMetadata.open(device, INTERNAL);
            return true;
        } catch (MetadataException e) {
            if (e.code() != Code.NOT_FOUND && e.code() != Code.OLD_FORMAT) {
                throw e;
            }
            return false;
        }
    }

    private static int everyCrashOfApply(SparseDevice before) throws MetadataException {
        return everyCrashOfApply(before, INTERNAL, 2);
    }

    private static int everyCrashOfApply(SparseDevice before, Placement placement, long seed) throws MetadataException {
        Set<Integer> hot = activeOrMarked(before, placement);
        SparseDevice finished = before.copy();
        ApplyActivityLog.apply(OpenMetadata.open(finished, placement));
        return CrashPoints.forEach(before, finished.operations, seed, (crashed, name) -> {
            OpenMetadata metadata = OpenMetadata.open(crashed, placement);
            if (metadata.superblock().has(DeviceFlag.AL_CLEAN)) {
                assertTrue(crashed.same(finished), name);
            }
            assertTrue(activeOrMarked(crashed, placement).containsAll(hot), name);

            ApplyActivityLog.apply(metadata);

            assertAppliedAgain(before, finished, crashed, placement, name);
        });
    }

    /**
     * Superblock and log are as after an undisturbed run; the bitmap too, except that extents which left the active set
     * before the crash may be marked as well: the transaction that replaced them may have been erased already.
     */
    private static void assertAppliedAgain(
            SparseDevice before, SparseDevice finished, SparseDevice crashed, Placement placement, String name)
            throws MetadataException {
        if (crashed.same(finished)) {
            return;
        }
        OpenMetadata metadata = OpenMetadata.open(finished, placement);
        MetadataLayout layout = metadata.layout();
        BitmapLayout bitmap = metadata.bitmap();
        Set<Integer> named = named(before, layout);
        SparseDevice allowed = crashed.copy();
        for (int extent = 0; bitmap.extentOffset(extent) < bitmap.bytes(); extent++) {
            long offset = layout.bitmapOffset() + bitmap.extentOffset(extent);
            int length = (int) Math.min(bitmap.extentBytes(), bitmap.bytes() - bitmap.extentOffset(extent));
            byte[] expected = finished.bytes(offset, length);
            byte[] ones = new byte[length];
            Arrays.fill(ones, (byte) -1);
            if (named.contains(extent) && Arrays.equals(crashed.bytes(offset, length), ones)) {
                allowed.put(offset, expected, length);
            }
        }
        assertTrue(allowed.same(finished), name);
    }

    /** Every extent that a valid transaction of the log names. */
    private static Set<Integer> named(SparseDevice device, MetadataLayout layout) throws MetadataException {
        Set<Integer> extents = new HashSet<>();
        ActivityLogBlock codec = new ActivityLogBlock();
        for (int number = 0; number < layout.ring().blocks(); number++) {
            ByteBuffer block = Blocks.read(device, layout.alOffset() + (long) number * Units.BLOCK_BYTES);
            for (int at = 164; codec.valid(block, 0) && at < Units.BLOCK_BYTES; at += 4) {
                extents.add(block.getInt(at));
            }
        }
        return extents;
    }

    /** Extents within the bitmap that are in the active set or have all bits set: what would be resynchronised. */
    private static Set<Integer> activeOrMarked(SparseDevice device, Placement placement) throws MetadataException {
        OpenMetadata metadata = OpenMetadata.open(device, placement);
        MetadataLayout layout = metadata.layout();
        ActivityLogReplay replay = new ActivityLogReplay(layout.ring());
        for (int number = 0; number < layout.ring().blocks(); number++) {
            replay.add(number, Blocks.read(device, layout.alOffset() + (long) number * Units.BLOCK_BYTES), 0);
        }
        BitmapLayout bitmap = metadata.bitmap();
        Set<Integer> extents = new HashSet<>();
        for (int extent : replay.result().hot()) {
            if (bitmap.extentOffset(extent) < bitmap.bytes()) {
                extents.add(extent);
            }
        }
        byte[] ones = new byte[bitmap.extentBytes()];
        Arrays.fill(ones, (byte) -1);
        for (int extent = 0; bitmap.extentOffset(extent) < bitmap.bytes(); extent++) {
            int length = (int) Math.min(ones.length, bitmap.bytes() - bitmap.extentOffset(extent));
            byte[] bits = device.bytes(layout.bitmapOffset() + bitmap.extentOffset(extent), length);
            if (Arrays.equals(bits, Arrays.copyOf(ones, length))) {
                extents.add(extent);
            }
        }
        return extents;
    }

    private static byte[] initialised() {
        ByteBuffer block = ByteBuffer.allocate(Units.BLOCK_BYTES);
        new ActivityLogBlock().encodeInitialised(block, 0);
        assertArrayEquals(new byte[] {0x69, (byte) 0xCB, 0x65, (byte) 0xA2}, Arrays.copyOf(block.array(), 4));
        return block.array();
    }
}
