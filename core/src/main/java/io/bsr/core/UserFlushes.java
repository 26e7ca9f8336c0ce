package io.bsr.core;

import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.base.port.IoRequest;
import io.bsr.base.state.DiskState;
import io.bsr.core.disk.Disk;
import org.jspecify.annotations.Nullable;

/**
 * The flushes of a volume's users: answered when the local store and every peer that counts have what was written before.
 * Without a good local store the peers count under every protocol.
 */
final class UserFlushes {
    private final Volume volume;
    private final Resource resource;
    private @Nullable FlushRequest freeFlushes;
    private @Nullable FlushRequest activeFlushes;
    private int inProgress;
    private int localOperations;
    private boolean writesLost;

    UserFlushes(Volume volume, Resource resource) {
        this.volume = volume;
        this.resource = resource;
    }

    /** Flushes that are not answered. */
    int inProgress() {
        return inProgress;
    }

    /** Flushes of the backing store in flight. */
    int localOperations() {
        return localOperations;
    }

    void flush(IoRequest request) {
        FlushRequest flush = freeFlushes;
        if (flush == null) {
            flush = new FlushRequest();
        } else {
            freeFlushes = flush.next;
        }
        inProgress++;
        flush.start(request);
    }

    /** What a peer alone had, and had not said to be durable, may be lost with it: users must hear of it once. */
    void writesMayBeLost() {
        writesLost = true;
    }

    /** A peer closed an epoch or was lost, or the disk was: some may be answered now. */
    void check() {
        FlushRequest next;
        for (FlushRequest f = activeFlushes; f != null; f = next) {
            next = f.next;
            f.check();
        }
    }

    /** Waits for the local flush, and for every counted peer to close the epochs before it. */
    private final class FlushRequest implements Completion {
        @Nullable FlushRequest next;

        private @Nullable IoRequest user;
        private boolean localPending;
        private int error;
        private int epoch;

        void start(IoRequest request) {
            user = request;
            error = Errno.OK;
            next = activeFlushes;
            activeFlushes = this;
            resource.transferLog().closeEpoch();
            epoch = resource.transferLog().epoch() - 1;
            resource.sendBarriers();
            Disk disk = volume.usableDisk();
            localPending = disk != null && disk.writer().flushesData();
            if (localPending && disk != null) {
                localOperations++;
                disk.data().flush(this);
            } else {
                resource.later(this::check);
            }
        }

        @Override
        public void completed(int errno) {
            localOperations--;
            localPending = false;
            if (errno != Errno.OK) {
                volume.errors().flushFailed(errno);
                if (volume.usableDisk() != null) {
                    error = errno;
                }
            }
            check();
            volume.quietCheck();
        }

        void check() {
            IoRequest request = user;
            if (request == null || localPending) {
                return;
            }
            boolean peersOnly = volume.diskState() != DiskState.UP_TO_DATE;
            if (peersOnly && (writesLost || !volume.dataAccessible())) {
                error = Errno.EIO;
            }
            if (error == Errno.OK && !resource.replication().epochClosedByPeers(epoch, peersOnly)) {
                return;
            }
            writesLost &= error == Errno.OK;
            user = null;
            unlink();
            next = freeFlushes;
            freeFlushes = this;
            inProgress--;
            request.completed(error);
        }

        private void unlink() {
            if (activeFlushes == this) {
                activeFlushes = next;
                return;
            }
            for (FlushRequest f = activeFlushes; f != null; f = f.next) {
                if (f.next == this) {
                    f.next = next;
                    return;
                }
            }
        }
    }
}
