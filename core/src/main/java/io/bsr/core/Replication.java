package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.core.disk.Disk;
import io.bsr.metadata.Superblock;
import io.bsr.wire.PacketType;
import org.jspecify.annotations.Nullable;

/** The way of the users' writes to the peers and back: who gets one, who has answered, which epochs are closed. */
final class Replication {
    private static final long MILLI = 1_000_000L;
    private static final long HOUSEKEEPING_NANOS = 50 * MILLI;

    private final Resource resource;
    private boolean housekeeping;
    private long peerAckDue;

    Replication(Resource resource) {
        this.resource = resource;
    }

    /**
     * Sends a dispatched write to the peers that mirror it, and marks its blocks for all others.
     *
     * @param disk where it is written as well
     */
    void replicate(WriteRequest write, Volume volume, @Nullable Disk disk) {
        int sent = 0;
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(volume);
            Session session = c.session();
            if (p != null && session != null && disk != null) {
                c.congestion().look(p, disk);
            }
            if (p != null && session != null && p.mirrors()) {
                int bit = 1 << c.peer().value();
                sent |= bit;
                write.awaitingBarrier |= bit;
                if (c.writes().acknowledges() || write.countsAtPeer) {
                    write.awaitingAck |= bit;
                }
                c.writes().write(session, p, write);
                c.congestion().sent(write);
                p.resyncSource().usersWrote((long) write.sectors() << Units.SECTOR_SHIFT);
            } else if (p != null && session != null && p.declaresOutOfSync()) {
                c.writes().outOfSync(session, p, write);
            }
            if (p != null && session != null && (sent >>> c.peer().value() & 1) == 0) {
                notInSyncWhenAcked(c.peer().value(), write);
            }
        }
        write.sentTo = sent;
        for (int node = 0; disk != null && node < Superblock.PEERS; node++) {
            int slot = disk.superblock().peer(node).bitmapIndex;
            if (slot >= 0 && (sent >>> node & 1) == 0) {
                disk.setOutOfSync(slot, write.startSector, write.endSector);
            }
        }
        armHousekeeping();
    }

    /** The peer does not get {@code newer}: that it has an older write is no news of these blocks any more. */
    private void notInSyncWhenAcked(int node, WriteRequest newer) {
        for (WriteRequest r = resource.transferLog().head(); r != null; r = r.newer) {
            if (r.volume == newer.volume && r.startSector < newer.endSector && newer.startSector < r.endSector) {
                r.inSyncWhenAcked &= ~(1 << node);
            }
        }
    }

    /** A peer acknowledged (or refused) a write. */
    void acknowledged(Connection connection, PeerDevice p, WriteRequest write, PacketType type) {
        int bit = 1 << connection.peer().value();
        boolean expected = (write.awaitingAck & bit) != 0;
        if (type == PacketType.NEG_ACK) {
            write.refusedBy |= bit;
            p.setOutOfSync(write.startSector, write.endSector);
            resource.considerLeftovers(p);
        } else if (type == connection.protocol().inSyncAck()
                && !write.missedHere
                && (write.inSyncWhenAcked & bit) != 0
                && p.clearsBitsForReplicatedWrites()) {
            p.setInSync(write.startSector, write.endSector);
        }
        if (expected && type == PacketType.NEG_ACK) {
            resource.heldAnswers().refused(p, write);
        } else if (expected) {
            write.awaitingAck &= ~bit;
            p.volume().requests().writes().answerIfDone(write);
        }
        p.arbiter().ownWriteAcknowledged();
    }

    /** A P_BARRIER_ACK came. */
    void epochClosedByPeer(Connection connection, int epoch) {
        resource.transferLog().barrierAcked(connection.peer().value(), epoch);
        for (Volume v : resource.volumes()) {
            v.requests().barrierAcked();
        }
    }

    /** A peer has made a write durable. */
    void arrived(int node, WriteRequest write) {
        for (Connection c : resource.connections()) {
            if (c.peer().value() == node) {
                c.congestion().arrived(write);
            }
        }
    }

    /**
     * True if every peer that a flush counts has made the epochs up to {@code epoch} durable.
     *
     * @param peersOnly there is no good disk here: every peer counts
     */
    boolean epochClosedByPeers(int epoch, boolean peersOnly) {
        for (Connection c : resource.connections()) {
            Session session = c.session();
            if (c.connected()
                    && session != null
                    && (peersOnly || c.writes().acknowledges())
                    && !session.sentEpochs.closedUpTo(epoch)) {
                return false;
            }
        }
        return true;
    }

    /** Closes the epochs of all peers that are over. */
    void sendBarriers() {
        for (Connection c : resource.connections()) {
            c.writes().dueBarrier(resource.transferLog().epoch());
        }
    }

    void epochClosed() {
        armHousekeeping();
    }

    /** A write needs no peer any more: remember how far that is true, in the order of the writes. */
    void writeIsSafe(WriteRequest write) {
        for (Connection c : resource.connections()) {
            Session session = c.session();
            int bit = 1 << c.peer().value();
            if (session != null && (write.sentTo & bit) != 0 && write.dagtag > session.safeDagtag) {
                long mask = c.peer().mask() & ~(long) write.refusedBy;
                if (session.safeDagtag != session.toldDagtag && mask != session.safeMask) {
                    c.writes().peerAck();
                }
                session.safeDagtag = write.dagtag;
                session.safeMask = mask;
            }
        }
    }

    void transferLogShrank() {
        for (Volume v : resource.volumes()) {
            v.requests().writes().transferLogShrank();
        }
    }

    private void armHousekeeping() {
        if (!housekeeping) {
            housekeeping = true;
            resource.timers().schedule(HOUSEKEEPING_NANOS, this::housekeep);
        }
    }

    /** Closes epochs that no later write closes, and tells peers what is safe. */
    private void housekeep() {
        housekeeping = false;
        sendBarriers();
        boolean ackDue = resource.now() - peerAckDue >= resource.options().peerAckDelay() * MILLI;
        boolean untold = false;
        for (Connection c : resource.connections()) {
            if (ackDue) {
                c.writes().peerAck();
            }
            Session session = c.session();
            untold |= session != null && session.safeDagtag != session.toldDagtag;
        }
        if (ackDue) {
            peerAckDue = resource.now();
        }
        if (resource.transferLog().count() > 0 || untold) {
            armHousekeeping();
        }
    }

    /** When the oldest request was sent that this peer has to answer; 0 if there is none. */
    long oldestUnanswered(Connection connection) {
        int bit = 1 << connection.peer().value();
        long oldest = 0;
        for (PeerDevice p : connection.peerDevices()) {
            long read = p.remoteReads().oldestUnanswered();
            oldest = oldest == 0 || (read != 0 && read < oldest) ? read : oldest;
        }
        for (WriteRequest r = resource.transferLog().head(); r != null; r = r.newer) {
            if (((r.awaitingAck | r.awaitingBarrier) & bit) != 0) {
                return oldest == 0 ? r.dispatchedAt : Math.min(oldest, r.dispatchedAt);
            }
        }
        return oldest;
    }
}
