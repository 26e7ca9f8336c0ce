package io.bsr.base.port;

import org.jspecify.annotations.Nullable;

/** A replicated volume as its users (NBD server, later ublk and FUSE) see it. Belongs to the loop of its resource. */
public interface VolumePort {
    /** Largest READ or WRITE, in bytes (1 MiB, the limit of the replication protocol). */
    int MAX_TRANSFER = 1 << 20;

    /** Largest TRIM or WRITE_ZEROES, in bytes (128 MiB, the limit of the replication protocol). */
    int MAX_DISCARD = 128 << 20;

    /** Size in bytes. */
    long size();

    /** 512 or 4096. */
    int logicalBlockSize();

    /** True if TRIM reaches the disks; otherwise it is accepted and does nothing harmful. */
    boolean discards();

    /**
     * Registers a user. While there is one, the node cannot be demoted.
     *
     * @return {@code null} if opened, else the reason for the refusal in words (not Primary, no disk, …)
     */
    @Nullable String open(User user);

    /** Ends what {@link #open} began. All requests of the user must have completed. */
    void close(User user);

    /** Takes the request and completes it later. A request that is out of range completes with EINVAL. */
    void submit(IoRequest request);

    /**
     * The user is gone and waits for no answer. Its requests that have not begun, because I/O is suspended, complete soon
     * with an error; the others complete as ever. Without it, a user that leaves a suspended volume could not be closed.
     */
    default void abandon(User user) {}

    /** Which parts of the range of the local disk are holes; see {@link BlockStore#mapAllocation}. */
    void mapAllocation(long offset, long length, BlockStore.AllocationSink sink);

    /** A user of the volume. */
    interface User {
        /** Who it is, for {@code status} and for refusals, e.g. {@code "NBD client 127.0.0.1:40210"}. */
        String description();

        /** The size changed to {@code size} bytes. */
        void resized(long size);

        /** The volume goes away (forced demotion, removal): finish and close. {@code reason} in words. */
        void revoked(String reason);
    }
}
