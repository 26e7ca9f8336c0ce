package io.bsr.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.metadata.MetadataException.Code;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SuperblockTest {
    private static final long DEVICE = 64 << 20;
    private static final Placement INTERNAL = new Placement.Internal();

    private final ByteBuffer block = ByteBuffer.allocateDirect(Superblock.BYTES);
    private Superblock superblock;

    @BeforeEach
    void created() throws MetadataException {
        superblock = Superblock.create(MetadataLayout.forDevice(INTERNAL, DEVICE, 3, ActivityLogRing.DEFAULT));
    }

    @Test
    void a_given_up_uuid_goes_to_the_front_of_the_history_without_its_primary_mark() {
        superblock.pushHistory(0x1001);
        superblock.pushHistory(0x2000);

        assertEquals(0x2000, superblock.history(0));
        assertEquals(0x1000, superblock.history(1));
        assertEquals(0, superblock.history(2));
    }

    @Test
    void known_and_meaningless_uuids_are_not_pushed() {
        superblock.history(5, 0x3001);

        superblock.pushHistory(0);
        superblock.pushHistory(1);
        superblock.pushHistory(4);
        superblock.pushHistory(5);
        superblock.pushHistory(0x3000);

        for (int i = 0; i < Superblock.HISTORY; i++) {
            assertEquals(i == 5 ? 0x3001 : 0, superblock.history(i));
        }
    }

    @Test
    void the_oldest_uuid_is_lost_when_the_history_is_full() {
        for (int i = 1; i <= 33; i++) {
            superblock.pushHistory(0x100L * i);
        }

        assertEquals(0x100 * 33, superblock.history(0));
        assertEquals(0x100 * 2, superblock.history(31));
    }

    @Test
    void a_new_generation_gives_lost_peers_without_one_the_old_uuid_as_base() {
        superblock.currentUuid = 0xA1;
        superblock.nodeId = 4;
        superblock.peer(2).bitmapUuid = 0xB0;

        long changed = superblock.rotate(0xC1, 0b10110L, 77);

        assertEquals(0b10L, changed);
        assertEquals(0xA1, superblock.peer(1).bitmapUuid);
        assertEquals(77, superblock.peer(1).bitmapDagtag);
        assertEquals(0xB0, superblock.peer(2).bitmapUuid);
        assertEquals(0, superblock.peer(3).bitmapUuid);
        assertEquals(0, superblock.peer(4).bitmapUuid);
        assertEquals(0xC1, superblock.currentUuid);
    }

    @Test
    void just_created_data_is_no_base() {
        assertEquals(0, superblock.rotate(0xC1, 0b10L, 77));
        assertEquals(0, superblock.peer(1).bitmapUuid);
        assertEquals(0, superblock.peer(1).bitmapDagtag);
    }

    @Test
    void a_replaced_bitmap_uuid_goes_to_the_history() {
        superblock.setBitmapUuid(1, 0x10, 5);
        superblock.setBitmapUuid(1, 0x10, 6);
        assertEquals(0, superblock.history(0));

        superblock.setBitmapUuid(1, 0, 7);

        assertEquals(0x10, superblock.history(0));
        assertEquals(0, superblock.peer(1).bitmapDagtag);
    }

    @Test
    void slots_are_given_from_the_lowest_free_one_until_none_is_left() {
        superblock.peer(9).bitmapIndex = 1;
        superblock.peer(5).flags = PeerFlag.NODE_EXISTS | PeerFlag.DEVICE_SEEN;

        assertEquals(0, superblock.allocateSlot(5));
        assertEquals(0, superblock.allocateSlot(5));
        assertEquals(2, superblock.allocateSlot(6));
        assertEquals(PeerEntry.NO_SLOT, superblock.allocateSlot(7));
        assertEquals(PeerFlag.DEVICE_SEEN, superblock.peer(5).flags);
        superblock.forgetPeer(9);
        assertEquals(1, superblock.allocateSlot(7));
    }

    @Test
    void an_encoded_superblock_is_decoded_to_the_same() throws Exception {
        Random random = new Random(2);
        for (int round = 0; round < 300; round++) {
            superblock.effectiveSectors = random.nextLong();
            superblock.currentUuid = random.nextLong();
            superblock.deviceUuid = random.nextLong();
            superblock.flags = random.nextInt();
            superblock.alExtents = random.nextInt();
            superblock.peerMaxBioBytes = random.nextInt();
            superblock.nodeId = random.nextInt(-1, 32);
            for (int i = 0; i < 32; i++) {
                superblock.history(i, random.nextLong());
                superblock.peer(i).bitmapIndex = random.nextInt(-1, 32);
                superblock.peer(i).bitmapUuid = random.nextLong();
                superblock.peer(i).bitmapDagtag = random.nextLong();
                superblock.peer(i).flags = random.nextInt();
            }
            superblock.encode(block, 0);
            ByteBuffer again = ByteBuffer.allocate(Superblock.BYTES + 100);

            Superblock.decode(block, 0).copy().encode(again, 100);

            assertEquals(block.clear(), again.position(100).slice());
        }
    }

    @Test
    void values_out_of_range_are_refused() {
        assertInvalid(88, 0);
        assertInvalid(88, 33);
        assertInvalid(92, -2);
        assertInvalid(92, 32);
        assertInvalid(80, 0);
        assertInvalid(80, 8192);
        assertInvalid(96, 0);
        assertInvalid(96, -1);
        assertInvalid(100, 0);
        assertInvalid(100, 7);
        assertInvalid(100, 8193);
        assertInvalid(100, Integer.MAX_VALUE);
        assertInvalid(132, 32);
        assertInvalid(132, -2);
    }

    @Test
    void offsets_that_do_not_fit_the_device_are_refused() throws Exception {
        superblock.encode(block, 0);
        Superblock read = Superblock.decode(block, 0);

        assertEquals(MetadataLayout.forDevice(INTERNAL, DEVICE, 3, ActivityLogRing.DEFAULT), layout(read, DEVICE));
        assertThrows(MetadataException.class, () -> layout(read, 1L << 30));
        read.bmOffsetSectors -= 8;
        assertThrows(MetadataException.class, () -> layout(read, DEVICE));
        read.bmOffsetSectors += 8;
        read.alOffsetSectors = 8;
        assertThrows(MetadataException.class, () -> layout(read, DEVICE));
    }

    @Test
    void an_attach_needs_clean_metadata_of_this_node_with_sound_slots() {
        assertAttachError(165, s -> s.set(DeviceFlag.AL_CLEAN, false));
        assertAttachError(119, s -> s.nodeId = 2);
        assertAttachError(119, s -> s.peer(1).bitmapIndex = 0);
        assertAttachError(119, s -> s.peer(20).bitmapIndex = 3);
        assertAttachError(119, s -> s.peer(20).bitmapIndex = -2);
        assertAttachError(119, s -> {
            s.peer(20).bitmapIndex = 2;
            s.peer(0).bitmapIndex = 2;
        });
        assertAttachError(0, s -> s.nodeId = 1);
        assertAttachError(0, s -> s.peer(20).bitmapIndex = 2);
    }

    @Test
    void any_4096_bytes_are_decoded_or_refused() {
        Random random = new Random(11);
        byte[] bytes = new byte[Superblock.BYTES];
        int accepted = 0;
        for (int round = 0; round < 20_000; round++) {
            superblock.encode(block, 0);
            block.get(0, bytes);
            for (int i = random.nextInt(6); i >= 0; i--) {
                int at = random.nextInt(random.nextBoolean() ? 120 : bytes.length);
                bytes[at] = (byte) (random.nextBoolean() ? random.nextInt() : 0xFF * random.nextInt(2));
            }
            try {
                Superblock read = Superblock.decode(ByteBuffer.wrap(bytes), 0);
                MetadataLayout layout = layout(read, DEVICE);
                assertTrue(layout.bitmapOffset() > 0 && layout.alOffset() < DEVICE);
                read.requireAttachable(1);
                accepted++;
            } catch (MetadataException e) {
                assertFalse(e.why().isEmpty() || e.remedy().isEmpty());
            }
        }
        assertTrue(accepted > 100, accepted + " accepted");
    }

    @Test
    void flags_are_described_as_in_a_dump() {
        assertEquals("", PeerFlag.describe(0));
        assertEquals("connected | <=outdated | seen", PeerFlag.describe(0x13));
        assertEquals("exists", PeerFlag.describe(PeerFlag.NODE_EXISTS));
        assertEquals("0x20=? | 0x80000000=?", PeerFlag.describe(0x80000020));
    }

    private static MetadataLayout layout(Superblock read, long size) throws MetadataException {
        return MetadataLayout.of(read, INTERNAL, size);
    }

    private void assertInvalid(int offset, int value) {
        superblock.encode(block, 0);
        block.putInt(offset, value);
        MetadataException e = assertThrows(MetadataException.class, () -> Superblock.decode(block, 0));
        assertEquals(Code.INVALID, e.code());
        assertTrue(
                e.why().contains(Integer.toUnsignedString(value)) || e.why().contains(Integer.toString(value)),
                e.why());
    }

    private void assertAttachError(int error, Consumer<Superblock> change) {
        Superblock changed = superblock.copy();
        change.accept(changed);
        try {
            changed.requireAttachable(1);
            assertEquals(0, error);
        } catch (MetadataException e) {
            assertEquals(error, e.code().attachError(), e.getMessage());
        }
    }
}
