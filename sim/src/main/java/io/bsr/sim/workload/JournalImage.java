package io.bsr.sim.workload;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sectors of a file system as found on a disk or read through a volume: which write each of them comes from. */
final class JournalImage {
    /** What writes contained, by their numbers. */
    static final class Contents {
        private record Written(int firstBlock, List<JournalBlock> blocks) {}

        private final Map<Integer, Written> writes = new HashMap<>();

        void add(int write, int firstBlock, List<JournalBlock> blocks) {
            writes.put(write, new Written(firstBlock, blocks));
        }

        private @Nullable JournalBlock find(int write, int block) {
            Written written = writes.get(write);
            int index = written == null ? -1 : block - written.firstBlock;
            return written == null || index < 0 || index >= written.blocks.size() ? null : written.blocks.get(index);
        }
    }

    private final Contents contents;
    private final int[] writes;

    JournalImage(Contents contents, int blocks) {
        this.contents = contents;
        this.writes = new int[blocks * JournalLayout.SECTORS];
    }

    void put(int sector, int write) {
        writes[sector] = write;
    }

    /** What a block contains, {@code null} if it is torn, or was never written. */
    @Nullable JournalBlock whole(int block) {
        int first = writes[block * JournalLayout.SECTORS];
        for (int i = 1; i < JournalLayout.SECTORS; i++) {
            int other = writes[block * JournalLayout.SECTORS + i];
            JournalBlock one = other == first ? null : contents.find(first, block);
            // A block that was put in its place once more after a crash is the same block.
            if (other != first && (one == null || !one.equals(contents.find(other, block)))) {
                return null;
            }
        }
        return contents.find(first, block);
    }

    /** What the first sector of a block contains: superblock and commit records need no more. */
    @Nullable JournalBlock first(int block) {
        return contents.find(writes[block * JournalLayout.SECTORS], block);
    }
}
