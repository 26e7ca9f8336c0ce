package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.base.port.Timers;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.Disk;
import io.bsr.core.resync.RangeNode;
import io.bsr.core.resync.ResyncShare;
import io.bsr.wire.BlockIds;
import io.bsr.wire.PacketType;
import io.bsr.wire.Versions;
import io.bsr.wire.digest.DigestAlgorithm;
import io.bsr.wire.digest.PayloadDigest;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The side of a resync that is read (wire-protocol reference, section 11.3).
 *
 * <p>A block is never read while an own write to it is on its way to the local disk: the target cannot tell such an
 * answer from newer data. Writes that begin after the read overtake the answer in the stream, and the target leaves out
 * what they overwrote.
 */
final class ResyncSource {
    /** Requests waiting or being read; a target that sends more is told to ask again. */
    private static final int MAX_REQUESTS = 4096;

    /** The same where a target cannot be told so: as many blocks as its largest max-buffers allows. */
    private static final int MOST_REQUESTS = 131_072;

    /** Bytes being read or waiting in the socket; fewer while users write, whose writes come first. */
    private static final long MAX_BYTES = 8L << 20;

    private static final long MAX_BYTES_WHILE_SHARING = 1L << 20;

    private final PeerDevice peerDevice;
    private final Resource resource;
    private long[] sectors = new long[MAX_REQUESTS];
    private int[] lengths = new int[MAX_REQUESTS];
    private byte[] @Nullable [] digests = new byte[MAX_REQUESTS][];
    private boolean[] compared = new boolean[MAX_REQUESTS];
    private @Nullable PayloadDigest digest;
    private int first;
    private int count;
    private long bytesReading;
    private int unacknowledged;
    private @Nullable Read free;
    private boolean waitingForMemory;
    private final Runnable pumpLater = this::pump;
    private final ResyncShare share = new ResyncShare();
    private Timers.@Nullable Timer waitingForShare;

    /** Counts the entries into Ahead; answers and their acknowledgements carry it. */
    int resyncSequence;

    private final Reservation reservation = new Reservation();

    /** Between {@link #start} and {@link #stop}. */
    private boolean running;

    /** Covers what the users wrote, since the resync began, and the local disk did not take; empty at first. */
    private long missedFrom = Long.MAX_VALUE;

    private long missedTo;

    private boolean bitmapReceived;
    private long totalBlocks;
    private long beganAt;

    ResyncSource(PeerDevice peerDevice, Resource resource) {
        this.peerDevice = peerDevice;
        this.resource = resource;
    }

    void exchangeBegins() {
        bitmapReceived = false;
    }

    /** The peer falls behind: what was read before must not count any more, and what it has asked for it asks again. */
    void fallsBehind() {
        resyncSequence = resyncSequence == Integer.MAX_VALUE ? 1 : resyncSequence + 1;
        release();
        Session session = peerDevice.connection().session();
        for (; count > 0; count--) {
            if (session != null) {
                answer(session, PacketType.RS_CANCEL, sectors[first], lengths[first]);
            }
            first = (first + 1) % sectors.length;
        }
    }

    /** Answers with data that the peer has not acknowledged. */
    int unacknowledged() {
        return unacknowledged;
    }

    /** The connection is gone: no more acknowledgements will come. */
    void disconnected() {
        stop();
        unacknowledged = 0;
    }

    void bitmapReceived() {
        bitmapReceived = true;
    }

    boolean hasBitmap() {
        return bitmapReceived;
    }

    void start() {
        running = true;
        missedFrom = Long.MAX_VALUE;
        missedTo = 0;
        totalBlocks = peerDevice.outOfSyncBlocks();
        beganAt = resource.now();
        resource.log(
                Events.Level.INFO,
                peerDevice.label(),
                "began resync as SyncSource: " + totalBlocks * 4 + " KiB out of sync");
    }

    long totalBlocks() {
        return totalBlocks;
    }

    long beganAt() {
        return beganAt;
    }

    /** The connection is gone, or the resync is over. */
    void stop() {
        running = false;
        count = 0;
        first = 0;
        totalBlocks = 0;
        release();
        if (waitingForShare != null) {
            waitingForShare.cancel();
            waitingForShare = null;
        }
    }

    /**
     * P_RS_DATA_REQUEST or P_CSUM_RS_REQUEST, with a checked range.
     *
     * @param in where the digest of what the target has stands, at {@code digestOffset}; {@code null} if there is none
     */
    void requested(Session session, long startSector, int bytes, @Nullable ByteBuffer in, int digestOffset) {
        Disk disk = peerDevice.volume().disk();
        long endSector = startSector + (bytes >>> Units.SECTOR_SHIFT);
        if (disk == null || peerDevice.volume().diskState().compareTo(DiskState.OUTDATED) < 0) {
            answer(session, PacketType.NEG_RS_DREPLY, startSector, bytes);
        } else if (!mayServe()
                || !hasRoom(session)
                || (!session.protocol.interlocksReads()
                        && peerDevice.volume().requests().writes().writing(startSector, endSector))) {
            answer(session, PacketType.RS_CANCEL, startSector, bytes);
        } else {
            int at = (first + count++) % sectors.length;
            sectors[at] = startSector;
            lengths[at] = bytes;
            keepDigest(at, in, digestOffset);
            pump();
        }
    }

