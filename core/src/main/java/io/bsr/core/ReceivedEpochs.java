package io.bsr.core;

import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.core.disk.Disk;
import io.bsr.wire.PacketHeader;
import io.bsr.wire.data.BarrierLayout;

/**
 * The epochs of writes received on a session (wire-protocol reference, sections 10.7 and 10.9). P_BARRIER_ACK promises
 * that the writes of the epoch are durable, so before it every disk that got one is flushed, where its cache is
 * volatile. One flush serves all epochs that were complete when it began.
 *
 * <p>A user with one write at a time pays for the flush of each: his next write waits for it here. Where epochs of one
 * write follow each other, the flush therefore begins with the acknowledgement of the write and not with the P_BARRIER
 * that will come in answer to it.
 */
final class ReceivedEpochs {
    private static final int CAPACITY = 8192;

    private final Session session;
    private final int[] barriers = new int[CAPACITY];
    private final int[] sizes = new int[CAPACITY];
    private final int[] active = new int[CAPACITY];

    /** Numbers count up without end; an epoch's place is its number modulo the capacity. */
    private long oldest;

    private long current;
    private long flushedUpTo;
    private boolean previousWasSingle;
    private boolean flushing;
    private int flushesPending;
    private boolean flushError;

    ReceivedEpochs(Session session) {
        this.session = session;
    }

    /** A write was received; returns the number of its epoch. */
    long begin() {
        int at = place(current);
        sizes[at]++;
        active[at]++;
        return current;
    }

    /** A write of epoch {@code number} is on disk (or was refused) and its acknowledgement is sent. */
    void end(long number) {
        active[place(number)]--;
        advance();
        if (number == current && oldest == current && previousWasSingle && sizes[place(number)] == 1 && !flushing) {
            flush();
        }
    }

    /** A write of epoch {@code number} was thrown away: the epoch counts without it. */
    void endThrownAway(long number) {
        sizes[place(number)]--;
        active[place(number)]--;
        advance();
    }

    /**
     * True if a write of epoch {@code number} must wait: what the user wrote before it is not yet durable here, and after a
     * power failure this disk must not have the later write without the earlier one.
     */
    boolean holds(long number) {
        return number != oldest;
    }

    /** Writes received and not yet finished. */
    int unfinished() {
        int sum = 0;
        for (long n = oldest; n <= current; n++) {
            sum += active[place(n)];
        }
        return sum;
    }

    /**
     * The peer closed the current epoch.
     *
     * @return false if it closes more epochs without waiting than anybody would
     */
    boolean barrier(int number) {
        if (current - oldest >= CAPACITY - 1) {
            return false;
        }
        barriers[place(current)] = number;
        previousWasSingle = sizes[place(current)] == 1;
        current++;
        sizes[place(current)] = 0;
        active[place(current)] = 0;
        advance();
        return true;
    }

    private static int place(long number) {
        return (int) (number % CAPACITY);
    }

    /**
     * Makes complete epochs durable. It goes on when the session has ended: what was received is written in the same
     * order, for under protocol B its user has been told that this node has it.
     */
    private void advance() {
        long complete = oldest;
        while (complete < current && active[place(complete)] == 0) {
            complete++;
        }
        if (complete > oldest && !flushing) {
            flushedUpTo = complete;
            flush();
        }
    }

    private void flush() {
        flushing = true;
        flushError = false;
        flushesPending = 1;
        for (Volume volume : session.connection.resource().volumes()) {
            Disk disk = volume.disk();
            if (disk != null && disk.writer().flushesData() && volume.takeReplicatedSinceFlush()) {
                flushesPending++;
                disk.data().flush(flushed);
            }
        }
        flushDone(Errno.OK);
    }

    private final Completion flushed = this::flushDone;

    private void flushDone(int errno) {
        flushError |= errno != Errno.OK;
        if (--flushesPending > 0) {
            return;
        }
        flushing = false;
        if (flushError && session.alive) {
            // No epoch is acknowledged any more, but what has arrived is still written.
            session.connection.flushFailed();
        }
        while (oldest < flushedUpTo) {
            int at = place(oldest);
            if (sizes[at] > 0 && session.alive) {
                BarrierLayout.putAck(
                        session.control.output(64), session.agreed, PacketHeader.CONNECTION, barriers[at], sizes[at]);
            }
            oldest++;
        }
        for (Volume volume : session.connection.resource().volumes()) {
            volume.peerWrites().holdEnded();
        }
        advance();
    }
}
