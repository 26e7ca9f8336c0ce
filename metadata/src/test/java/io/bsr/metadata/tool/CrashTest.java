package io.bsr.metadata.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.Units;
import io.bsr.metadata.ActivityLogBlock;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.FormatVersion;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A crash at any point leaves the old or the new metadata valid without a bit lost, and repeating the operation ends as if
 * there had been no crash (I7).
 */
@Timeout(120)
class CrashTest {
    private static final Set<Consent> EVERYTHING = EnumSet.allOf(Consent.class);
    private static final Placement INTERNAL = new Placement.Internal();

    /** Something done to a device. */
    interface Operator {
        void run(SparseDevice device) throws MetadataException;
    }

    @Test
    void creating_metadata_on_an_empty_device_leaves_none_or_all() throws Exception {
        SparseDevice before = new SparseDevice((1 << 20) + 1536);
        SparseDevice finished = finished(before, CrashTest::create);

        int states = CrashPoints.forEach(before, finished.operations, 1, (crashed, name) -> {
            if (found(crashed) != null) {
                assertEquals(told(finished).dump, told(crashed).dump, name);
            }
            create(crashed);
            assertTrue(crashed.same(finished), name);
        });

        assertTrue(states > 100, states + " states");
    }

    @Test
    void creating_metadata_over_valid_ones_leaves_the_old_or_the_new() throws Exception {
        for (String name : List.of("v09-int-p7-rich", "v09-int-p2-striped-dirty", "v08-int-84dirty", "v08-int-rich")) {
            everyCrashOfReplacement(new GoldenImage(name).device(), CrashTest::create);
        }
    }

    @Test
    void restoring_metadata_over_valid_ones_leaves_the_old_or_the_new() throws Exception {
        GoldenImage rich = new GoldenImage("v09-int-p7-rich");
        Operator restore = device -> RestoreMetadata.restore(
                device, INTERNAL, () -> new StringReader(rich.restoreInput()), null, EVERYTHING);

        everyCrashOfReplacement(new GoldenImage("v09-int-p2-striped-applied").device(), restore);
        everyCrashOfReplacement(new GoldenImage("v09-int-p7-dirty").device(), restore);
        everyCrashOfReplacement(new GoldenImage("v09-int-p31-rich").device(), restore);
    }

    /** In between there may be the new superblock with a request for a full resync with every peer. */
    private static void everyCrashOfReplacement(SparseDevice before, Operator operator) throws Exception {
        SparseDevice finished = finished(before, operator);
        Told old = told(before);
        Told fresh = told(finished);

        int states = CrashPoints.forEach(before, finished.operations, 2, (crashed, name) -> {
            Told now = told(crashed);
            if (now.everything() && !old.everything()) {
                now.assertCovers(fresh, name);
            } else {
                assertTrue(now.dump.equals(old.dump) || now.dump.equals(fresh.dump), name);
            }
            operator.run(crashed);
            assertTrue(crashed.same(finished), name);
        });

        assertTrue(states > 100, states + " states");
    }

    @Test
    void an_edit_of_the_superblock_is_made_or_not_made() throws Exception {
        int states = 0;
        for (long seed = 0; seed < 30; seed++) {
            RandomMetadata made = new RandomMetadata(seed);
            SparseDevice before = new SparseDevice(made.deviceBytes);
            OpenMetadata metadata = CreateMetadata.create(before, made.layout(), 0, 0, EVERYTHING);
            made.fill(metadata.superblock(), made.layout());
            metadata.writeSuperblock();
            made.setBits(metadata);
            int node = made.random.nextInt(Superblock.PEERS);
            long uuid = made.random.nextLong();
            int edit = (int) seed % 5;
            Operator operator = device -> {
                OpenMetadata open = OpenMetadata.open(device, made.placement);
                switch (edit) {
                    case 0 -> MetadataEdits.invalidate(open.superblock());
                    case 1 ->
                        GenerationIdentifiers.set(
                                open.superblock(), node, "%X:%X:%X:%X:1:1:1:1:1:0:1:1".formatted(uuid, ~uuid, 5, uuid));
                    case 2 -> open.superblock().forgetPeer(12);
                    case 3 -> open.superblock().rotate(uuid, -1L, uuid);
                    default -> open.superblock().deviceUuid = uuid;
                }
                open.writeSuperblock();
            };
            SparseDevice finished = finished(before, operator);
            String old = told(before, made.placement).dump;
            String fresh = told(finished, made.placement).dump;

            states += CrashPoints.forEach(before, finished.operations, seed, (crashed, name) -> {
                String now = told(crashed, made.placement).dump;
                assertTrue(now.equals(old) || now.equals(fresh), () -> name + "\n" + now);
                operator.run(crashed);
                if (edit != 3) {
                    assertTrue(crashed.same(finished), name);
                }
            });
        }
        assertTrue(states > 1000, states + " states");
    }

