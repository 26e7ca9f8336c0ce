package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Completion;
import io.bsr.core.disk.Disk;
import io.bsr.core.resync.RangeNode;
import org.jspecify.annotations.Nullable;

/** Something a peer makes this node write: a replicated write, or the answer to a resync request. Pooled per volume. */
final class PeerWrite extends RangeNode implements Completion {
    /** What kind of write it is. */
    enum Kind {
        DATA,
        ZEROES,
        RESYNC,
        /** Writes nothing: keeps other writes away from the range, from {@link Looker#peersKeptAway} to its completion. */
        LOOK
    }

    /** Somebody who looks at a range. */
    interface Looker {
        /** No write of a peer to the range is in flight, and none begins before {@link PeerWrite#completed}. */
        void peersKeptAway(PeerWrite look);
    }

    final PeerWrites owner;
    Kind kind = Kind.DATA;

    @Nullable Session session;

    @Nullable PeerDevice peerDevice;

    @Nullable Buffer buffer;

    long blockId;
    int flags;
    boolean mayUnmap;

    /** Number of the epoch in {@link ReceivedEpochs}. */
    long epoch;

    /** A write of a peer that has no disk: its blocks are marked, and its extents have to be in the activity log. */
    boolean onlyHere;

    /** The disk in whose activity log it has references. */
    @Nullable Disk logDisk;

    /** The number that came with it; of RESYNC to be echoed. */
    int sequence;

    /** RESYNC: handle of the request. */
    int resyncRequest;

    /** RESYNC: the run of the resync that asked for it. */
    int resyncRun;

    /** RESYNC: came for a run that has ended, and is not written; that says nothing about the disk. */
    boolean stale;

    /** The disk was being left when its turn came: it is not written. */
    boolean refused;

    /** RESYNC: what keeps users' writes away from the range; {@code null} if there are no users here. */
    ResyncLooks.@Nullable Look look;

    /** LOOK: who looks. */
    @Nullable Looker looker;

    /** Parts of it that are being written. */
    int parts;

    int error;
    boolean started;
    long order;

    @Nullable PeerWrite next;

    PeerWrite(PeerWrites owner) {
        this.owner = owner;
    }

    /** It comes from a user of the peer. */
    boolean replicated() {
        return kind == Kind.DATA || kind == Kind.ZEROES;
    }

    int bytes() {
        return (int) (endSector - startSector) << Units.SECTOR_SHIFT;
    }

    @Override
    public void completed(int errno) {
        owner.partCompleted(this, errno);
    }
}
