package io.bsr.sim.oracle;

import io.bsr.base.memory.Buffer;
import io.bsr.base.state.ReplicationState;
import io.bsr.core.option.Protocol;
import java.nio.ByteBuffer;
import java.util.List;

/** Rules 1 to 3 of {@link VolumeOracle}: what users may expect of writes, flushes and reads. */
final class UserRules {
    private final VolumeModel m;

    UserRules(VolumeModel m) {
        this.m = m;
    }

    /** A user submits a change at a node. */
    WriteRecord begin(int node, WriteRecord.Kind kind, long firstSector, int count, boolean fua) {
        NodeView view = m.views[node];
        boolean connected = view.connected();
        WriteRecord write = new WriteRecord(
                m.writes.size(),
                kind,
                firstSector,
                count,
                node,
                m.stamps.next(),
                fua,
                connected && view.peerCurrent(m.volume),
                view.session(),
                view.suspended(),
                m.era);
        m.writes.add(write);
        m.recent.add(write);
        for (int n = 0; n < 2; n++) {
            boolean reached = n == node ? view.hasDisk(m.volume) : connected;
            write.held |= reached ? 1 << n : 0;
            if (reached && !m.copies[n].flux) {
                m.copies[n].begin(write);
            }
        }
        return write;
    }

    /** A change was completed; {@link #settle} follows when the node's state is known. */
    void completed(WriteRecord write, boolean success) {
        write.ended = m.stamps.next();
        write.acknowledged = success;
    }

    /** A read returned data. */
    void completed(Read read, Buffer buffer) {
        m.reads.remove(read);
        ByteBuffer bytes = buffer.bytes();
        for (int i = 0; i < read.count; i++) {
            int sector = (int) read.firstSector + i;
            int found = SectorPattern.identify(bytes, i * SectorPattern.SECTOR, m.volume, sector);
            // After an error of the disk that was there the answer may be the peer's.
            boolean hasDisk = m.views[read.node].hasDisk(m.volume);
            boolean local = (read.hadDisk || hasDisk) && !m.copies[read.node].flux;
            boolean remote = !(local && hasDisk) && !m.copies[1 - read.node].flux;
            boolean allowed = (local && m.copies[read.node].allows(sector, found, read.submitted))
                    || (remote && m.copies[1 - read.node].allows(sector, found, read.submitted));
            // What an I/O error has left in a copy that says itself that it is Inconsistent is not modelled.
            boolean unknown = m.copies[read.node].flux && m.troubled(read.node) && hasDisk;
            if (!allowed && !unknown) {
                m.violated(
                        "I2",
                        "a read of volume " + m.volume + " on n" + read.node + " returned " + m.name(found)
                                + " for sector " + sector + "; allowed: "
                                + m.copies[local ? read.node : 1 - read.node].describe(sector));
            }
        }
    }

    /** Judges a completed change, with the views as they are after the completion. */
    void settle(WriteRecord write) {
        if (!write.acknowledged || !write.binding()) {
            return;
        }
        int p = write.node;
        int s = 1 - p;
        NodeView view = m.views[p];
        write.peerWasCurrent =
                write.maybeMirrored && view.session() == write.sessionAtSubmit && view.peerCurrent(m.volume);
        if (m.protocol == Protocol.A && view.replication(m.volume).atLeast(ReplicationState.AHEAD)) {
            // Under protocol A what only the Primary has, because the peer is behind, may be lost by a change-over.
            write.peerWasCurrent = true;
        }
        write.sameSession = view.connected() && (write.heldBack || view.session() == write.sessionAtSubmit);
        if (!write.sameSession && m.isOnDisk(write, s)) {
            // Submitted before the peer was there, and dispatched when it was.
            write.found |= 1 << s;
        }
        boolean local = view.hasDisk(m.volume) && !m.copies[p].flux;
        // Submitted with a good disk and answered without: it was under way to both, as the protocol has it.
        boolean counts = !local && !write.heldBy(p);
        boolean there = write.peerWasCurrent && !m.troubled(s) && !takenBack(write, s);
        if (view.hasDisk(m.volume)) {
            hold(p, write, true);
        }
        if (there && (m.protocol != Protocol.A || counts) && !m.copies[s].flux) {
            // Without a good disk of its own, a Primary may acknowledge only what is on the other's, whatever the
            // protocol.
            hold(s, write, m.protocol == Protocol.C || counts);
        }
    }

