package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.base.port.IoRequest;
import io.bsr.base.state.DiskState;
import io.bsr.core.disk.Disk;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The reads of a volume's users, in no order with writes: from the local disk, or from that of a peer while the local one
 * is gone or not good.
 */
final class UserReads {
    private final Volume volume;
    private final Resource resource;
    private @Nullable ReadRequest freeReads;
    private int inProgress;
    private int remote;

    long sectorsRead;

    UserReads(Volume volume, Resource resource) {
        this.volume = volume;
        this.resource = resource;
    }

    /** Reads that are not answered. */
    int inProgress() {
        return inProgress + remote;
    }

    /** Reads of the backing store in flight. */
    int localOperations() {
        return inProgress;
    }

    void read(IoRequest request) {
        Disk disk = volume.usableDisk();
        PeerDevice source = volume.diskState() == DiskState.UP_TO_DATE ? null : volume.goodPeer();
        if (source != null) {
            remote++;
            source.remoteReads().read(request);
            return;
        }
        // A request that a lost peer has not answered comes here for the second time: by now there may be no good data.
        if (disk == null || !volume.dataAccessible()) {
            resource.later(() -> request.completed(Errno.EIO));
            return;
        }
        ReadRequest read = freeReads;
        if (read == null) {
            read = new ReadRequest();
        } else {
            freeReads = read.next;
        }
        inProgress++;
        read.start(request, disk);
    }

    /** A peer has answered. */
    void remoteEnded(IoRequest request, int errno) {
        remote--;
        sectorsRead += request.length >>> Units.SECTOR_SHIFT;
        request.completed(errno);
    }

    /** The peer that was asked is gone. */
    void remoteLost(IoRequest request) {
        remote--;
        read(request);
    }

    private final class ReadRequest implements Completion {
        @Nullable ReadRequest next;

        private @Nullable IoRequest user;

        void start(IoRequest request, Disk disk) {
            user = request;
            Buffer target = Objects.requireNonNull(request.buffer, "a read without a buffer");
            disk.data().read(request.offset, target, 0, request.length, this);
        }

        @Override
        public void completed(int errno) {
            IoRequest request = Objects.requireNonNull(user);
            user = null;
            next = freeReads;
            freeReads = this;
            inProgress--;
            sectorsRead += request.length >>> Units.SECTOR_SHIFT;
            if (errno != Errno.OK) {
                volume.errors()
                        .readFailed(
                                request.offset >>> Units.SECTOR_SHIFT, request.length >>> Units.SECTOR_SHIFT, errno);
            }
            if (errno != Errno.OK && volume.usableDisk() == null && volume.dataAccessible()) {
                // The disk was given up for that error, and the peer has the data.
                read(request);
            } else {
                request.completed(errno);
            }
            volume.quietCheck();
        }
    }
}
