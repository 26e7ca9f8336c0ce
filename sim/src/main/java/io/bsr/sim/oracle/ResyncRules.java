package io.bsr.sim.oracle;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.option.Protocol;
import java.util.BitSet;
import java.util.List;

/** Rule 4 of {@link VolumeOracle}: which copy may be overwritten, and what a copy has become when it is good again. */
final class ResyncRules {
    private final VolumeModel m;

    ResyncRules(VolumeModel m) {
        this.m = m;
    }

    /** The view of a node has changed. */
    void observe(int node) {
        DiskState disk = m.views[node].disk(m.volume);
        boolean primary = m.views[node].role() == Role.PRIMARY;
        boolean reconnected = m.views[node].connected() && !m.lastConnected[node];
        noteCutOff(node, disk);
        if (disk == DiskState.INCONSISTENT && !m.copies[node].flux) {
            if (target(m.views[node].replication(m.volume))) {
                requireNothingLost(node);
            }
            m.copies[node].flux = true;
            m.unflushed.get(node).clear();
        } else if (m.copies[node].flux && disk.atLeast(DiskState.OUTDATED) && disk != DiskState.UNKNOWN) {
            becameUsable(node);
        }
        if (primary && !m.wasPrimary[node] && !m.copies[node].flux) {
            if (m.forced[node] && m.lastDisk[node] == DiskState.OUTDATED) {
                m.adoptAsFound(node);
            } else if (!m.disks[node].writing()) {
                m.requireContents(node, "I1", "when n" + node + " became Primary");
            }
        }
        if (disk.atLeast(DiskState.INCONSISTENT) && !m.lastDisk[node].atLeast(DiskState.INCONSISTENT)) {
            m.rejoinAll(node);
        }
        if (reconnected) {
            // What was held by suspend-io while the peer was away reaches it now, without a resync.
            m.rejoinAll(1 - node);
        }
        if (primary && !m.wasPrimary[node] && disk == DiskState.UP_TO_DATE && m.views[node].connected()) {
            requireMirrored(node);
        }
        requireNotOutdated(node, disk, primary);
        // Under A and B a Primary that goes on with its peer's disk alone may lose what was on its way, as by a
        // change-over.
        boolean lostDisk = m.protocol != Protocol.C
                && m.lastDisk[node].atLeast(DiskState.INCONSISTENT)
                && !disk.atLeast(DiskState.INCONSISTENT);
        m.era += primary && (!m.wasPrimary[node] || lostDisk) ? 1 : 0;
        m.wasPrimary[node] = primary;
        m.lastDisk[node] = disk;
    }

    /**
     * A good copy has what the former Primary called mirrored, also on a disk that has had errors: a copy that lacks a write
     * is not good.
     */
    private void requireMirrored(int node) {
        if (m.protocol != Protocol.C || m.forced[node] || m.copies[node].flux || m.disks[node].writing()) {
            return;
        }
        for (WriteRecord write : m.recent) {
            boolean mirrored = m.promised(write)
                    && write.peerWasCurrent
                    && write.node == 1 - node
                    && write.submitted > m.lastEnd[node];
            for (int i = 0; mirrored && i < write.count; i++) {
                int sector = (int) write.firstSector + i;
                int found = m.contents(node, sector);
                if (!m.notOlder(found, write, node, sector)) {
                    throw new Violation(
                            "I1",
                            "n" + node + " became Primary without " + write + ": sector " + sector + " has "
                                    + m.name(found));
                }
            }
        }
    }

    /** What is known to be older than the data of others is not used, and not taken for good after a restart. */
    private void requireNotOutdated(int node, DiskState disk, boolean primary) {
        if (m.forced[node] || m.views[node].connected() || disk == DiskState.INCONSISTENT) {
            m.outdated[node] = false;
            return;
        }
        if (primary && !m.wasPrimary[node] && disk == DiskState.OUTDATED) {
            throw new Violation("I1", "n" + node + " became Primary alone, and its disk is Outdated");
        }
        if (m.outdated[node] && disk == DiskState.UP_TO_DATE && !m.troubled(node)) {
            throw new Violation(
                    "I1", "n" + node + " calls its disk UpToDate, which was Outdated, and has met nobody since then");
        }
    }