    /** A flush was acknowledged with success. */
    void settle(Flush flush) {
        NodeView view = m.views[flush.node];
        if (view.hasDisk(m.volume)) {
            requireFlushed(flush.node, flush);
        }
        if (m.protocol == Protocol.C
                && flush.peerCurrentAtSubmit
                && view.peerCurrent(m.volume)
                && view.session() == flush.sessionAtSubmit) {
            requireFlushed(1 - flush.node, flush);
        }
    }

    /**
     * True if the acknowledgement of node S is older than S's end: it was on its way when S was killed or lost power. Under
     * protocol C it says that the write was on S's disk, perhaps in a volatile cache only; under B that S's process had it.
     */
    private boolean takenBack(WriteRecord write, int s) {
        boolean byPower = m.lastPowerLoss[s] > write.submitted && !write.fua;
        for (int i = 0; byPower && i < write.count && !write.lostToPower; i++) {
            int sector = (int) write.firstSector + i;
            write.lostToPower = !m.notOlder(m.contents(s, sector), write, s, sector);
        }
        return byPower || (m.protocol == Protocol.B && m.lastEnd[s] > write.submitted);
    }

    private void hold(int node, WriteRecord write, boolean onDisk) {
        m.rejoin(node, write);
        // Under B a crash of the receiver may take it back, so what it replaced is not forgotten there.
        m.copies[node].bind(write, onDisk ? oldestRead() : -1);
        write.bound |= 1 << node;
        if (!onDisk || m.copies[node].flux) {
            return;
        }
        if (!m.troubled(node)) {
            String when = "when write " + write + " was acknowledged";
            for (int i = 0; i < write.count; i++) {
                m.requireAllowed(node, (int) write.firstSector + i, "I1", when);
            }
        }
        if (write.fua) {
            requireDurable(node, write, "write with FUA was acknowledged");
        } else {
            m.unflushed.get(node).add(write);
        }
    }

    /** A user submits a flush at a node. */
    Flush beginFlush(int node) {
        NodeView view = m.views[node];
        return new Flush(node, m.stamps.next(), view.session(), view.peerCurrent(m.volume));
    }

    private void requireFlushed(int node, Flush flush) {
        List<WriteRecord> pending = m.unflushed.get(node);
        if (m.copies[node].flux || m.troubled(node)) {
            for (WriteRecord write : pending) {
                write.bound &= ~(1 << node);
            }
            pending.clear();
            return;
        }
        for (WriteRecord write : pending) {
            if (write.ended < flush.submitted) {
                requireDurable(node, write, "flush was acknowledged");
            }
        }
        pending.removeIf(write -> write.ended < flush.submitted);
    }

    private void requireDurable(int node, WriteRecord write, String when) {
        byte[] bytes = m.disks[node].readSurviving(
                write.firstSector * SectorPattern.SECTOR, write.count * SectorPattern.SECTOR);
        for (int i = 0; i < write.count; i++) {
            int sector = (int) write.firstSector + i;
            int found = SectorPattern.identify(bytes, i * SectorPattern.SECTOR, m.volume, sector);
            if (!m.spoiled(sector, found) && !m.notOlder(found, write, node, sector)) {
                m.violated(
                        "I1",
                        "a " + when + ", but write " + write + " would not survive a power failure of n" + node
                                + ": sector " + sector + " has " + m.name(found) + " on the medium");
            }
        }
    }

    /** A user submits a read at a node. */
    Read beginRead(int node, long firstSector, int count) {
        Read read = new Read(node, m.stamps.next(), firstSector, count, m.views[node].hasDisk(m.volume));
        m.reads.add(read);
        return read;
    }

    /** A read ended without data. */
    void abandon(Read read) {
        m.reads.remove(read);
    }

    private long oldestRead() {
        return m.reads.isEmpty() ? WriteRecord.NEVER : m.reads.getFirst().submitted;
    }
}
