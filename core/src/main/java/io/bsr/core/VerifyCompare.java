package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.core.disk.Disk;
import io.bsr.wire.Versions;
import io.bsr.wire.digest.PayloadDigest;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One look of {@link VerifySource}: from the request to the comparison; pooled. */
final class VerifyCompare extends UserLook implements PeerWrite.Looker, Completion {
    private final VerifySource source;
    private final PeerDevice peerDevice;
    private final Resource resource;
    private final byte[] theirs = new byte[Versions.LONGEST_DIGEST];
    private final Runnable readAgain = this::read;
    private final Runnable begin;
    private int looks;
    private boolean locking;
    private boolean locked;
    private boolean cancelled;

    /** The request is on its way. */
    private boolean asked;

    private @Nullable Session session;
    private @Nullable PeerWrite held;
    private @Nullable Buffer buffer;

    VerifyCompare(VerifySource source, PeerDevice peerDevice, Resource resource) {
        this.source = source;
        this.peerDevice = peerDevice;
        this.resource = resource;
        this.begin = this::lock;
    }

    /** A first look; users go on writing. */
    void begin(int number) {
        looks = number;
        cancelled = false;
        asked = true;
    }

    /** False while something of an earlier run has not ended. */
    boolean idle() {
        return session == null && !locking && !locked;
    }

    /** True if an answer is due. */
    boolean asked() {
        return asked;
    }

    /** The peer is asked when users' writes are kept away, and {@code durable} there where that is asked for. */
    void beginLocked(int number, long start, long end, boolean durable) {
        durableAt = durable ? peerDevice : null;
        looks = number;
        cancelled = false;
        asked = false;
        startSector = start;
        endSector = end;
        locking = true;
        if (number > 2) {
            // A Primary there may still be writing what it has sent.
            resource.timers().schedule(100_000_000L, begin);
        } else {
            lock();
        }
    }

    private void lock() {
        if (cancelled) {
            locking = false;
            return;
        }
        peerDevice.volume().requests().writes().look(this);
    }

    @Override
    void usersKeptAway() {
        locking = false;
        locked = true;
        Session on = peerDevice.connection().session();
        if (cancelled || on == null) {
            unlock();
        } else {
            asked = true;
            source.send(on, startSector, (int) (endSector - startSector), 1);
        }
    }

    private void unlock() {
        if (locked) {
            locked = false;
            peerDevice.volume().requests().writes().endLook(this);
        }
    }

    /** The verify is over. What is being read, or waits for a lock, ends by itself. */
    void cancel() {
        cancelled = true;
        if (session == null) {
            unlock();
        }
    }

    /** The peer could not look; returns the number of this look. */
    int refused() {
        asked = false;
        unlock();
        return looks;
    }

    /** The peer's digest has come. */
    void replied(Session on, long start, int bytes, ByteBuffer in, int offset, int length) {
        session = on;
        asked = false;
        if (!locked) {
            startSector = start;
            endSector = start + (bytes >>> Units.SECTOR_SHIFT);
        }
        in.get(offset, theirs, 0, length);
        peerDevice.volume().peerWrites().look(this, on, peerDevice, start, bytes);
    }

    @Override
    public void peersKeptAway(PeerWrite look) {
        held = look;
        read();
    }

    private void read() {
        Disk disk = peerDevice.volume().usableDisk();
        if (disk == null || cancelled) {
            end(false, false);
            return;
        }
        Buffer acquired = resource.buffers().tryAcquire(bytes());
        if (acquired == null) {
            resource.buffers().whenReleased(readAgain);
            return;
        }
        buffer = acquired;
        disk.data().read(startSector << Units.SECTOR_SHIFT, acquired, 0, bytes(), this);
    }

    @Override
    public void completed(int errno) {
        Buffer data = Objects.requireNonNull(buffer);
        PayloadDigest by = source.digest();
        buffer = null;
        boolean differs = false;
        if (errno == Errno.OK && by != null && !cancelled) {
            by.update(data, 0, bytes());
            differs = !by.matches(theirs);
        }
        data.release();
        long start = startSector;
        int sectors = (int) (endSector - startSector);
        end(errno == Errno.OK, differs);
        if (errno != Errno.OK) {
            peerDevice.volume().errors().readFailed(start, sectors, errno);
        }
    }

    private void end(boolean readable, boolean differs) {
        PeerWrite look = Objects.requireNonNull(held);
        Session on = Objects.requireNonNull(session);
        held = null;
        session = null;
        boolean counts = !cancelled;
        if (!counts) {
            source.abandoned(on, startSector, (int) (endSector - startSector));
        } else {
            // The blocks are marked before a user may write to them again.
            source.looked(startSector, (int) (endSector - startSector), looks, readable, differs);
        }
        unlock();
        look.completed(Errno.OK);
        if (counts) {
            source.progress();
        }
    }
}