    /** From the moment on at which either side sees the end of a connection, the target gets nothing more. */
    private void noteCutOff(int node, DiskState disk) {
        boolean connected = m.views[node].connected();
        if (m.lastConnected[node] && !connected) {
            resyncCutOff(0);
            resyncCutOff(1);
            findInFlight();
        } else if (m.lastDisk[node] == DiskState.INCONSISTENT && !disk.atLeast(DiskState.INCONSISTENT)) {
            resyncCutOff(node);
        }
        m.lastConnected[node] = connected;
        if (disk == DiskState.INCONSISTENT && target(m.views[node].replication(m.volume))) {
            m.inResync[node] = true;
            if (m.views[node].session() != m.silentSessions[node]) {
                m.silentEnds[node] = null;
            }
        }
    }

    /**
     * A write that its own node has not finished may be finished on the other one, and so acknowledged there, when the
     * connection ends: then the other copy lacks nothing, and no new generation is needed for it.
     */
    private void findInFlight() {
        for (WriteRecord write : m.recent) {
            int other = 1 - write.node;
            if (write.inFlight() && m.isOnDisk(write, other)) {
                write.found |= 1 << other;
            }
        }
    }

    void resyncCutOff(int node) {
        if (m.inResync[node] && m.silentEnds[node] == null && !m.copies[1 - node].flux) {
            m.silentSessions[node] = m.views[node].session();
            m.silentEnds[node] =
                    new SilentEnd(m.copies[1 - node], m.sectors, m::record, m.protocol, m.recent, 1 - node);
        }
    }

    private static boolean target(ReplicationState state) {
        return switch (state) {
            case WF_BITMAP_T, SYNC_TARGET, PAUSED_SYNC_T, STARTING_SYNC_T, WF_SYNC_UUID -> true;
            default -> false;
        };
    }

    private void becameUsable(int node) {
        CopyModel source = m.copies[1 - node];
        boolean declared = m.forced[node] && m.views[node].role() == Role.PRIMARY;
        SilentEnd end = m.silentEnds[node];
        boolean resynced = m.lastDisk[node] == DiskState.INCONSISTENT;
        if (declared && endedUnnoticed(node)) {
            takeEnd(node, m.silentEnds[node]);
        } else if (declared) {
            m.adoptAsFound(node);
        } else if (!resynced && (m.wasGood[node] || end != null)) {
            attached(node);
        } else if (end != null && m.views[node].session() == m.silentSessions[node]) {
            // The source is gone already, and what it has lost since was sent before.
            becameCopyAsOfEnd(node, end);
        } else if (m.views[node].everConnected() && !source.flux) {
            becameCopy(node);
        } else if (m.troubled(node)) {
            m.adoptAsFound(node);
        } else if (!m.views[node].everConnected()) {
            m.violated(
                    "I1",
                    "n" + node + " calls its inconsistent copy " + m.views[node].disk(m.volume) + " without a source");
        }
        m.wasGood[node] = true;
        m.inResync[node] = false;
        m.silentEnds[node] = null;
        m.rejoinAll(node);
    }

    /**
     * The disk says that it is good although a resync to it had begun. Either the node never stored that it is
     * Inconsistent, and nothing of the resync was written; or everything was written and stored, and only the news of that
     * was cut off.
     */
    private void attached(int node) {
        if (m.troubled(node)) {
            m.adoptAsFound(node);
            return;
        }
        SilentEnd end = m.silentEnds[node];
        m.copies[node].flux = false;
        int wrong = m.wasGood[node] ? firstNotAllowed(node, m.copies[node]) : 0;
        int wrongAtEnd = end == null ? 0 : firstNotAllowed(node, end.copy);
        if (wrong < 0) {
            if (end != null && wrongAtEnd < 0) {
                // After a power failure the contents may suit both.
                end.mayBe(m, node);
            }
            return;
        }
        if (end != null && wrongAtEnd < 0) {
            takeEnd(node, end);
            return;
        }
        m.violated(
                "I8",
                "n" + node + " attached its disk as " + m.views[node].disk(m.volume)
                        + " although a resync to it had begun, "
                        + "sector " + wrong + " of volume " + m.volume + " on the disk of n" + node + " had "
                        + m.name(m.contents(node, wrong)) + "; allowed: " + m.copies[node].describe(wrong)
                        + (end == null
                                ? ""
                                : "; if the resync had ended, sector " + wrongAtEnd + " with "
                                        + m.name(m.contents(node, wrongAtEnd)) + " should have "
                                        + end.copy.describe(wrongAtEnd)));
    }

