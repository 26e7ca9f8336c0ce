package io.bsr.metadata;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds out from the blocks of an activity log which extents were in the active set (metadata reference, section 5.5).
 *
 * <p>Each block of the ring is {@linkplain #add added} once, in any order; then {@link #result} tells. The newest block
 * may be torn: it is invalid then, and since the write that waited for it was never begun it does not matter.
 *
 * <p>The reference walks the ring from the oldest to the newest number. This class goes by the numbers, as signed
 * 32-bit differences. The two differ only when the numbering wraps around 2³² in a ring whose size is no power of two:
 * there the positions jump, and a walk by position would miss the newest transactions.
 *
 * <p>Memory is bounded by the number of slots, not by the size of the ring: blocks are not kept, each slot remembers the
 * newest transaction that named it.
 */
public final class ActivityLogReplay {
    /** What the log says. */
    public enum Outcome {
        /** There were transactions: the active set is known. */
        REPLAYED,
        /** The log is initialised and says that nothing was active. */
        EMPTY,
        /** No block at all is readable. */
        UNREADABLE,
        /** Some blocks are readable, none of them is a transaction, and others are damaged. */
        USELESS
    }

    /** The outcome of a replay. */
    public static final class Result {
        private final Outcome outcome;
        private final int[] hot;
        private final int newest;
        private final int corrupt;
        private final int strangeSlots;

        private Result(Outcome outcome, int[] hot, int newest, int corrupt, int strangeSlots) {
            this.outcome = outcome;
            this.hot = hot;
            this.newest = newest;
            this.corrupt = corrupt;
            this.strangeSlots = strangeSlots;
        }

        public Outcome outcome() {
            return outcome;
        }

        /** The extents of the active set, unsigned, ascending, without duplicates; empty unless REPLAYED. */
        public int[] hot() {
            return hot.clone();
        }

        /** Number of the newest transaction, unsigned; meaningful for REPLAYED only. */
        public int newest() {
            return newest;
        }

        /** Number of blocks that are not valid. */
        public int corrupt() {
            return corrupt;
        }

        /**
         * True if a transaction may be missing. A crash tears one block at most, the newest, which does not matter; more
         * are damage of the medium, and what they named may have been active.
         */
        public boolean mayBeIncomplete() {
            return outcome == Outcome.REPLAYED && corrupt > 1;
        }

        /** Number of entries that name an impossible slot and were skipped. */
        public int strangeSlots() {
            return strangeSlots;
        }
    }

    private final ActivityLogRing ring;
    private final ActivityLogBlock codec = new ActivityLogBlock();
    private final boolean[] valid;

    /** What is known of each slot; made with the first transaction. */
    private @Nullable Slots slots;

    private int strangeSlots;

    /** The newest extent of each slot, and the age of what said so: numbers as differences to the first one seen. */
    private static final class Slots {
        final int reference;
        final int[] extents = new int[ActivityLogBlock.MAX_ACTIVE_EXTENTS];
        final int[] ages = new int[ActivityLogBlock.MAX_ACTIVE_EXTENTS];
        int newest;

        Slots(int reference) {
            this.reference = reference;
            Arrays.fill(extents, ActivityLogBlock.FREE);
            Arrays.fill(ages, Integer.MIN_VALUE);
        }

        void note(int slot, int extent, int age) {
            if (age >= ages[slot]) {
                ages[slot] = age;
                extents[slot] = extent;
            }
        }
    }

    public ActivityLogReplay(ActivityLogRing ring) {
        this.ring = ring;
        valid = new boolean[ring.blocks()];
    }

    /**
     * Takes a block of the ring.
     *
     * @param blockNumber its number in disk order, 0 … blocks − 1
     * @param block big-endian, with 4096 bytes from {@code offset}; not kept
     */
    public void add(int blockNumber, ByteBuffer block, int offset) {
        int position = ring.positionOf(blockNumber);
        valid[position] = codec.valid(block, offset);
        if (valid[position] && ActivityLogBlock.type(block, offset) == ActivityLogBlock.TYPE_UPDATE) {
            int number = ActivityLogBlock.transaction(block, offset);
            Slots known = slots == null ? new Slots(number) : slots;
            slots = known;
            // Differences to one fixed number are a total order whatever a hostile ring contains.
            int age = number - known.reference;
            known.newest = Math.max(known.newest, age);
            entries(block, offset, known, age);
        }
    }

    /** What the blocks added so far say; a block that was not added counts as damaged. */
    public Result result() {
        int corrupt = 0;
        for (boolean good : valid) {
            corrupt += good ? 0 : 1;
        }
        Slots known = slots;
        if (known == null) {
            return new Result(outcomeWithoutTransactions(corrupt), new int[0], 0, corrupt, strangeSlots);
        }
        int[] hot = Arrays.stream(known.extents)
                .filter(extent -> extent != ActivityLogBlock.FREE)
                .mapToLong(Integer::toUnsignedLong)
                .sorted()
                .distinct()
                .mapToInt(extent -> (int) extent)
                .toArray();
        return new Result(Outcome.REPLAYED, hot, known.reference + known.newest, corrupt, strangeSlots);
    }

    /** A damaged first block is forgiven: it is the one that the first transaction of a new log was writing. */
    private Outcome outcomeWithoutTransactions(int corrupt) {
        if (corrupt == valid.length) {
            return Outcome.UNREADABLE;
        }
        return corrupt == 0 || (corrupt == 1 && !valid[0]) ? Outcome.EMPTY : Outcome.USELESS;
    }

    private void entries(ByteBuffer block, int offset, Slots known, int age) {
        int contextSize = Short.toUnsignedInt(block.getShort(offset + ActivityLogBlock.AT_CONTEXT_SIZE));
        int start = Short.toUnsignedInt(block.getShort(offset + ActivityLogBlock.AT_CONTEXT_START));
        for (int i = 0; i < ActivityLogBlock.CONTEXT; i++) {
            int extent = block.getInt(offset + ActivityLogBlock.AT_CONTEXT + 4 * i);
            if (extent != ActivityLogBlock.FREE || start + i < contextSize) {
                note(known, start + i, extent, age);
            }
        }
        int count = Short.toUnsignedInt(block.getShort(offset + ActivityLogBlock.AT_UPDATE_COUNT));
        for (int i = 0; i < ActivityLogBlock.UPDATES; i++) {
            int slot = Short.toUnsignedInt(block.getShort(offset + ActivityLogBlock.AT_UPDATE_SLOTS + 2 * i));
            if (i < count || slot != ActivityLogBlock.UNUSED_SLOT) {
                note(known, slot, block.getInt(offset + ActivityLogBlock.AT_UPDATE_EXTENTS + 4 * i), age);
            }
        }
    }

    private void note(Slots known, int slot, int extent, int age) {
        if (slot >= ActivityLogBlock.MAX_ACTIVE_EXTENTS) {
            strangeSlots++;
        } else {
            known.note(slot, extent, age);
        }
    }
}