    @Test
    void a_crash_while_the_consequences_of_a_crash_are_repaired_loses_nothing_either() throws Exception {
        SparseDevice before = new GoldenImage("v09-int-p31-rich").device();
        Operator first = device -> edit(device, 0x1111111111111111L);
        Operator second = device -> edit(device, 0x2222222222222222L);
        SparseDevice afterFirst = finished(before, first);
        Set<String> allowed = Set.of(told(before).dump, told(afterFirst).dump, told(finished(afterFirst, second)).dump);

        int[] states = {0};
        CrashPoints.forEach(before, afterFirst.operations, 3, (crashed, name) -> {
            SparseDevice again = crashed.copy();
            second.run(again);
            states[0] += CrashPoints.forEach(
                    crashed,
                    again.operations,
                    4,
                    (twice, second2) -> assertTrue(allowed.contains(told(twice).dump), name + ", then " + second2));
        });
        assertTrue(states[0] > 1000, states[0] + " states");
    }

    @Test
    void wiping_leaves_all_or_none() throws Exception {
        SparseDevice before = new GoldenImage("v09-int-p31-rich").device();
        Operator wipe = device -> WipeMetadata.wipe(OpenMetadata.open(device, INTERNAL));
        SparseDevice finished = finished(before, wipe);
        String old = told(before).dump;

        CrashPoints.forEach(before, finished.operations, 5, (crashed, name) -> {
            if (found(crashed) != null) {
                assertEquals(old, told(crashed).dump, name);
            }
        });

        assertNull(found(finished));
    }

    @Test
    void converting_leaves_v08_or_v09_and_no_bit_is_lost() throws Exception {
        for (String image : List.of("v08-int-rich", "v08-int-84dirty", "v08-int-83dirty")) {
            SparseDevice before = new GoldenImage(image).device();
            Operator convert = device -> {
                OpenMetadata open = Objects.requireNonNull(found(device));
                if (open.version() == FormatVersion.V08) {
                    ConvertMetadata.toV09(open, Progress.NONE);
                }
            };
            SparseDevice finished = finished(before, convert);
            Told old = told(before);

            int states = CrashPoints.forEach(before, finished.operations, 6, (crashed, name) -> {
                OpenMetadata now = Objects.requireNonNull(found(crashed));
                if (now.version() == FormatVersion.V08) {
                    Told.of(now).assertCovers(old, name);
                } else {
                    assertEquals(told(finished).dump, Told.of(now).dump, name);
                }
                convert.run(crashed);
                assertNotNull(found(crashed));
                assertEquals(told(finished).superblock.currentUuid, told(crashed).superblock.currentUuid);
                assertEquals(
                        FormatVersion.V09,
                        Objects.requireNonNull(found(crashed)).version());
            });
            assertTrue(states > 20, states + " states");
        }
    }

    @Test
    void applying_the_activity_log_leaves_every_extent_in_the_log_or_in_the_bitmap() throws Exception {
        int states = everyCrashOfApply(new GoldenImage("v09-int-p7-dirty").device(), INTERNAL, 2);
        states += everyCrashOfApply(new GoldenImage("v09-int-p2-striped-dirty").device(), INTERNAL, 2);
        states += everyCrashOfApply(new GoldenImage("v08-int-84dirty").device(), INTERNAL, 2);
        states += everyCrashOfApply(new GoldenImage("v08-int-83dirty").device(), INTERNAL, 2);

        assertTrue(states > 400, states + " states");
    }