    /**
     * All of the last resync is there, although the news of its end was cut off: what is declared good is the source's copy.
     * Only protocol C tells: a copy that may lag behind its source has nothing that must be there.
     */
    private boolean endedUnnoticed(int node) {
        SilentEnd end = m.silentEnds[node];
        return m.protocol == Protocol.C && end != null && !m.troubled(node) && firstNotAllowed(node, end.copy) < 0;
    }

    private void takeEnd(int node, SilentEnd end) {
        m.copies[node].copyFrom(end.copy, false);
        m.copies[node].flux = false;
        m.unflushed.get(node).clear();
        m.unflushed.get(node).addAll(end.adopt(m.recent, node));
    }

    private void becameCopyAsOfEnd(int node, SilentEnd end) {
        m.copies[node].copyFrom(end.copy, false);
        m.unflushed.get(node).clear();
        m.unflushed.get(node).addAll(end.adopt(m.recent, node));
    }

    private int firstNotAllowed(int node, CopyModel copy) {
        BitSet toCheck = new BitSet();
        // What changed on the source only must be here as well, if this is a copy of it.
        BitSet pages = (BitSet) m.disks[0].touched().clone();
        pages.or(m.disks[1].touched());
        for (int page = pages.nextSetBit(0); page >= 0 && page * 8 < m.sectors; page = pages.nextSetBit(page + 1)) {
            toCheck.set(page * 8, Math.min(m.sectors, page * 8 + 8));
        }
        toCheck.or(copy.withLater());
        for (int s = toCheck.nextSetBit(0); s >= 0 && s < m.sectors; s = toCheck.nextSetBit(s + 1)) {
            if (!copy.allows(s, m.contents(node, s), WriteRecord.NEVER)) {
                return s;
            }
        }
        return -1;
    }

    private void becameCopy(int node) {
        m.copies[node].copyFrom(m.copies[1 - node], m.protocol != Protocol.C);
        int to = 1 << node;
        int from = 1 << (1 - node);
        List<WriteRecord> pending = m.unflushed.get(node);
        pending.clear();
        for (WriteRecord write : m.recent) {
            boolean has = write.heldBy(1 - node);
            write.held = has ? write.held | to : write.held & ~to;
            boolean must = (write.bound & from) != 0 && m.protocol == Protocol.C;
            write.bound = must ? write.bound | to : write.bound & ~to;
            if (must) {
                pending.add(write);
            }
        }
    }

    private void requireNothingLost(int node) {
        if (m.givenUp[node]) {
            return;
        }
        int other = 1 - node;
        for (WriteRecord write : m.recent) {
            boolean mine = (write.bound & 1 << node) != 0;
            // A write that was mirrored to a resync target is there too, even if its resync ended before the reply
            // came. What a disk with errors was given is not demanded of it, and was overwritten there all the same.
            boolean mirrored = m.protocol != Protocol.C || write.sameSession || m.troubled(other);
            boolean theirs = ((mirrored ? write.held : write.bound | write.found) & 1 << other) != 0;
            if (!m.promised(write) || !mine || theirs) {
                continue;
            }
            for (int i = 0; i < write.count; i++) {
                int sector = (int) write.firstSector + i;
                int found = m.contents(other, sector);
                // Of what the other wrote over it alone, this node has nothing; it need not, if the other had the
                // write; a disk that was taken as it was found, after errors, may have had it.
                boolean follows = found == write.id
                        || (m.notOlder(found, write, other, sector)
                                && (found <= 0
                                        || m.record(found).heldBy(node)
                                        || write.heldBy(other)
                                        || m.troubled(other)));
                if (!follows) {
                    m.violated(
                            "I5",
                            "n" + node + " becomes the target of a resync although only it has the acknowledged write "
                                    + write + ": sector " + sector + " of n" + other + " has " + m.name(found)
                                    + "; nobody asked to discard it");
                }
            }
        }
    }
}
