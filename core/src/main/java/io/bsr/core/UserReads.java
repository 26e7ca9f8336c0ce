package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.base.port.IoRequest;
import io.bsr.core.disk.Disk;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The reads of a volume's users: from the local disk, in no order with writes. */
final class UserReads {
    private final Volume volume;
    private final Resource resource;
    private @Nullable ReadRequest freeReads;
    private int inProgress;

    long sectorsRead;

    UserReads(Volume volume, Resource resource) {
        this.volume = volume;
        this.resource = resource;
    }

    /** Reads that are not answered; each is an operation of the backing store. */
    int inProgress() {
        return inProgress;
    }

    void read(IoRequest request) {
        Disk disk = volume.usableDisk();
        if (disk == null) {
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
            request.completed(errno);
            volume.quietCheck();
        }
    }
}
