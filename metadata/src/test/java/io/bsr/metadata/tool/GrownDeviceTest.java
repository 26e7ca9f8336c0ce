package io.bsr.metadata.tool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.metadata.ActivityLogBlock;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrownDeviceTest {
    private static final Placement INTERNAL = new Placement.Internal();
    private static final LastKnownPlace PLACE = new LastKnownPlace(64 << 20, "disk.img", OptionalLong.of(0xC0FFEE));

    @ParameterizedTest
    @CsvSource({"v09-grown-p1-before,v09-grown-p1-after", "v09-grown-p2-before,v09-grown-p2-after-correct"})
    void metadata_move_to_the_end_with_every_bit_in_its_place(String before, String after) throws Exception {
        SparseDevice device = new GoldenImage(before).device();

        MoveMetadata.toEnd(PLACE.open(device, false));

        GoldenImage golden = new GoldenImage(after);
        assertArrayEquals(
                golden.region(), device.bytes(golden.number("region-offset"), (int) golden.number("region-length")));
        assertArrayEquals(new byte[4096], device.bytes((64 << 20) - 4096, 4096));
    }

    @Test
    void a_crash_leaves_the_metadata_at_the_old_or_the_new_place() throws Exception {
        for (String image : List.of("v09-grown-p1-before", "v09-grown-p2-before")) {
            SparseDevice before = new GoldenImage(image).device();
            SparseDevice finished = before.copy();
            MoveMetadata.toEnd(PLACE.open(finished, false));
            String expected = Told.of(PLACE.open(before, false)).dump;

            int states = CrashPoints.forEach(before, finished.operations, 4, (crashed, name) -> {
                assertEquals(expected, Told.of(found(crashed, PLACE)).dump, name);
                if (found(crashed, PLACE).layout().deviceBytes() != crashed.size()) {
                    MoveMetadata.toEnd(PLACE.open(crashed, false));
                    assertTrue(crashed.same(finished), name);
                }
            });

            assertTrue(states > 100, states + " states");
        }
    }

    /** The new place overlaps the old one: the same block, a few blocks on, half of the bitmap, most of it. */
    @ParameterizedTest
    @CsvSource({
        "512, 1",
        "4096, 1",
        "12288, 1",
        "512, 32",
        "4096, 32",
        "8192, 7",
        "65536, 32",
        "327680, 3",
        "331776, 31",
        "200000, 31",
        "2097152, 31",
        "2560, 31",
        "40960, 2"
    })
    void a_crash_while_the_places_overlap_loses_no_bit(long growth, int peers) throws Exception {
        long size = (260 << 20) - 2560 - growth % 3000;
        SparseDevice before = busy(size, peers).resized(size + growth);
        LastKnownPlace place = new LastKnownPlace(size, "disk.img", OptionalLong.empty());
        SparseDevice finished = before.copy();
        Told original = Told.of(place.open(before, false));
        Told moved = Told.of(MoveMetadata.toEnd(place.open(finished, false)));
        assertEquals(original.dump, moved.dump);
        moved.assertCovers(original, "moved");

        int states = CrashPoints.forEach(before, finished.operations, growth, (crashed, name) -> {
            Told now = Told.of(found(crashed, place));
            now.assertCovers(original, name);
            assertTrue(now.everything() || now.dump.equals(original.dump), name);
            if (found(crashed, place).layout().deviceBytes() != crashed.size()) {
                MoveMetadata.toEnd(place.open(crashed, false));
                Told.of(OpenMetadata.open(crashed, INTERNAL)).assertCovers(original, name);
            }
        });

        assertTrue(states > 50, states + " states");
    }

    @Test
    void a_bitmap_of_several_pieces_is_moved_over_itself() throws Exception {
        for (long growth : new long[] {4096, 1 << 20, 3 << 20}) {
            long size = 2L << 30;
            SparseDevice device = busy(size, 32).resized(size + growth);
            LastKnownPlace place = new LastKnownPlace(size, "disk.img", OptionalLong.empty());
            Told original = Told.of(place.open(device, false));

            Told moved = Told.of(MoveMetadata.toEnd(place.open(device, false)));

            assertEquals(original.dump, moved.dump);
            moved.assertCovers(original, "moved");
        }
    }

    /** A node that crashed as Primary, with bits in every slot and open extents in its log. */
    private static SparseDevice busy(long size, int peers) throws Exception {
        Random random = new Random(size);
        SparseDevice device = new SparseDevice(size);
        MetadataLayout layout = MetadataLayout.forDevice(INTERNAL, size, peers, ActivityLogRing.DEFAULT);
        OpenMetadata metadata = CreateMetadata.create(device, layout, 0, 0, EnumSet.noneOf(Consent.class));
        Superblock superblock = metadata.superblock();
        superblock.currentUuid = random.nextLong();
        superblock.nodeId = 0;
        superblock.flags = DeviceFlag.CONSISTENT | DeviceFlag.WAS_UP_TO_DATE | DeviceFlag.PRIMARY_IND;
        superblock.effectiveSectors = layout.usableSectors() - 2048;
        for (int node = 1; node < Superblock.PEERS; node++) {
            superblock.allocateSlot(node);
            superblock.peer(node).bitmapUuid = random.nextLong();
        }
        metadata.writeSuperblock();
        byte[] bits = new byte[(int) metadata.bitmap().bytes()];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (byte) (random.nextInt(4) == 0 ? random.nextInt() : 0);
        }
        device.write(layout.bitmapOffset(), ByteBuffer.wrap(bits));
        int[] active = new int[67];
        Arrays.fill(active, ActivityLogBlock.FREE);
        ByteBuffer block = Blocks.buffer(1);
        new ActivityLogBlock().encode(block, 0, 0, 3, new int[] {0, 1, 2}, new int[] {1, 7, 60}, active, 67, 0);
        device.write(layout.transactionOffset(0), block);
        return device.copy();
    }

    /** As the tools look: at the end, else at the last known place. */
    private static OpenMetadata found(SparseDevice device, LastKnownPlace place) throws MetadataException {
        try {
            return OpenMetadata.open(device, INTERNAL);
        } catch (MetadataException e) {
            return place.open(device, false);
        }
    }

    @Test
    void metadata_of_another_device_are_taken_only_on_demand() throws Exception {
        SparseDevice device = new GoldenImage("v09-grown-p1-before").device();
        LastKnownPlace other = new LastKnownPlace(64 << 20, "disk.img", OptionalLong.of(1));

        assertEquals(
                Code.NOT_FOUND,
                assertThrows(MetadataException.class, () -> other.open(device, false))
                        .code());
        assertEquals(0xC0FFEE, other.open(device, true).superblock().deviceUuid);
        LastKnownPlace same = new LastKnownPlace(96 << 20, "disk.img", OptionalLong.empty());
        assertThrows(MetadataException.class, () -> same.open(device, true));
        for (long size : new long[] {0, -1, 4096, Long.MAX_VALUE, Long.MIN_VALUE}) {
            LastKnownPlace wrong = new LastKnownPlace(size, "disk.img", OptionalLong.empty());
            assertThrows(MetadataException.class, () -> wrong.open(device, true));
        }
    }

    @Test
    void the_file_is_read_as_it_is_written(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("bsr-minor-9.lkbd");
        assertEquals(Optional.empty(), LastKnownPlace.read(file));
        PLACE.write(file);
        assertEquals("67108864\tdisk.img\nuuid:\t0000000000C0FFEE\n", Files.readString(file));
        assertEquals(Optional.of(PLACE), LastKnownPlace.read(file));
        assertEquals(
                Optional.of(new LastKnownPlace(5, "/dev/sd a", OptionalLong.empty())),
                LastKnownPlace.parse("5\t/dev/sd a\n"));
        for (String text : List.of("", "x\ty", "12", "99999999999999999999\tx", "1\tx\nuuid:\tzz")) {
            assertEquals(Optional.empty(), LastKnownPlace.parse(text), text);
        }
    }
}
