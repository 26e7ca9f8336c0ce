package io.bsr.metadata;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** The last values that are allowed, the first that are not, and buffers that held something else. */
final class LimitsTest {
    private static final int AT = 512;

    /** What is written at an offset over old bytes; nothing beside it may change. */
    private static byte[] overOldBytes(BiConsumer<ByteBuffer, Integer> encode) {
        byte[] whole = new byte[AT + Superblock.BYTES + AT];
        Arrays.fill(whole, (byte) 0x5A);
        byte[] beside = Arrays.copyOf(whole, AT);
        encode.accept(ByteBuffer.wrap(whole), AT);
        assertArrayEquals(beside, Arrays.copyOf(whole, AT));
        assertArrayEquals(beside, Arrays.copyOfRange(whole, AT + Superblock.BYTES, whole.length));
        return Arrays.copyOfRange(whole, AT, AT + Superblock.BYTES);
    }

    private static byte[] overZeroes(BiConsumer<ByteBuffer, Integer> encode) {
        byte[] block = new byte[Superblock.BYTES];
        encode.accept(ByteBuffer.wrap(block), 0);
        return block;
    }

    private static Superblock superblock(int maxPeers) throws MetadataException {
        return Superblock.create(
                MetadataLayout.forDevice(new Placement.FlexibleExternal(), 1 << 20, maxPeers, ActivityLogRing.DEFAULT));
    }

    @Test
    void a_superblock_covers_all_that_was_in_its_place() throws MetadataException {
        Superblock superblock = superblock(2);

        assertArrayEquals(overZeroes(superblock::encode), overOldBytes(superblock::encode));
    }

    @Test
    void a_log_block_covers_all_that_was_in_its_place_and_is_valid_there() {
        ActivityLogBlock log = new ActivityLogBlock();
        int[] slots = {3};
        int[] extents = {7};
        int[] active = {1, 2, 5, 7};
        BiConsumer<ByteBuffer, Integer> update =
                (block, at) -> log.encode(block, at, 9, 1, slots, extents, active, active.length, 0);

        byte[] written = overOldBytes(update);
        ByteBuffer moved = ByteBuffer.allocate(AT + ActivityLogBlock.BYTES);
        moved.put(AT, written);

        assertArrayEquals(overZeroes(update), written);
        assertArrayEquals(overZeroes(log::encodeInitialised), overOldBytes(log::encodeInitialised));
        assertTrue(log.valid(moved, AT));
        assertEquals(9, ActivityLogBlock.transaction(moved, AT));
        moved.put(AT + 100, (byte) ~moved.get(AT + 100));
        assertFalse(log.valid(moved, AT));
    }

    @Test
    void a_peer_gets_the_lowest_free_slot_and_keeps_it() throws MetadataException {
        Superblock superblock = superblock(2);

        assertEquals(0, superblock.allocateSlot(4));
        assertEquals(1, superblock.allocateSlot(2));
        assertEquals(1, superblock.allocateSlot(2));
        assertEquals(PeerEntry.NO_SLOT, superblock.allocateSlot(3));
        assertEquals(4, superblock.nodeOfSlot(0));
        assertEquals(2, superblock.nodeOfSlot(1));
        superblock.forgetPeer(4);
        assertEquals(Superblock.NO_NODE, superblock.nodeOfSlot(0));
        assertEquals(0, superblock.allocateSlot(3));
    }

    @Test
    void a_ring_has_its_smallest_and_its_largest_size() {
        assertTrue(ActivityLogRing.valid(1, ActivityLogRing.MIN_BLOCKS));
        assertFalse(ActivityLogRing.valid(1, ActivityLogRing.MIN_BLOCKS - 1));
        assertTrue(ActivityLogRing.valid(1, ActivityLogRing.MAX_BLOCKS));
        assertFalse(ActivityLogRing.valid(1, ActivityLogRing.MAX_BLOCKS + 1));
        assertFalse(ActivityLogRing.valid(0, ActivityLogRing.MAX_BLOCKS));
        assertFalse(ActivityLogRing.valid(-2, -ActivityLogRing.MIN_BLOCKS));
    }

    @Test
    void there_are_1_to_32_peers() {
        assertDoesNotThrow(() -> superblock(1));
        assertDoesNotThrow(() -> superblock(Superblock.PEERS));
        assertThrows(MetadataException.class, () -> superblock(0));
        assertThrows(MetadataException.class, () -> superblock(Superblock.PEERS + 1));
    }

    @Test
    void the_blocks_of_an_extent_end_where_those_of_the_next_begin() {
        BitmapLayout one = BitmapLayout.ofSectors(1L << 30, 1);
        BitmapLayout all = BitmapLayout.ofSectors(1L << 30, Superblock.PEERS);

        assertEquals(all.firstBlockOfExtent(8) - 1, all.lastBlockOfExtent(7));
        assertEquals(0, one.firstBlockOfExtent(31));
        assertEquals(0, one.lastBlockOfExtent(31));
        assertEquals(1, one.firstBlockOfExtent(32));
    }
}
