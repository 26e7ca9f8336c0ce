package io.bsr.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.metadata.MetadataException.Code;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LayoutTest {
    private static final Placement INTERNAL = new Placement.Internal();
    private static final Placement EXTERNAL = new Placement.FlexibleExternal();

    @Test
    void internal_metadata_of_64_MiB_are_where_the_worked_example_says() throws Exception {
        MetadataLayout layout = MetadataLayout.forDevice(INTERNAL, 64 << 20, 7, ActivityLogRing.DEFAULT);

        assertEquals(67104768, layout.superblockOffset());
        assertEquals(66777088, layout.alOffset());
        assertEquals(66760704, layout.bitmapOffset());
        assertEquals(680, layout.mdSizeSectors());
        assertEquals(16384, layout.bitmapAreaBytes());
        assertEquals(66760704 / 512, layout.usableSectors());
    }

    @Test
    void internal_metadata_of_an_odd_size_are_where_the_worked_example_says() throws Exception {
        MetadataLayout layout = MetadataLayout.forDevice(INTERNAL, (64 << 20) + 1536, 2, new ActivityLogRing(4, 8));

        assertEquals(67104768, layout.superblockOffset());
        assertEquals(8192, layout.bitmapAreaBytes());
        assertEquals(280, layout.mdSizeSectors());
        assertEquals(66965504, layout.bitmapOffset());
    }

    @Test
    void external_metadata_begin_with_the_superblock() throws Exception {
        MetadataLayout flexible = MetadataLayout.forDevice(EXTERNAL, 1 << 20, 3, ActivityLogRing.DEFAULT);
        MetadataLayout indexed =
                MetadataLayout.forDevice(new Placement.Indexed(1), 512 << 20, 2, ActivityLogRing.DEFAULT);

        assertEquals(0, flexible.superblockOffset());
        assertEquals(4096, flexible.alOffset());
        assertEquals(331776, flexible.bitmapOffset());
        assertEquals(2048, flexible.mdSizeSectors());
        assertEquals((2048 - 648) * 512L * 8 / 64 / 3 * 64 * 8, flexible.usableSectors());
        assertEquals(256 << 20, indexed.superblockOffset());
        assertEquals(524288, indexed.mdSizeSectors());
        assertEquals(648, indexed.bmOffsetSectors());
        assertEquals(100, indexed.usableSectors(100 * 512 + 511));
    }

    @Test
    void a_device_without_room_is_refused() {
        assertCode(Code.DEVICE_TOO_SMALL, INTERNAL, 0, 1);
        assertCode(Code.DEVICE_TOO_SMALL, INTERNAL, 69631, 1);
        assertCode(Code.DEVICE_TOO_SMALL, INTERNAL, 100 << 10, 1);
        assertCode(Code.DEVICE_TOO_SMALL, EXTERNAL, 327680 + 4096, 1);
        assertCode(Code.DEVICE_TOO_SMALL, new Placement.Indexed(2), (768 << 20) - 1, 1);
        assertCode(Code.DEVICE_TOO_LARGE, INTERNAL, (1L << 50) + 512, 1);
        assertCode(Code.DEVICE_TOO_LARGE, INTERNAL, 1L << 50, 2);
        assertCode(Code.ARGUMENT, INTERNAL, 64 << 20, 0);
        assertCode(Code.ARGUMENT, INTERNAL, 64 << 20, 33);
    }

    @Test
    void the_largest_volume_has_a_layout() throws Exception {
        MetadataLayout layout = MetadataLayout.forDevice(INTERNAL, 1L << 50, 1, ActivityLogRing.DEFAULT);

        assertEquals(32L << 30, layout.bitmapAreaBytes());
        assertTrue(layout.usableSectors() > (1L << 40));
        assertEquals(
                MetadataLayout.MAX_SECTORS,
                MetadataLayout.forDevice(EXTERNAL, 1L << 50, 1, ActivityLogRing.DEFAULT)
                        .usableSectors());
    }

    @Test
    void bits_are_interleaved_by_words_as_in_the_example() {
        BitmapLayout bitmap = new BitmapLayout(7, 16256);

        assertEquals(15, bitmap.byteOffset(3, 31));
        assertEquals(0x80, BitmapLayout.mask(31));
        assertEquals(40, bitmap.byteOffset(3, 32));
        assertEquals(0x01, BitmapLayout.mask(32));
        assertEquals(2688, bitmap.extentOffset(3));
        assertEquals(3584, bitmap.extentOffset(3) + bitmap.extentBytes());
        assertEquals(0, bitmap.firstBlockOfExtent(3));
        assertEquals(1, new BitmapLayout(32, 1 << 20).firstBlockOfExtent(1));
        assertEquals(16384, bitmap.bytes());
    }

    @Test
    void every_bit_has_its_own_place_inside_its_extent_and_the_area() {
        Random random = new Random(5);
        for (int round = 0; round < 40; round++) {
            int slots = 1 + random.nextInt(32);
            BitmapLayout bitmap = new BitmapLayout(slots, 1 + random.nextInt(5000));
            BitSet taken = new BitSet();
            for (int slot = 0; slot < slots; slot++) {
                for (long bit = 0; bit < bitmap.bits(); bit++) {
                    long at = bitmap.byteOffset(slot, bit);
                    int extent = (int) (bit / 1024);
                    int place = (int) at * 8 + Integer.numberOfTrailingZeros(BitmapLayout.mask(bit));
                    assertTrue(at < bitmap.bytes());
                    assertTrue(!taken.get(place), "bit " + bit + " of slot " + slot);
                    taken.set(place);
                    assertTrue(at >= bitmap.extentOffset(extent)
                            && at < bitmap.extentOffset(extent) + bitmap.extentBytes());
                    assertTrue(bitmap.blockOf(slot, bit) >= bitmap.firstBlockOfExtent(extent)
                            && bitmap.blockOf(slot, bit) <= bitmap.lastBlockOfExtent(extent));
                }
            }
        }
    }

    @Test
    void a_bitmap_larger_than_its_area_is_refused() throws Exception {
        MetadataLayout layout = MetadataLayout.forDevice(EXTERNAL, 1 << 20, 3, ActivityLogRing.DEFAULT);

        assertEquals(
                layout.bitmapCapacityBits(),
                layout.bitmapFor(layout.usableSectors()).bits());
        assertTrue(layout.bitmapFor(layout.usableSectors()).bytes() <= layout.bitmapAreaBytes());
        for (long sectors : new long[] {layout.usableSectors() + 1, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            MetadataException e = assertThrows(MetadataException.class, () -> layout.bitmapFor(sectors));
            assertEquals(Code.BITMAP_SPACE, e.code());
        }
    }

    private static void assertCode(Code code, Placement placement, long bytes, int peers) {
        MetadataException e = assertThrows(
                MetadataException.class,
                () -> MetadataLayout.forDevice(placement, bytes, peers, ActivityLogRing.DEFAULT));
        assertEquals(code, e.code());
    }
}
