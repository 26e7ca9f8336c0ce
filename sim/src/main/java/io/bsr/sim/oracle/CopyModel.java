package io.bsr.sim.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which contents each sector of one copy of a volume may have: a base, and the writes that came later. A version is out
 * of the question when a binding write, which this copy must have, was submitted after the version had ended.
 */
final class CopyModel {
    /** A base that may be anything. */
    static final int ANY = -2;

    /** Finds the record of a write. */
    interface Records {
        WriteRecord get(int id);
    }

    private final Records records;
    private int[] base;
    private final int[] @Nullable [] later;
    private final BitSet withLater = new BitSet();

    /** Contents are in flux: a resync overwrites this copy, or it never was in sync. */
    boolean flux;

    CopyModel(int sectors, Records records) {
        this.records = records;
        this.base = new int[sectors];
        this.later = new int[sectors][];
    }

    /** Element 0 of a list is its length; entries are write ids, doubled, plus 1 if this copy must have the write. */
    private static int @Nullable [] append(int @Nullable [] list, int entry) {
        int[] grown = list;
        if (grown == null) {
            grown = new int[4];
        } else if (grown[0] + 1 == grown.length) {
            grown = Arrays.copyOf(grown, 2 * grown.length);
        }
        grown[++grown[0]] = entry;
        return grown;
    }

    void begin(WriteRecord write) {
        for (int s = (int) write.firstSector; s < write.firstSector + write.count; s++) {
            later[s] = append(later[s], write.id << 1);
        }
        withLater.set((int) write.firstSector, (int) write.firstSector + write.count);
    }

    /** The copy must have the write from now on. */
    void bind(WriteRecord write, long oldestRead) {
        if (!write.binding()) {
            return;
        }
        for (int s = (int) write.firstSector; s < write.firstSector + write.count; s++) {
            int[] list = later[s];
            if (list == null) {
                continue;
            }
            for (int i = 1; i <= list[0]; i++) {
                if (list[i] >> 1 == write.id) {
                    list[i] |= 1;
                }
            }
            if (list[0] > 12 && write.ended < oldestRead) {
                prune(s, list, write);
            }
        }
    }

    private void prune(int sector, int[] list, WriteRecord by) {
        int kept = 0;
        for (int i = 1; i <= list[0]; i++) {
            if (!(records.get(list[i] >> 1).ended < by.submitted)) {
                list[++kept] = list[i];
            }
        }
        list[0] = kept;
        if (base[sector] != ANY && endOfBase(sector) < by.submitted) {
            base[sector] = by.id;
        }
    }

    /** Forgets that it must have any of the recent writes: they may or may not be there. */
    void unbind() {
        for (int s = withLater.nextSetBit(0); s >= 0; s = withLater.nextSetBit(s + 1)) {
            int[] list = later[s];
            if (list != null) {
                for (int i = 1; i <= list[0]; i++) {
                    list[i] &= ~1;
                }
            }
        }
    }

    /** The sector is known to have these contents. */
    void settle(int sector, int id) {
        base[sector] = id;
        later[sector] = null;
        withLater.clear(sector);
    }

    /** This copy has become a copy of another one; with {@code lagging} older contents may still be there. */
    void copyFrom(CopyModel source, boolean lagging) {
        base = source.base.clone();
        for (int s = withLater.nextSetBit(0); s >= 0; s = withLater.nextSetBit(s + 1)) {
            later[s] = null;
        }
        withLater.clear();
        withLater.or(source.withLater);
        for (int s = withLater.nextSetBit(0); s >= 0; s = withLater.nextSetBit(s + 1)) {
            int[] list = source.later[s];
            later[s] = list == null ? null : list.clone();
            if (lagging) {
                base[s] = ANY;
            }
        }
        if (lagging) {
            unbind();
        }
        flux = false;
    }

    int base(int sector) {
        return base[sector];
    }

    void base(int sector, int id) {
        base[sector] = id;
    }

    BitSet withLater() {
        return withLater;
    }

    boolean mentions(int sector, int id) {
        if (base[sector] == id) {
            return true;
        }
        int[] list = later[sector];
        if (list != null) {
            for (int i = 1; i <= list[0]; i++) {
                if (list[i] >> 1 == id) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * May the sector have the contents of write {@code id}?
     *
     * @param asOf only writes that ended before this stamp count as binding
     */
    boolean allows(int sector, int id, long asOf) {
        if (base[sector] == ANY) {
            return id != SectorPattern.GARBLED;
        }
        if (matches(base[sector], id) && !dominated(sector, endOfBase(sector), base[sector], asOf)) {
            return true;
        }
        int[] list = later[sector];
        if (list == null) {
            return false;
        }
        for (int i = 1; i <= list[0]; i++) {
            int candidate = list[i] >> 1;
            if (matches(candidate, id) && !dominated(sector, records.get(candidate).ended, candidate, asOf)) {
                return true;
            }
        }
        return false;
    }

    private boolean matches(int candidate, int id) {
        return candidate == id
                || (id == 0 && candidate > 0 && records.get(candidate).leavesZeroes());
    }

    private long endOfBase(int sector) {
        int id = base[sector];
        return id <= 0 ? -1 : records.get(id).ended;
    }

    private boolean dominated(int sector, long ended, int candidate, long asOf) {
        int[] list = later[sector];
        if (list == null) {
            return false;
        }
        for (int i = 1; i <= list[0]; i++) {
            int other = list[i] >> 1;
            if ((list[i] & 1) != 0 && other != candidate) {
                WriteRecord by = records.get(other);
                if (by.ended < asOf && ended < by.submitted) {
                    return true;
                }
            }
        }
        return false;
    }

    /** What the sector may contain, in words. */
    String describe(int sector) {
        List<String> versions = new ArrayList<>();
        versions.add(
                base[sector] == ANY
                        ? "anything"
                        : base[sector] == 0
                                ? "zeroes"
                                : records.get(base[sector]).toString());
        int[] list = later[sector];
        if (list != null) {
            for (int i = 1; i <= list[0]; i++) {
                versions.add(records.get(list[i] >> 1) + ((list[i] & 1) != 0 ? "!" : "?"));
            }
        }
        return String.join(", ", versions);
    }
}
