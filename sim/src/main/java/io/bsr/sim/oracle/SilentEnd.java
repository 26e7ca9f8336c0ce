package io.bsr.sim.oracle;

import io.bsr.core.option.Protocol;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the target of a resync is if the resync has ended on its disk, but its node was cut off before it could tell: a
 * copy of the source as that was at the cut.
 */
final class SilentEnd {
    final CopyModel copy;
    private final Set<WriteRecord> held = new HashSet<>();
    private final Set<WriteRecord> bound = new HashSet<>();

    /** Remembers the source, node {@code from}. */
    SilentEnd(
            CopyModel source,
            int sectors,
            CopyModel.Records records,
            Protocol protocol,
            List<WriteRecord> recent,
            int from) {
        copy = new CopyModel(sectors, records);
        copy.copyFrom(source, protocol != Protocol.C);
        for (WriteRecord write : recent) {
            if (write.heldBy(from)) {
                held.add(write);
            }
            if ((write.bound & 1 << from) != 0 && protocol == Protocol.C) {
                bound.add(write);
            }
        }
    }

    /** A power failure took what had not been flushed: on the changed pages everything may be as it is found on {@code node}. */
    void powerLost(BitSet changed, VolumeModel m, int node) {
        for (int page = changed.nextSetBit(0); page >= 0; page = changed.nextSetBit(page + 1)) {
            for (int sector = page * 8; sector < Math.min(m.sectors, page * 8 + 8); sector++) {
                int found = m.contents(node, sector);
                copy.settle(sector, found == SectorPattern.GARBLED ? CopyModel.ANY : found);
            }
        }
        held.removeIf(write -> m.hasOlder(write, node));
        bound.removeIf(write -> m.hasOlder(write, node));
    }

    /** The node has this copy. Returns the writes that it must have. */
    List<WriteRecord> adopt(List<WriteRecord> recent, int node) {
        int to = 1 << node;
        List<WriteRecord> must = new ArrayList<>();
        for (WriteRecord write : recent) {
            write.held = held.contains(write) ? write.held | to : write.held & ~to;
            write.bound = bound.contains(write) ? write.bound | to : write.bound & ~to;
            if (bound.contains(write)) {
                must.add(write);
            }
        }
        return must;
    }

    /** The node may have this copy: nobody can tell. What of it is there may have been there. */
    void mayBe(VolumeModel m, int node) {
        for (WriteRecord write : m.recent) {
            if (bound.contains(write) && !m.hasOlder(write, node)) {
                write.found |= 1 << node;
            }
        }
    }
}
