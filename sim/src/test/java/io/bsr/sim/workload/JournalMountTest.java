package io.bsr.sim.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.sim.workload.JournalBlock.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which images a mount accepts, and how far it follows the journal. */
final class JournalMountTest {
    private static final JournalLayout LAYOUT = new JournalLayout(12, 4);

    private final JournalImage.Contents contents = new JournalImage.Contents();
    private final JournalImage image = new JournalImage(contents, LAYOUT.blocks());
    private final Transaction first = new Transaction(null, 0, new int[] {0, 1, 2, 3}, 0, false);
    private final Transaction second = new Transaction(first, 0, new int[] {1, 2}, first.end(), false);
    private final Transaction third = new Transaction(second, 0, new int[] {2}, second.end(), false);
    private int writes;

    private void put(int block, Kind kind, Transaction transaction, int index, int sectors) {
        contents.add(++writes, block, List.of(new JournalBlock(kind, transaction, index)));
        for (int i = 0; i < sectors; i++) {
            image.put(block * JournalLayout.SECTORS + i, writes);
        }
    }

    private void formatted() {
        put(0, Kind.SUPERBLOCK, first, 0, 1);
        for (int block = 0; block < LAYOUT.fileBlocks(); block++) {
            file(first, block);
        }
    }

    private void file(Transaction transaction, int block) {
        put(LAYOUT.file(block), Kind.FILE, transaction, block, JournalLayout.SECTORS);
    }

    private void logged(Transaction transaction) {
        put(LAYOUT.ring(transaction.start), Kind.DESCRIPTOR, transaction, 0, JournalLayout.SECTORS);
        for (int i = 0; i < transaction.blocks.length; i++) {
            put(LAYOUT.ring(transaction.start + 1 + i), Kind.LOGGED, transaction, i, JournalLayout.SECTORS);
        }
    }

    private void committed(Transaction transaction) {
        put(LAYOUT.ring(transaction.commit()), Kind.COMMIT, transaction, 0, 1);
    }

    private JournalMount mounted() {
        return JournalMount.of(image, LAYOUT);
    }

    @Test
    void a_blank_volume_has_no_file_system() {
        assertNull(mounted().head());
        assertEquals("", mounted().fault());
    }

    @Test
    void the_journal_is_followed_to_the_last_whole_transaction() {
        formatted();
        logged(second);
        committed(second);
        logged(third);

        assertEquals(second, mounted().head());
        assertEquals("", mounted().fault());
    }

    @Test
    void a_commit_record_without_its_blocks_is_a_fault() {
        formatted();
        committed(second);

        assertTrue(
                mounted().fault().contains("blocks that were flushed"),
                mounted().fault());
    }

    @Test
    void a_torn_block_under_a_checksum_is_none() {
        Transaction checked = new Transaction(first, 0, new int[] {1}, first.end(), true);
        formatted();
        logged(checked);
        committed(checked);
        image.put(LAYOUT.ring(checked.start + 1) * JournalLayout.SECTORS + 3, 0);

        assertEquals(first, mounted().head());
        assertEquals("", mounted().fault());
    }

    @Test
    void a_transaction_missing_before_a_committed_one_is_a_fault() {
        formatted();
        logged(third);
        committed(third);

        assertTrue(
                mounted().fault().contains("between them is missing"), mounted().fault());
    }

    @Test
    void a_block_in_its_place_before_its_transaction_is_committed_is_a_fault() {
        formatted();
        logged(second);
        file(second, 1);

        assertTrue(mounted().fault().contains("not committed"), mounted().fault());
    }

    @Test
    void a_torn_block_is_replaced_out_of_the_journal_but_not_behind_the_superblock() {
        formatted();
        logged(second);
        committed(second);
        image.put(LAYOUT.file(1) * JournalLayout.SECTORS + 5, 0);
        String replayed = mounted().fault();
        file(second, 2);
        put(0, Kind.SUPERBLOCK, second, 0, 1);

        assertEquals("", replayed);
        assertTrue(mounted().fault().contains("torn or foreign"), mounted().fault());
    }

    @Test
    void what_a_change_over_has_cut_off_does_not_count() {
        Transaction other = new Transaction(first, 1, new int[] {3}, first.end(), false);
        formatted();
        logged(second);
        logged(other);
        committed(other);

        assertEquals(other, mounted().head());
        assertEquals("", mounted().fault());
    }
}
