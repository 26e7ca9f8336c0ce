package io.bsr.core;

/**
 * Something that is told as it happens and is no state: what {@code events2} shows beside state changes, and what handlers
 * of the administrator are called for; command-line reference, section 3.6, and handlers reference, section 2.
 */
public sealed interface Happening {
    /** In place of a node id or a volume number: none in particular. */
    int NONE = -1;

    /**
     * A handler is to be called. If it is told as a happening, the core goes on meanwhile, and whatever the handler says
     * changes nothing; see {@link Events#ask} for the others.
     *
     * @param handler its name, {@code "split-brain"}
     * @param peerNodeId 0 … 31, or {@link #NONE}
     * @param volume 0 … 65534, or {@link #NONE}
     */
    record HandlerDue(String handler, int peerNodeId, int volume) implements Happening {}

    /**
     * A backing device failed.
     *
     * @param metadata and not the data
     * @param write and not a read
     * @param sector first one on the device; 0 if none in particular
     * @param bytes 0 if unknown
     */
    record IoError(int volume, boolean metadata, boolean write, int errno, long sector, int bytes)
            implements Happening {}

    /** Two copies with changes of their own have met. */
    record SplitBrain(int peerNodeId, int volume, Recovery recovery) implements Happening {}

    /** What became of a split brain. */
    enum Recovery {
        /** An after-sb policy decided. */
        AUTOMATICALLY,
        /** An administrator had decided, with discard-my-data. */
        MANUALLY,
        /** Nobody did: the connection is dropped. */
        NO
    }
}
