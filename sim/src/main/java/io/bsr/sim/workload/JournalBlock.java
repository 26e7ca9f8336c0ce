package io.bsr.sim.workload;

/**
 * What a block contains; as good as its sequence number and its checksum would tell.
 *
 * @param transaction to which it belongs; of the superblock: up to which the files' blocks are in their places
 * @param index of a block among those of the transaction, or among those of the files
 */
record JournalBlock(Kind kind, Transaction transaction, int index) {
    /** What blocks are for. */
    enum Kind {
        SUPERBLOCK,
        DESCRIPTOR,
        /** A block of a file, in the journal. */
        LOGGED,
        COMMIT,
        /** A block of a file, in its place. */
        FILE
    }
}
