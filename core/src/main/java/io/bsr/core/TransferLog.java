package io.bsr.core;

import org.jspecify.annotations.Nullable;

/**
 * The writes of a resource from dispatch until every peer that got them has closed their epoch, in the order in which
 * they were dispatched (wire-protocol reference, sections 10.7, 14.1, 14.2).
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>Epoch numbers never decrease along the log.
 *   <li>A write leaves only from the head, so P_PEER_ACK can name the newest write that is safe everywhere.
 *   <li>A new epoch begins when a write of the current one completes to its user: what the user writes after that may
 *       depend on it.
 * </ol>
 */
final class TransferLog {
    /** Most writes in flight and not yet closed, per resource. */
    static final int CAPACITY = 4096;

    private final Resource resource;
    private final WriteRequest[] pool = new WriteRequest[CAPACITY];
    private final WriteRequest[] free = new WriteRequest[CAPACITY];
    private int allocated;
    private int freeCount;
    private int count;
    private @Nullable WriteRequest head;
    private @Nullable WriteRequest tail;

    private int epoch;
    private int writesInEpoch;
    private long dagtag;
    private long orders;

    TransferLog(Resource resource) {
        this.resource = resource;
    }

    /** A request that is not in use, or {@code null} if there are too many. */
    @Nullable WriteRequest tryAcquire() {
        if (freeCount > 0) {
            WriteRequest request = free[--freeCount];
            request.order = ++orders;
            return request;
        }
        if (allocated == CAPACITY) {
            return null;
        }
        WriteRequest request = new WriteRequest(allocated);
        pool[allocated++] = request;
        request.order = ++orders;
        return request;
    }

    /** The place, among the writes, of something that comes now. */
    long nextOrder() {
        return ++orders;
    }

    void release(WriteRequest request) {
        request.takeBack();
        request.volume = null;
        request.user = null;
        request.disk = null;
        request.awaitsPeerState = false;
        request.awaitsFence = false;
        request.thrownAwayBy = null;
        free[freeCount++] = request;
    }

    /** The dispatched request with this block id and first sector; {@code null} if there is none. */
    @Nullable WriteRequest find(long blockId, long startSector) {
        int index = (int) blockId;
        if (index < 0 || index >= allocated) {
            return null;
        }
        WriteRequest request = pool[index];
        return request.dispatched && request.blockId() == blockId && request.startSector == startSector
                ? request
                : null;
    }

    /** The request is being dispatched: it gets its epoch and dagtag, and its place at the end. */
    void append(WriteRequest request) {
        request.dispatched = true;
        request.epoch = epoch;
        writesInEpoch++;
        dagtag += request.sectors();
        request.dagtag = dagtag;
        request.older = tail;
        request.newer = null;
        if (tail == null) {
            head = request;
        } else {
            tail.newer = request;
        }
        tail = request;
        count++;
        if (writesInEpoch >= resource.maxEpochSize()) {
            closeEpoch();
        }
    }

    /** Takes a write back that is to be dispatched once more, with its user, its disk and its references there. */
    void withdraw(WriteRequest request) {
        WriteRequest before = request.older;
        WriteRequest after = request.newer;
        if (before == null) {
            head = after;
        } else {
            before.newer = after;
        }
        if (after == null) {
            tail = before;
        } else {
            after.older = before;
        }
        count--;
        request.takeBack();
    }

    /** Later writes belong to a new epoch, if the current one has any. */
    void closeEpoch() {
        if (writesInEpoch > 0) {
            writesInEpoch = 0;
            epoch++;
            resource.replication().epochClosed();
        }
    }

    int epoch() {
        return epoch;
    }

    long dagtag() {
        return dagtag;
    }

    /** At attach: never count again what was counted before. */
    void raiseDagtag(long stored) {
        dagtag = Math.max(dagtag, stored);
    }

    int count() {
        return count;
    }

    @Nullable WriteRequest head() {
        return head;
    }

    /** True if a write to the range was sent to the peer, and is perhaps not on its disk. */
    boolean onTheWay(PeerDevice p, long startSector, long endSector) {
        int mask = 1 << p.connection().peer().value();
        for (WriteRequest r = head; r != null; r = r.newer) {
            if ((r.awaitingBarrier & mask) != 0
                    && r.volume == p.volume()
                    && r.startSector < endSector
                    && startSector < r.endSector) {
                return true;
            }
        }
        return false;
    }

    /** A peer has closed an epoch: nothing of it or before it needs that peer any more. */
    void barrierAcked(int node, int closedEpoch) {
        int mask = 1 << node;
        for (WriteRequest r = head; r != null && r.epoch - closedEpoch <= 0; r = r.newer) {
            if ((r.awaitingBarrier & mask) != 0) {
                r.awaitingBarrier &= ~mask;
                resource.replication().arrived(node, r);
            }
        }
        retire();
    }

    /** Retires what is done, from the head on. */
    void retire() {
        WriteRequest r = head;
        while (r != null && r.user == null && !r.localPending && r.awaitingBarrier == 0 && r.awaitingAck == 0) {
            head = r.newer;
            if (head == null) {
                tail = null;
            } else {
                head.older = null;
            }
            count--;
            resource.replication().writeIsSafe(r);
            Volume volume = r.volume;
            if (volume == null) {
                throw new IllegalStateException("a request without its volume is in the transfer log");
            }
            volume.requests().writes().retired(r);
            release(r);
            r = head;
        }
        resource.replication().transferLogShrank();
    }
}
