package io.bsr.metadata.tool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
        SparseDevice before = new GoldenImage("v09-grown-p2-before").device();
        SparseDevice finished = before.copy();
        MoveMetadata.toEnd(PLACE.open(finished, false));
        byte[] expected = finished.bytes(90 << 20, 6 << 20);

        int states = CrashPoints.forEach(before, finished.operations, 4, (crashed, name) -> {
            try {
                OpenMetadata.open(crashed, INTERNAL);
            } catch (MetadataException e) {
                MoveMetadata.toEnd(PLACE.open(crashed, false));
            }
            assertArrayEquals(expected, crashed.bytes(90 << 20, 6 << 20), name);
        });

        assertTrue(states > 50, states + " states");
    }

    @Test
    void a_crash_while_the_places_overlap_leaves_a_request_for_a_full_resync_or_nothing() throws Exception {
        SparseDevice before = new GoldenImage("v09-grown-p1-before").device().resized((64 << 20) + 12288);
        SparseDevice finished = before.copy();
        Superblock original = PLACE.open(before, false).superblock();
        MoveMetadata.toEnd(PLACE.open(finished, false));

        CrashPoints.forEach(before, finished.operations, 4, (crashed, name) -> {
            if (crashed.same(before)) {
                return;
            }
            for (long size : new long[] {64 << 20, (64 << 20) + 12288}) {
                try {
                    OpenMetadata found = OpenMetadata.open(crashed, INTERNAL, size);
                    boolean moved = size == crashed.size() && crashed.same(finished);
                    boolean fullSync = found.superblock().peer(1).has(PeerFlag.FULL_SYNC);
                    boolean untouched = found.superblock().flags == original.flags
                            && Arrays.equals(
                                    before.bytes(found.layout().bitmapOffset(), 4096),
                                    crashed.bytes(found.layout().bitmapOffset(), 4096));
                    assertTrue(moved || fullSync || untouched, name);
                } catch (MetadataException e) {
                    assertEquals(Code.NOT_FOUND, e.code(), name);
                }
            }
        });
        assertEquals(original.currentUuid, OpenMetadata.open(finished, INTERNAL).superblock().currentUuid);
        assertEquals(0x12, OpenMetadata.open(finished, INTERNAL).superblock().peer(1).flags);
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