    private boolean hasRoom(Session session) {
        if (count < sectors.length) {
            return true;
        }
        if (!session.protocol.interlocksReads() || count >= MOST_REQUESTS) {
            return false;
        }
        long[] moreSectors = new long[2 * count];
        int[] moreLengths = new int[2 * count];
        byte[] @Nullable [] moreDigests = new byte[2 * count][];
        boolean[] moreCompared = new boolean[2 * count];
        for (int i = 0; i < count; i++) {
            int from = (first + i) % count;
            moreSectors[i] = sectors[from];
            moreLengths[i] = lengths[from];
            moreDigests[i] = digests[from];
            moreCompared[i] = compared[from];
        }
        sectors = moreSectors;
        lengths = moreLengths;
        digests = moreDigests;
        compared = moreCompared;
        first = 0;
        return true;
    }

    private void keepDigest(int at, @Nullable ByteBuffer in, int offset) {
        byte[] digest = digests[at];
        compared[at] = in != null;
        if (in != null) {
            if (digest == null) {
                digest = new byte[Versions.LONGEST_DIGEST];
                digests[at] = digest;
            }
            in.get(offset, digest, 0, Math.min(digest.length, in.limit() - offset));
        }
    }

    private boolean mayServe() {
        ReplicationState state = peerDevice.replication();
        boolean source = state == ReplicationState.SYNC_SOURCE || state == ReplicationState.PAUSED_SYNC_S;
        return bitmapReceived && state != ReplicationState.AHEAD && (source || resource.role() == Role.PRIMARY);
    }

    /** Starts as many reads as is good now. */
    void pump() {
        Session session = peerDevice.connection().session();
        Disk disk = peerDevice.volume().disk();
        if (session == null || disk == null || peerDevice.volume().resize().running()) {
            // The place that metadata leave belongs to the volume already, and is still written to.
            return;
        }
        long now = resource.now();
        int minRate = peerDevice.options().minRate();
        long limit = share.sharing(now) ? MAX_BYTES_WHILE_SHARING : MAX_BYTES;
        while (count > 0 && bytesReading + session.data.unsentBytes() < limit) {
            if (!share.permits(now, minRate)) {
                waitForShare();
                return;
            }
            long start = sectors[first];
            int bytes = lengths[first];
            long end = start + (bytes >>> Units.SECTOR_SHIFT);
            boolean writing = peerDevice.volume().requests().writes().writing(start, end);
            if (writing && session.protocol.interlocksReads()) {
                reserve(start, end);
                return;
            }
            release();
            if (writing) {
                answer(session, PacketType.RS_CANCEL, start, bytes);
            } else {
                Buffer buffer = resource.buffers().tryAcquire(bytes);
                if (buffer == null) {
                    waitForMemory();
                    return;
                }
                Read read = free;
                if (read == null) {
                    read = new Read();
                } else {
                    free = read.next;
                }
                share.taken(bytes, now);
                read.start(session, disk, buffer, start, bytes, compared[first] ? digests[first] : null);
            }
            first = (first + 1) % sectors.length;
            count--;
        }
    }

    /** The next block to read is being written: that write is waited for, and later ones wait for the read. */
    private void reserve(long start, long end) {
        if (!reservation.inserted()) {
            reservation.startSector = start;
            reservation.endSector = end;
            peerDevice.volume().requests().writes().beginResyncRead(reservation);
        }
    }

    private void release() {
        if (reservation.inserted()) {
            peerDevice.volume().requests().writes().endResyncRead(reservation);
        }
    }

    /** A write of this node's users is on the disk. */
    void ownWriteDone() {
        if (reservation.inserted()) {
            pump();
        }
    }

    private static final class Reservation extends RangeNode {}

    /**
     * The local disk did not take a write, which the target may have got: answers that were read before do not make these
     * blocks equal, for the target leaves out what the write has overtaken.
     */
    void missedHere(long startSector, long endSector) {
        if (running) {
            missedFrom = Math.min(missedFrom, startSector);
            missedTo = Math.max(missedTo, endSector);
        }
    }

    private void setInSync(long startSector, long endSector) {
        peerDevice.setInSync(startSector, endSector);
        long from = Math.max(startSector, missedFrom);
        long to = Math.min(endSector, missedTo);
        if (from < to) {
            peerDevice.setOutOfSync(from, to);
        }
    }

    /** A user, here or at the target, has written. Called for every write, so it costs nothing while nothing is resynced. */
    void usersWrote(long bytes) {
        if (!running) {
            return;
        }
        share.used(bytes, resource.now());
        if (waitingForShare != null) {
            pump();
        }
    }

