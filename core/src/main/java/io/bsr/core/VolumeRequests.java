package io.bsr.core;

import io.bsr.base.port.Errno;
import io.bsr.base.port.IoRequest;
import io.bsr.base.port.VolumePort;
import io.bsr.base.state.Role;
import org.jspecify.annotations.Nullable;

/** The requests of a volume's users: checks them, and hands them to {@link UserReads}, {@link UserWrites}, {@link UserFlushes}. */
final class VolumeRequests {
    private final Volume volume;
    private final Resource resource;
    private final UserReads reads;
    private final UserWrites writes;
    private final UserFlushes flushes;

    /** What has not begun because I/O is suspended. */
    private final HeldRequests held = new HeldRequests();

    private int holdingCommands;

    VolumeRequests(Volume volume, Resource resource) {
        this.volume = volume;
        this.resource = resource;
        reads = new UserReads(volume, resource);
        writes = new UserWrites(volume, resource);
        flushes = new UserFlushes(volume, resource);
    }

    UserReads reads() {
        return reads;
    }

    UserWrites writes() {
        return writes;
    }

    void submit(IoRequest request) {
        String refusal = check(request);
        if (refusal != null || resource.role() != Role.PRIMARY) {
            int errno = refusal != null ? Errno.EINVAL : Errno.EROFS;
            resource.later(() -> request.completed(errno));
            return;
        }
        if (holds()) {
            held.add(request);
            return;
        }
        if (!volume.dataAccessible()) {
            resource.later(() -> request.completed(Errno.EIO));
            return;
        }
        switch (request.operation) {
            case READ -> reads.read(request);
            case FLUSH -> flushes.flush(request);
            case WRITE, TRIM, WRITE_ZEROES -> writes.write(request);
        }
    }

    private boolean holds() {
        return holdingCommands > 0 || resource.suspension().active();
    }

    /** While {@code on}, no request begins; calls that turn it on and off belong together. */
    void holdForCommand(boolean on) {
        holdingCommands += on ? 1 : -1;
        suspensionEnded();
    }

    boolean heldForCommand() {
        return holdingCommands > 0;
    }

    /** What was held begins, in its order, unless there is another reason to hold it. */
    void suspensionEnded() {
        for (int left = held.size(); left > 0 && !holds(); left--) {
            IoRequest request = held.poll();
            if (request != null) {
                submit(request);
            }
        }
    }

    /** Nobody waits for what this user had asked for: what has not begun never will. */
    void abandoned(VolumePort.User user) {
        held.takeOf(user, request -> resource.later(() -> request.completed(Errno.EIO)));
    }

    private @Nullable String check(IoRequest request) {
        if (request.operation == IoRequest.Operation.FLUSH) {
            return null;
        }
        int limit =
                switch (request.operation) {
                    case READ, WRITE -> VolumePort.MAX_TRANSFER;
                    case TRIM, WRITE_ZEROES -> VolumePort.MAX_DISCARD;
                    case FLUSH -> 0;
                };
        int align = volume.logicalBlockSize() - 1;
        if (request.length <= 0 || request.length > limit) {
            return "length";
        }
        if ((request.offset & align) != 0 || (request.length & align) != 0) {
            return "alignment";
        }
        return request.offset < 0 || request.offset > volume.size() - request.length ? "range" : null;
    }

    /** Writes whose extents are logged but which were held back meanwhile go on. */
    void holdEnded() {
        writes.holdEnded();
        flushes.check();
    }

    /** A peer closed an epoch or was lost. */
    void barrierAcked() {
        flushes.check();
        writes.peersCaughtUp();
    }

    /** The disk was given up; its activity log is gone with it. What users wait for a peer does, or it fails. */
    void diskLost() {
        writes.pump();
        flushes.check();
    }

    UserFlushes flushes() {
        return flushes;
    }

    /** Requests of users that are not answered. */
    int inProgress() {
        return writes.inProgress() + reads.inProgress() + flushes.inProgress() + held.size();
    }

    /** Requests that wait for another one, for what must be on disk before them, or until I/O is no longer suspended. */
    int waiting() {
        return writes.waiting() + held.size();
    }

    /** True if no request is on its way; some may be held. */
    boolean nothingBegun() {
        return inProgress() == held.size() && writes.allHaveBegun() && localOperations() == 0;
    }

    /** Operations of the backing store in flight. */
    int localOperations() {
        return writes.localOperations() + reads.localOperations() + flushes.localOperations();
    }

    boolean quiet() {
        return inProgress() == 0 && localOperations() == 0;
    }
}
