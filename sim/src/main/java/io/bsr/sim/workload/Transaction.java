package io.bsr.sim.workload;

import org.jspecify.annotations.Nullable;

/** A transaction of a file system; the first of all makes it. After a change-over to a copy that lacks some, they branch. */
final class Transaction {
    final @Nullable Transaction parent;
    final int number;

    /** Whose user wrote it. */
    final int node;

    /** The blocks of files that it changes; the first one changes all. */
    final int[] blocks;

    /** The place in the ring at which it begins. */
    final int start;

    /** The commit record does not wait for the blocks: it is valid only if they are all there. */
    final boolean checksummed;

    Transaction(@Nullable Transaction parent, int node, int[] blocks, int start, boolean checksummed) {
        this.parent = parent;
        this.number = parent == null ? 0 : parent.number + 1;
        this.node = node;
        this.blocks = blocks;
        this.start = start;
        this.checksummed = checksummed;
    }

    /** Its place of the commit record. */
    int commit() {
        return start + blocks.length + 1;
    }

    /** The place in the ring behind it. */
    int end() {
        return parent == null ? start : commit() + 1;
    }

    /** True if this one builds upon {@code other}, or is it. */
    boolean includes(Transaction other) {
        Transaction at = this;
        while (at.number > other.number && at.parent != null) {
            at = at.parent;
        }
        return at == other;
    }

    /** For each block of the files, the transaction that changed it last. */
    Transaction[] lastChanges(int fileBlocks) {
        Transaction[] last = new Transaction[fileBlocks];
        int missing = fileBlocks;
        for (Transaction at = this; at != null && missing > 0; at = at.parent) {
            for (int block : at.blocks) {
                if (last[block] == null) {
                    last[block] = at;
                    missing--;
                }
            }
        }
        return last;
    }

    @Override
    public String toString() {
        return "transaction " + number + " of n" + node;
    }
}