    @Test
    void applying_a_log_whose_first_block_holds_no_transaction_survives_a_crash() throws Exception {
        for (byte[] first : List.of(new byte[Units.BLOCK_BYTES], initialised())) {
            SparseDevice before = new GoldenImage("v09-int-p7-dirty").device();
            before.put(new GoldenImage("v09-int-p7-dirty").number("al-offset"), first, first.length);

            assertTrue(everyCrashOfApply(before, INTERNAL, 3) > 50);
        }
    }

    @Test
    void applying_random_logs_survives_a_crash() throws Exception {
        for (long seed = 0; seed < 8; seed++) {
            RandomMetadata made = new RandomMetadata(seed);
            SparseDevice device = new SparseDevice(made.deviceBytes);
            OpenMetadata metadata = CreateMetadata.create(device, made.layout(), 0, 0, EVERYTHING);
            made.fill(metadata.superblock(), made.layout());
            metadata.superblock().set(DeviceFlag.PRIMARY_IND, true);
            metadata.superblock().set(DeviceFlag.AL_CLEAN, false);
            metadata.writeSuperblock();
            made.setBits(metadata);
            made.dirtyLog(metadata);

            everyCrashOfApply(device.copy(), made.placement, seed);
        }
    }

    /** A repetition may mark extents too that left the set before the crash: what replaced them may be erased already. */
    private static int everyCrashOfApply(SparseDevice before, Placement placement, long seed) throws Exception {
        Told old = told(before, placement);
        Operator apply = device -> ApplyActivityLog.apply(Objects.requireNonNull(found(device, placement)));
        SparseDevice finished = finished(before, apply);
        Told applied = told(finished, placement);
        return CrashPoints.forEach(before, finished.operations, seed, (crashed, name) -> {
            told(crashed, placement).assertCovers(old, name);

            apply.run(crashed);

            if (!crashed.same(finished)) {
                Told again = told(crashed, placement);
                again.assertCovers(applied, name);
                assertEquals(applied.superblock.flags, again.superblock.flags, name);
            }
        });
    }

    private static void edit(SparseDevice device, long uuid) throws MetadataException {
        OpenMetadata open = OpenMetadata.open(device, INTERNAL);
        for (int node = 0; node < Superblock.PEERS; node++) {
            open.superblock().peer(node).bitmapUuid = uuid;
            open.superblock().history(node, uuid);
        }
        open.superblock().currentUuid = uuid;
        open.writeSuperblock();
    }

    static SparseDevice finished(SparseDevice before, Operator operator) throws MetadataException {
        SparseDevice device = before.copy();
        operator.run(device);
        assertFalse(device.operations.isEmpty());
        return device;
    }

    private static void create(SparseDevice device) throws MetadataException {
        MetadataLayout layout = MetadataLayout.forDevice(INTERNAL, device.size(), 31, ActivityLogRing.DEFAULT);
        CreateMetadata.create(device, layout, 0x1234, 4096, EVERYTHING);
    }

    private static Told told(SparseDevice device) throws MetadataException, IOException {
        return told(device, INTERNAL);
    }

    private static Told told(SparseDevice device, Placement placement) throws MetadataException, IOException {
        return Told.of(Objects.requireNonNull(found(device, placement), "no metadata"));
    }

    private static @Nullable OpenMetadata found(SparseDevice device) throws MetadataException {
        return found(device, INTERNAL);
    }

    private static @Nullable OpenMetadata found(SparseDevice device, Placement placement) throws MetadataException {
        try {
            return OpenMetadata.open(device, placement);
        } catch (MetadataException e) {
            if (e.code() == Code.OLD_FORMAT) {
                return OpenMetadata.open(device, placement, FormatVersion.V08);
            }
            if (e.code() != Code.NOT_FOUND) {
                throw e;
            }
            return null;
        }
    }

    private static byte[] initialised() {
        ByteBuffer block = ByteBuffer.allocate(Units.BLOCK_BYTES);
        new ActivityLogBlock().encodeInitialised(block, 0);
        return block.array();
    }
}
