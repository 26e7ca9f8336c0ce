package io.bsr.sim.oracle;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;
import io.bsr.core.option.Protocol;
import java.util.BitSet;
import java.util.function.BooleanSupplier;

/** Rule 5 of {@link VolumeOracle}, and what a kill or a power failure may take away. */
final class CrashRules {
    private final VolumeModel m;
    private final ResyncRules resync;

    CrashRules(VolumeModel m, ResyncRules resync) {
        this.m = m;
        this.resync = resync;
    }

    /** The process of a node was killed. */
    void killed(int node) {
        ended(node);
        cutOff(node);
        if (m.protocol != Protocol.C && m.views[node].role() != Role.PRIMARY) {
            m.copies[node].unbind();
        }
        if (m.views[node].hasDisk(m.volume) && !m.copies[node].flux) {
            m.requireContents(node, "I1", "after the process of n" + node + " was killed");
            requireOrder(node);
        }
        m.wasPrimary[node] = false;
        m.lastDisk[node] = DiskState.DISKLESS;
    }

    /** What if the process of a node were killed now, before any of its writes in flight is done? */
    void imagineKilled(int node) {
        if (!m.views[node].hasDisk(m.volume) || m.copies[node].flux) {
            return;
        }
        if (m.protocol == Protocol.C || m.views[node].role() == Role.PRIMARY) {
            m.requireContents(node, "I1", "if the process of n" + node + " were killed now");
        }
        requireOrder(node);
    }

    /** At any moment at which the node does nothing: whoever has nothing more to store has stored what it said. */
    void noteStored(int node, BooleanSupplier upToDate) {
        m.outdated[node] |= m.views[node].disk(m.volume) == DiskState.OUTDATED
                && !m.views[node].connected()
                && !m.troubled(node)
                && !upToDate.getAsBoolean();
    }

    /**
     * A node lost power.
     *
     * @param changed pages that may have changed by that
     */
    void powerLost(int node, BitSet changed, boolean storedAsPrimary) {
        ended(node);
        m.lastPowerLoss[node] = m.stamps.next();
        cutOff(node);
        for (WriteRecord write : m.unflushed.get(node)) {
            write.lostToPower |= m.hasOlder(write, node);
            write.bound &= write.lostToPower ? ~(1 << node) : -1;
        }
        for (WriteRecord write : m.recent) {
            if ((write.found & 1 << node) != 0 && !m.isOnDisk(write, node)) {
                write.found &= ~(1 << node);
            }
        }
        m.unflushed.get(node).clear();
        if (m.protocol != Protocol.C && m.views[node].role() != Role.PRIMARY) {
            m.copies[node].unbind();
        }
        SilentEnd end = m.silentEnds[node];
        if (end != null) {
            end.powerLost(changed, m, node);
        }
        boolean usable = m.views[node].hasDisk(m.volume) && !m.copies[node].flux;
        // Until the demotion is stored, a disk is that of a crashed Primary.
        if (usable && !storedAsPrimary) {
            requireOrder(node);
        }
        if (!m.copies[node].flux || m.lastDisk[node] != DiskState.INCONSISTENT) {
            for (int page = changed.nextSetBit(0);
                    page >= 0 && page * 8 < m.sectors;
                    page = changed.nextSetBit(page + 1)) {
                m.adoptPage(node, page);
            }
        }
        if (usable) {
            m.requireContents(node, "I1", "after n" + node + " lost power");
        }
        m.wasPrimary[node] = false;
        m.lastDisk[node] = DiskState.DISKLESS;
    }

    private void ended(int node) {
        resync.resyncCutOff(0);
        resync.resyncCutOff(1);
        m.lastConnected[node] = false;
        m.lastEnd[node] = m.stamps.next();
    }

    private void cutOff(int node) {
        long now = m.stamps.next();
        for (WriteRecord write : m.recent) {
            if (write.node == node && write.inFlight()) {
                write.ended = now;
            }
        }
        m.reads.removeIf(read -> read.node == node);
    }

    /** I8: with each write its predecessors are there. */
    private void requireOrder(int node) {
        if (m.views[node].role() == Role.PRIMARY || m.troubled(node)) {
            return;
        }
        long newest = -1;
        int newestId = 0;
        BitSet changed = m.copies[node].withLater();
        for (int s = changed.nextSetBit(0); s >= 0; s = changed.nextSetBit(s + 1)) {
            int found = m.contents(node, s);
            if (found > 0 && m.record(found).submitted > newest) {
                newest = m.record(found).submitted;
                newestId = found;
            }
        }
        for (WriteRecord write : m.recent) {
            boolean before = write.acknowledged
                    && write.binding()
                    && write.peerWasCurrent
                    && write.ended < newest
                    // A power failure of the Primary takes what it has not flushed in any order.
                    && !(write.lostToPower && write.node == node)
                    // Two nodes write in one era only if neither knows of the other.
                    && write.node == m.record(newestId).node
                    && write.era == m.record(newestId).era;
            for (int i = 0; before && i < write.count; i++) {
                int sector = (int) write.firstSector + i;
                int found = m.contents(node, sector);
                if (m.copies[node].mentions(sector, write.id) && !m.notOlder(found, write, node, sector)) {
                    m.violated(
                            "I8",
                            "the image of n" + node + " (" + m.views[node].disk(m.volume) + ") has write "
                                    + m.record(newestId) + " but not " + write
                                    + ", which was acknowledged before that was submitted: sector " + sector + " has "
                                    + m.name(found));
                }
            }
        }
    }
}
