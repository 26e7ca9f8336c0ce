package io.bsr.sim.workload;

import io.bsr.sim.workload.JournalBlock.Kind;
import org.jspecify.annotations.Nullable;

/**
 * What mounting an image gives: the journal is followed from where the superblock says, as far as transactions are whole
 * and each builds upon the one before.
 *
 * @param checkpoint the transaction of the superblock, {@code null} if there is no file system
 * @param head the last transaction found
 * @param fault what no order of writes that keeps to flushes can leave behind; empty if nothing
 * @param writer the node whose user wrote what is at fault
 */
record JournalMount(
        @Nullable Transaction checkpoint, @Nullable Transaction head, String fault, int writer) {
    static JournalMount of(JournalImage image, JournalLayout layout) {
        JournalBlock superblock = image.first(0);
        if (superblock == null) {
            return new JournalMount(null, null, "", 0);
        }
        Transaction checkpoint = superblock.transaction();
        Transaction head = checkpoint;
        Transaction next = whole(image, layout, head);
        while (next != null) {
            head = next;
            next = whole(image, layout, head);
        }
        JournalMount order = committedBeyond(image, layout, checkpoint, head);
        return order.fault.isEmpty() ? files(image, layout, checkpoint, head) : order;
    }

    /** The transaction after {@code head}, if all of it is there. */
    private static @Nullable Transaction whole(JournalImage image, JournalLayout layout, Transaction head) {
        JournalBlock descriptor = image.whole(layout.ring(head.end()));
        if (descriptor == null || descriptor.kind() != Kind.DESCRIPTOR || descriptor.transaction().parent != head) {
            return null;
        }
        Transaction found = descriptor.transaction();
        for (int i = 0; i < found.blocks.length; i++) {
            if (!new JournalBlock(Kind.LOGGED, found, i).equals(image.whole(layout.ring(found.start + 1 + i)))) {
                return null;
            }
        }
        JournalBlock commit = image.first(layout.ring(found.commit()));
        return new JournalBlock(Kind.COMMIT, found, 0).equals(commit) ? found : null;
    }

    /** A commit record goes out when all before it is durable: so there is none behind a gap. */
    private static JournalMount committedBeyond(
            JournalImage image, JournalLayout layout, Transaction checkpoint, Transaction head) {
        for (int place = 0; place < layout.ringBlocks(); place++) {
            JournalBlock found = image.first(layout.ring(place));
            if (found == null || found.kind() != Kind.COMMIT) {
                continue;
            }
            Transaction committed = found.transaction();
            boolean own = committed.parent == head && committed.checksummed;
            if (!own && committed != head && committed.includes(head)) {
                return new JournalMount(
                        checkpoint,
                        head,
                        "the commit record of " + committed + " is there, but the journal ends with " + head
                                + (committed.parent == head
                                        ? ": blocks that were flushed before the record was written are missing"
                                        : ": what was committed between them is missing"),
                        committed.node);
            }
        }
        return new JournalMount(checkpoint, head, "", 0);
    }

    /** Blocks in their places are those of the checkpoint, or will be replaced out of the journal. */
    private static JournalMount files(
            JournalImage image, JournalLayout layout, Transaction checkpoint, Transaction head) {
        Transaction[] expected = checkpoint.lastChanges(layout.fileBlocks());
        Transaction[] replayed = head.lastChanges(layout.fileBlocks());
        for (int block = 0; block < layout.fileBlocks(); block++) {
            JournalBlock found = image.whole(layout.file(block));
            String fault = "";
            if (found != null && !head.includes(found.transaction())) {
                fault = "has " + found.transaction() + ", which is not committed: the journal ends with " + head;
            } else if (replayed[block] == expected[block]
                    && !new JournalBlock(Kind.FILE, expected[block], block).equals(found)) {
                fault = "has " + (found == null ? "torn or foreign contents" : found.transaction()) + " instead of "
                        + expected[block] + ", although the superblock says that all is in its place up to "
                        + checkpoint;
            }
            if (!fault.isEmpty()) {
                Transaction at = found == null ? expected[block] : found.transaction();
                return new JournalMount(checkpoint, head, "block " + block + " of the files " + fault, at.node);
            }
        }
        return new JournalMount(checkpoint, head, "", 0);
    }
}
