package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.port.Completion;
import io.bsr.base.port.IoRequest;
import io.bsr.core.disk.Disk;
import io.bsr.core.resync.RangeNode;
import org.jspecify.annotations.Nullable;

/**
 * A write (or trim, or write-zeroes) of a user on its way through the Primary. Pooled by the {@link TransferLog}.
 *
 * <pre>
 *   free → [blocked by an overlapping write] → [waits for the activity log] → dispatched → completed to its user → free
 *                                                                             └ local, acks, barrier acks ┘
 * </pre>
 */
final class WriteRequest extends RangeNode implements Completion {
    /** Index in the pool: the lower half of the block id. */
    final int index;

    /** Counts uses of this object, so that an acknowledgement of an earlier use is recognised. */
    int generation;

    @Nullable Volume volume;

    /** {@code null} once the user has been answered. */
    @Nullable IoRequest user;

    /** The disk that it is written to, whose activity log covers it; {@code null} if only peers get it. */
    @Nullable Disk disk;

    /** There is no good disk here: the write counts when a peer has it on its own, whatever the protocol. */
    boolean countsAtPeer;

    IoRequest.Operation operation = IoRequest.Operation.WRITE;
    boolean forceUnitAccess;

    /** It was dispatched: local and remote writes were started. */
    boolean dispatched;

    boolean localPending;
    /** What its user is told when nothing is waited for any more. */
    int localError;

    /** The local disk did not take it. */
    boolean missedHere;

    /** Node masks: whose acknowledgement the user waits for, who has not yet closed its epoch, who refused it. */
    int awaitingAck;

    int awaitingBarrier;
    int sentTo;
    int refusedBy;

    /** Node mask: for whom the blocks leave the bitmap when the write is acknowledged. */
    int inSyncWhenAcked;

    /** Its user is not answered before the peer that refused it has told its new state. */
    boolean awaitsPeerState;

    /** Its user waits until a lost peer is fenced or back. */
    boolean awaitsFence;

    /** Two Primaries: who has not written it, because its own write crossed this one; {@code null} if nobody. */
    @Nullable PeerDevice thrownAwayBy;

    /** A single write of that peer has all of its sectors. */
    boolean superseded;

    /** The epoch it belongs to. */
    int epoch;

    /** The resource's count of written sectors, this write included. */
    long dagtag;

    long dispatchedAt;

    /** Links of the transfer log, from dispatch to retirement; {@code nextInQueue} of the queues before. */
    @Nullable WriteRequest older;

    @Nullable WriteRequest newer;

    @Nullable WriteRequest nextInQueue;

    long order;

    WriteRequest(int index) {
        this.index = index;
    }

    /** Becomes the way of a user's request through the volume. */
    void begin(Volume of, IoRequest request) {
        volume = of;
        user = request;
        operation = request.operation;
        forceUnitAccess = request.forceUnitAccess;
        startSector = request.offset >>> Units.SECTOR_SHIFT;
        endSector = startSector + (request.length >>> Units.SECTOR_SHIFT);
    }

    /** Forgets the dispatch, if there was one, and what came of it; acknowledgements of it are not recognised any more. */
    void takeBack() {
        generation++;
        dispatched = false;
        localError = 0;
        missedHere = false;
        awaitingAck = 0;
        awaitingBarrier = 0;
        sentTo = 0;
        refusedBy = 0;
        inSyncWhenAcked = 0;
    }

    /** What the peer echoes in its acknowledgement. */
    long blockId() {
        return (long) generation << 32 | index;
    }

    int sectors() {
        return (int) (endSector - startSector);
    }

    @Override
    public void completed(int errno) {
        Volume owner = volume;
        if (owner == null) {
            throw new IllegalStateException("completion of a request that is not in use");
        }
        owner.requests().writes().localWriteCompleted(this, errno);
    }
}
