package io.bsr.core.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.metadata.BitmapLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutOfSyncBitmapTest {
    @Test
    void bits_of_several_slots_behave_as_independent_bit_sets() {
        Random random = new Random(7);
        int slots = 3;
        int bits = 5000;
        OutOfSyncBitmap bitmap = new OutOfSyncBitmap(new BitmapLayout(slots, bits));
        BitSet[] model = {new BitSet(), new BitSet(), new BitSet()};

        for (int step = 0; step < 3000; step++) {
            int slot = random.nextInt(slots);
            int first = random.nextInt(bits);
            int last = Math.min(bits - 1, first + random.nextInt(random.nextBoolean() ? 4 : 300));
            if (random.nextBoolean()) {
                bitmap.set(slot, first, last);
                model[slot].set(first, last + 1);
            } else {
                bitmap.clear(slot, first, last);
                model[slot].clear(first, last + 1);
            }
            int from = random.nextInt(bits);
            int nextSet = model[slot].nextSetBit(from);

            assertEquals(model[slot].cardinality(), bitmap.count(slot));
            assertEquals(nextSet < 0 ? bits : nextSet, bitmap.nextSet(slot, from));
            assertEquals(Math.min(bits, model[slot].nextClearBit(from)), bitmap.nextClear(slot, from));
            assertEquals(model[slot].get(from), bitmap.test(slot, from));
        }
    }

    @Test
    void a_bit_lies_where_the_format_says() {
        OutOfSyncBitmap bitmap = new OutOfSyncBitmap(new BitmapLayout(7, 64));
        MemorySegment block = Arena.ofAuto().allocate(4096);

        bitmap.set(3, 31, 32);
        bitmap.takeBlock(0, block, 0);

        // Metadata reference, section 4: P = 7, slot 3: bit 31 is byte 15 mask 0x80, bit 32 is byte 40 mask 0x01.
        assertEquals((byte) 0x80, block.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 15));
        assertEquals((byte) 0x01, block.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 40));
    }

    @Test
    void a_block_is_marked_until_it_is_taken_and_again_when_it_changes_after_that() {
        OutOfSyncBitmap bitmap = new OutOfSyncBitmap(new BitmapLayout(1, 100_000));
        MemorySegment block = Arena.ofAuto().allocate(4096);

        bitmap.set(0, 40_000, 40_000);
        int marked = bitmap.nextMarked(0);
        bitmap.takeBlock(marked, block, 0);
        boolean afterTaking = bitmap.marked(marked);
        bitmap.clear(0, 40_000, 40_000);

        assertEquals(1, marked);
        assertFalse(afterTaking);
        assertTrue(bitmap.marked(marked));
        assertTrue(bitmap.lazy(marked));
    }

    @Test
    void shrinking_forgets_the_bits_beyond_the_new_end() {
        OutOfSyncBitmap bitmap = new OutOfSyncBitmap(new BitmapLayout(2, 1000));
        bitmap.setAll(1);

        bitmap.shrink(100);

        assertEquals(100, bitmap.count(1));
        assertEquals(100, bitmap.nextSet(1, 100));
    }
}
