package io.bsr.engine.guard;

import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Errno;
import io.bsr.base.port.IoRequest;
import io.bsr.base.port.VolumePort;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A volume behind a fence. When it breaks, requests in flight end with EIO and users are asked to leave; new requests end
 * with EIO.
 *
 * <p>It keeps count of requests by passing on pooled requests of its own: the core may be unable to end what it was given.
 */
public final class GuardedVolume implements VolumePort {
    private static final String STOPPED = "the resource was stopped after an internal error, see the log of bsrd";

    private final Fence fence;
    private final VolumePort volume;
    private final Set<User> users = new LinkedHashSet<>();
    private final Set<Inquiry> inquiries = new LinkedHashSet<>();
    private @Nullable Passage free;
    private @Nullable Passage inFlight;
    private long lastSize;
    private int lastBlockSize;

    public GuardedVolume(Fence fence, VolumePort volume) {
        this.fence = fence;
        this.volume = volume;
        this.lastSize = volume.size();
        this.lastBlockSize = volume.logicalBlockSize();
        fence.whenBroken(this::stop);
    }

    @Override
    public long size() {
        if (!fence.broken()) {
            lastSize = volume.size();
        }
        return lastSize;
    }

    @Override
    public int logicalBlockSize() {
        if (!fence.broken()) {
            lastBlockSize = volume.logicalBlockSize();
        }
        return lastBlockSize;
    }

    @Override
    public boolean discards() {
        return !fence.broken() && volume.discards();
    }

    @Override
    public @Nullable String open(User user) {
        if (fence.broken()) {
            return STOPPED;
        }
        String refusal;
        try {
            refusal = volume.open(user);
        } catch (RuntimeException | Error failure) {
            fence.breakDown(failure);
            return STOPPED;
        }
        if (refusal == null) {
            users.add(user);
        }
        return refusal;
    }

    @Override
    public void close(User user) {
        users.remove(user);
        fence.enter(() -> volume.close(user));
    }

    @Override
    public void submit(IoRequest request) {
        Passage passage = passage(request);
        if (fence.broken()) {
            // In a later turn, as a port must: settling is over, so nobody else will end this one.
            fence.later(passage);
            return;
        }
        try {
            volume.submit(passage);
        } catch (RuntimeException | Error failure) {
            fence.breakDown(failure);
        }
    }

    @Override
    public void abandon(User user) {
        fence.enter(() -> volume.abandon(user));
    }

    @Override
    public void mapAllocation(long offset, long length, BlockStore.AllocationSink sink) {
        Inquiry inquiry = new Inquiry(sink);
        if (fence.broken()) {
            fence.later(() -> inquiry.completed(Errno.EIO));
            return;
        }
        inquiries.add(inquiry);
        try {
            volume.mapAllocation(offset, length, inquiry);
        } catch (RuntimeException | Error failure) {
            fence.breakDown(failure);
        }
    }

    /** Requests that users wait for. */
    int requestsInFlight() {
        int count = 0;
        for (Passage passage = inFlight; passage != null; passage = passage.after) {
            count++;
        }
        return count;
    }

    private void stop() {
        while (inFlight != null) {
            inFlight.completed(Errno.EIO);
        }
        List.copyOf(inquiries).forEach(inquiry -> inquiry.completed(Errno.EIO));
        for (User user : List.copyOf(users)) {
            user.revoked(STOPPED);
        }
    }

    private Passage passage(IoRequest request) {
        Passage passage = free;
        if (passage == null) {
            passage = new Passage();
        } else {
            free = passage.after;
        }
        passage.begin(request);
        return passage;
    }

    /** One question for the allocation on its way. */
    private final class Inquiry implements BlockStore.AllocationSink {
        private final BlockStore.AllocationSink sink;

        Inquiry(BlockStore.AllocationSink sink) {
            this.sink = sink;
        }

        @Override
        public void extent(long length, boolean hole) {
            sink.extent(length, hole);
        }

        @Override
        public void completed(int errno) {
            inquiries.remove(this);
            sink.completed(errno);
        }
    }

    /** One request on its way; pooled. */
    private final class Passage extends IoRequest implements Runnable {
        private @Nullable IoRequest user;
        private @Nullable Passage before;
        private @Nullable Passage after;

        void begin(IoRequest request) {
            user = request;
            operation = request.operation;
            offset = request.offset;
            length = request.length;
            buffer = request.buffer;
            forceUnitAccess = request.forceUnitAccess;
            mayUnmap = request.mayUnmap;
            submitter = request.submitter;
            next = null;
            before = null;
            after = inFlight;
            if (after != null) {
                after.before = this;
            }
            inFlight = this;
        }

        @Override
        public void completed(int errno) {
            IoRequest request = user;
            if (request == null) {
                throw new IllegalStateException("a request was completed twice");
            }
            if (before == null) {
                inFlight = after;
            } else {
                before.after = after;
            }
            if (after != null) {
                after.before = before;
            }
            user = null;
            buffer = null;
            submitter = null;
            before = null;
            after = free;
            free = this;
            request.completed(errno);
        }

        /** Of a volume that is stopped. */
        @Override
        public void run() {
            if (user != null) {
                completed(Errno.EIO);
            }
        }
    }
}