    private void waitForShare() {
        if (waitingForShare == null) {
            waitingForShare = resource.timers().schedule(ResyncShare.PATIENCE_NANOS, () -> {
                waitingForShare = null;
                pump();
            });
        }
    }

    private void waitForMemory() {
        if (!waitingForMemory) {
            waitingForMemory = true;
            resource.buffers().whenReleased(() -> {
                waitingForMemory = false;
                pump();
            });
        }
    }

    /** What keeps it from answering, for people. */
    String waitsFor() {
        if (!bitmapReceived) {
            return "the bitmap of the peer";
        }
        if (count == 0) {
            return "";
        }
        if (peerDevice.volume().resize().running()) {
            return "a resize to end";
        }
        if (reservation.inserted()) {
            return "a write of users to the block that is to be read next";
        }
        if (waitingForMemory) {
            return "memory: all buffers are in use";
        }
        return waitingForShare != null ? "its share of the disk beside users" : "";
    }

    private void answer(Session session, PacketType type, long startSector, int bytes) {
        session.sendBlockAck(type, peerDevice, startSector, BlockIds.SYNCER, bytes);
    }

    /** P_RS_WRITE116_ACK, P_RS_WRITE_ACK, or P_NEG_ACK for resync data; {@code last} for the last part of an answer. */
    void acknowledged(long startSector, int bytes, boolean written, boolean last, int sequence) {
        if (last && unacknowledged > 0) {
            unacknowledged--;
        }
        long endSector = startSector + (bytes >>> Units.SECTOR_SHIFT);
        boolean current =
                (sequence == 0 || sequence == resyncSequence) && peerDevice.replication() != ReplicationState.AHEAD;
        if (written && current && mayServe()) {
            setInSync(startSector, endSector);
        } else if (written && !current) {
            // The target has taken it for good: it must know that it may be old.
            Session session = peerDevice.connection().session();
            peerDevice.setOutOfSync(startSector, endSector);
            if (session != null) {
                session.sendOutOfSync(peerDevice, startSector, bytes);
            }
        }
        peerDevice.countSent(bytes >>> Units.SECTOR_SHIFT);
    }

    private final class Read extends RangeNode implements Completion {
        @Nullable Read next;

        private @Nullable Session session;
        private @Nullable Buffer buffer;
        private int bytes;
        private int sequence;
        private boolean compares;
        private final byte[] theirs = new byte[Versions.LONGEST_DIGEST];

        void start(
                Session onSession, Disk disk, Buffer target, long start, int length, byte @Nullable [] targetsDigest) {
            sequence = resyncSequence;
            compares = targetsDigest != null;
            if (targetsDigest != null) {
                System.arraycopy(targetsDigest, 0, theirs, 0, theirs.length);
            }
            session = onSession;
            buffer = target;
            startSector = start;
            bytes = length;
            endSector = start + (length >>> Units.SECTOR_SHIFT);
            bytesReading += length;
            if (onSession.protocol.interlocksReads()) {
                peerDevice.volume().requests().writes().beginResyncRead(this);
            }
            disk.resync().read(start << Units.SECTOR_SHIFT, target, 0, length, this);
        }

        private boolean equal(Buffer data) {
            DigestAlgorithm algorithm = peerDevice.connection().digests().csums();
            PayloadDigest by = digest;
            if (algorithm == null || !mayServe()) {
                return false;
            }
            if (by == null || by.algorithm() != algorithm) {
                by = new PayloadDigest(algorithm);
                digest = by;
            }
            by.update(data, 0, bytes);
            return by.matches(theirs);
        }

        @Override
        public void completed(int errno) {
            Session on = Objects.requireNonNull(session);
            Buffer data = Objects.requireNonNull(buffer);
            session = null;
            buffer = null;
            bytesReading -= bytes;
            if (on.alive) {
                if (errno != Errno.OK) {
                    answer(on, PacketType.NEG_RS_DREPLY, startSector, bytes);
                } else if (sequence != resyncSequence) {
                    answer(on, PacketType.RS_CANCEL, startSector, bytes);
                } else if (compares && equal(data)) {
                    setInSync(startSector, startSector + (bytes >>> Units.SECTOR_SHIFT));
                    answer(on, PacketType.RS_IS_IN_SYNC, startSector, bytes);
                } else {
                    unacknowledged++;
                    on.sendData(
                            PacketType.RS_DATA_REPLY,
                            peerDevice.volume().number(),
                            startSector,
                            BlockIds.SYNCER,
                            resyncSequence,
                            0,
                            data,
                            bytes);
                }
            }
            if (inserted()) {
                peerDevice.volume().requests().writes().endResyncRead(this);
            }
            data.release();
            next = free;
            free = this;
            if (errno != Errno.OK) {
                peerDevice.volume().errors().readFailed(startSector, bytes >>> Units.SECTOR_SHIFT, errno);
            }
            pump();
            if (count > 0 && bytesReading == 0) {
                // Once more when this turn's output has left: if all of it did, nobody will say that it drained.
                resource.later(pumpLater);
            }
            peerDevice.volume().quietCheck();
        }
    }
}
