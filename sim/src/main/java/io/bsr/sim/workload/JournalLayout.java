package io.bsr.sim.workload;

/**
 * Where a journaling file system has what, in blocks of 4 KiB.
 *
 * <pre>
 *   | superblock | ring of the journal | blocks of the files |
 *     1 block      ringBlocks            fileBlocks
 * </pre>
 */
public record JournalLayout(int ringBlocks, int fileBlocks) {
    static final int BLOCK = 4096;
    static final int SECTORS = BLOCK / VolumeUser.SECTOR;

    public int blocks() {
        return 1 + ringBlocks + fileBlocks;
    }

    /** The block of a place in the ring; places count on for ever. */
    int ring(int place) {
        return 1 + place % ringBlocks;
    }

    int file(int block) {
        return 1 + ringBlocks + block;
    }
}
