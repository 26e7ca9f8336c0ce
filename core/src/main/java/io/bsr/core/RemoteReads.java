package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Errno;
import io.bsr.base.port.IoRequest;
import io.bsr.wire.PacketType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads of this node's users from the disk of a peer, while there is none here that is good (P_DATA_REQUEST; wire-protocol
 * reference, section 10.11). What the users have written before travels in front of the request.
 */
final class RemoteReads {
    /** Requests on their way to a peer; a peer of this engine refuses more than 1024. */
    private static final int MOST = 512;

    private final PeerDevice peerDevice;
    private final Resource resource;
    private final List<Read> reads = new ArrayList<>();
    private final ArrayDeque<IoRequest> waiting = new ArrayDeque<>();
    private @Nullable Read free;
    private int inProgress;

    RemoteReads(PeerDevice peerDevice, Resource resource) {
        this.peerDevice = peerDevice;
        this.resource = resource;
    }

    /** One request on its way. */
    private static final class Read {
        final int index;

        /** Counts uses of this object, so that an answer to an earlier use is recognised. */
        int generation;

        @Nullable IoRequest request;

        @Nullable Read nextFree;

        long askedAt;

        Read(int index) {
            this.index = index;
        }

        long blockId() {
            return (long) generation << 32 | index;
        }
    }

    /** Asks the peer, which is connected and UpToDate. */
    void read(IoRequest request) {
        Session session = peerDevice.connection().session();
        if (inProgress == MOST) {
            waiting.add(request);
            return;
        }
        Read read = free;
        if (read == null) {
            read = new Read(reads.size());
            reads.add(read);
        } else {
            free = read.nextFree;
        }
        read.request = request;
        read.askedAt = resource.now();
        inProgress++;
        if (session != null) {
            session.sendBlockRequest(
                    PacketType.DATA_REQUEST,
                    peerDevice,
                    request.offset >>> Units.SECTOR_SHIFT,
                    read.blockId(),
                    request.length,
                    0);
        }
    }

    /** True if an answer with these fields is due. */
    boolean expects(long blockId, long startSector, int bytes) {
        return find(blockId, startSector, bytes) != null;
    }

    private @Nullable Read find(long blockId, long startSector, int bytes) {
        int index = (int) blockId;
        if (index < 0 || index >= reads.size()) {
            return null;
        }
        Read read = reads.get(index);
        IoRequest request = read.request;
        return request != null
                        && read.blockId() == blockId
                        && request.offset == startSector << Units.SECTOR_SHIFT
                        && request.length == bytes
                ? read
                : null;
    }

    /** P_DATA_REPLY, which was expected, with its data. */
    void answered(long blockId, long startSector, int bytes, Buffer data) {
        Read read = find(blockId, startSector, bytes);
        if (read != null) {
            Buffer target = Objects.requireNonNull(Objects.requireNonNull(read.request).buffer);
            target.segment().asSlice(0, bytes).copyFrom(data.segment().asSlice(0, bytes));
            peerDevice.countReceived(bytes >>> Units.SECTOR_SHIFT);
            end(read, Errno.OK);
        }
    }

    /** P_NEG_DREPLY: the peer could not read; false if no such answer is due. */
    boolean refused(long blockId, long startSector, int bytes) {
        Read read = find(blockId, startSector, bytes);
        if (read == null) {
            return false;
        }
        resource.log(
                Events.Level.ERROR,
                peerDevice.label(),
                "the peer could not read " + bytes + " bytes at sector " + startSector + " for a user of this node");
        end(read, Errno.EIO);
        return true;
    }

    private void end(Read read, int errno) {
        IoRequest request = take(read);
        IoRequest following = waiting.poll();
        if (following != null) {
            read(following);
        }
        peerDevice.volume().requests().reads().remoteEnded(request, errno);
    }

    private IoRequest take(Read read) {
        IoRequest request = Objects.requireNonNull(read.request);
        read.request = null;
        read.generation++;
        read.nextFree = free;
        free = read;
        inProgress--;
        return request;
    }

    /** The connection is gone: other data have to be found for what was asked, or none are there. */
    void disconnected() {
        List<IoRequest> lost = new ArrayList<>();
        for (Read read : reads) {
            if (read.request != null) {
                lost.add(take(read));
            }
        }
        lost.addAll(waiting);
        waiting.clear();
        for (IoRequest request : lost) {
            resource.later(() -> peerDevice.volume().requests().reads().remoteLost(request));
        }
    }

    /** When the oldest request was sent that is not answered; 0 if there is none. */
    long oldestUnanswered() {
        long oldest = 0;
        for (Read read : reads) {
            if (read.request != null && (oldest == 0 || read.askedAt < oldest)) {
                oldest = read.askedAt;
            }
        }
        return oldest;
    }
}
