package io.bsr.core.disk;

import io.bsr.metadata.ActivityLogBlock;
import java.util.Arrays;

/**
 * The set of active extents (activity-log reference, section 4): which 4 MiB extents may be written. A slot is free,
 * cold (on disk, unreferenced, replaceable, least recently used first), hot (referenced), or pending (referenced, its
 * new extent not yet on disk).
 *
 * <p>Allocates nothing after construction.
 */
public final class ActivityLog {
    /** Changes per transaction, and the most that can be pending. */
    static final int MAX_PENDING = ActivityLogBlock.UPDATES;

    private static final int FREE = ActivityLogBlock.FREE;
    private static final int NONE = -1;

    private final int slots;

    /** Extent of each slot as it is on disk. */
    private final int[] committed;

    /** Extent of each slot as users see it: the pending one where there is one. */
    private final int[] extents;

    private final int[] references;
    private final int[] newer;
    private final int[] older;
    private int oldestCold = NONE;
    private int newestCold = NONE;
    private int coldCount;
    private int nextFree;
    private int used;

    private final int[] pendingSlots = new int[MAX_PENDING];
    private final int[] pendingExtents = new int[MAX_PENDING];
    private final boolean[] pending;
    private int pendingCount;

    /** Open addressing: slot + 1, 0 for empty. */
    private final int[] table;

    private final int tableMask;

    public ActivityLog(int slots) {
        this.slots = slots;
        committed = new int[slots];
        extents = new int[slots];
        references = new int[slots];
        newer = new int[slots];
        older = new int[slots];
        pending = new boolean[slots];
        Arrays.fill(committed, FREE);
        Arrays.fill(extents, FREE);
        int size = Integer.highestOneBit(slots) << 2;
        table = new int[size];
        tableMask = size - 1;
    }

    public int slots() {
        return slots;
    }

    /** Extents with a reference. */
    public int used() {
        return used;
    }

    public int pendingCount() {
        return pendingCount;
    }

    /** Takes a reference on each of {@code first} … {@code last} if all of them are on disk; otherwise on none. */
    public boolean tryGet(int first, int last) {
        for (int extent = first; extent <= last; extent++) {
            int slot = find(extent);
            if (slot == NONE || pending[slot]) {
                return false;
            }
        }
        for (int extent = first; extent <= last; extent++) {
            reference(find(extent));
        }
        return true;
    }

    /**
     * Takes a reference on each of {@code first} … {@code last}, making those pending that are not in the set. All or
     * nothing: false if there are not enough free or cold slots or pending changes left.
     */
    public boolean get(int first, int last) {
        int missing = 0;
        int coldHits = 0;
        for (int extent = first; extent <= last; extent++) {
            int slot = find(extent);
            if (slot == NONE) {
                missing++;
            } else if (references[slot] == 0) {
                coldHits++;
            }
        }
        if (missing > MAX_PENDING - pendingCount || missing > slots - nextFree + coldCount - coldHits) {
            return false;
        }
        for (int extent = first; extent <= last; extent++) {
            int slot = find(extent);
            if (slot != NONE) {
                reference(slot);
            }
        }
        for (int extent = first; extent <= last; extent++) {
            if (find(extent) == NONE) {
                begin(extent);
            }
        }
        return true;
    }

    /** Drops a reference on each of {@code first} … {@code last}. */
    public void put(int first, int last) {
        for (int extent = first; extent <= last; extent++) {
            int slot = find(extent);
            if (slot == NONE || references[slot] == 0) {
                throw new IllegalStateException("extent " + extent + " is not referenced");
            }
            if (--references[slot] == 0) {
                used--;
                if (!pending[slot]) {
                    appendCold(slot);
                }
            }
        }
    }

    /** True if every extent of the range can be written without a transaction. */
    public boolean contains(int first, int last) {
        for (int extent = first; extent <= last; extent++) {
            int slot = find(extent);
            if (slot == NONE || pending[slot]) {
                return false;
            }
        }
        return true;
    }

    private void begin(int extent) {
        int slot = nextFree < slots ? nextFree++ : takeOldestCold();
        if (extents[slot] != FREE) {
            unlink(extents[slot]);
        }
        extents[slot] = extent;
        link(extent, slot);
        references[slot] = 1;
        used++;
        pending[slot] = true;
        pendingSlots[pendingCount] = slot;
        pendingExtents[pendingCount] = extent;
        pendingCount++;
    }

    private void reference(int slot) {
        if (references[slot]++ == 0) {
            used++;
            if (!pending[slot]) {
                removeCold(slot);
            }
        }
    }

    /** How many changes the transaction that is being written has; those after it wait for the next one. */
    int transactionSize() {
        return pendingCount;
    }

    /** The extent that change {@code index} evicts, or {@link ActivityLogBlock#FREE}. */
    int evicted(int index) {
        return committed[pendingSlots[index]];
    }

    int[] pendingSlots() {
        return pendingSlots;
    }

    int[] pendingExtents() {
        return pendingExtents;
    }

    /** Extents per slot as on disk, for the context of a transaction. */
    int[] committed() {
        return committed;
    }

    /** The first {@code count} pending changes are on disk. */
    void commit(int count) {
        for (int i = 0; i < count; i++) {
            int slot = pendingSlots[i];
            committed[slot] = pendingExtents[i];
            pending[slot] = false;
            if (references[slot] == 0) {
                appendCold(slot);
            }
        }
        int left = pendingCount - count;
        System.arraycopy(pendingSlots, count, pendingSlots, 0, left);
        System.arraycopy(pendingExtents, count, pendingExtents, 0, left);
        pendingCount = left;
    }

    private void appendCold(int slot) {
        older[slot] = newestCold;
        newer[slot] = NONE;
        if (newestCold == NONE) {
            oldestCold = slot;
        } else {
            newer[newestCold] = slot;
        }
        newestCold = slot;
        coldCount++;
    }

    private void removeCold(int slot) {
        if (older[slot] == NONE) {
            oldestCold = newer[slot];
        } else {
            newer[older[slot]] = newer[slot];
        }
        if (newer[slot] == NONE) {
            newestCold = older[slot];
        } else {
            older[newer[slot]] = older[slot];
        }
        coldCount--;
    }

    private int takeOldestCold() {
        int slot = oldestCold;
        removeCold(slot);
        return slot;
    }

    private int home(int extent) {
        return ((extent * 0x9E3779B9) >>> 7) & tableMask;
    }

    private int find(int extent) {
        for (int i = home(extent); table[i] != 0; i = (i + 1) & tableMask) {
            int slot = table[i] - 1;
            if (extents[slot] == extent) {
                return slot;
            }
        }
        return NONE;
    }

    private void link(int extent, int slot) {
        int i = home(extent);
        while (table[i] != 0) {
            i = (i + 1) & tableMask;
        }
        table[i] = slot + 1;
    }

    /** Removes an entry and moves later ones of its run back, so that no run is broken. */
    private void unlink(int extent) {
        int hole = home(extent);
        while (extents[table[hole] - 1] != extent) {
            hole = (hole + 1) & tableMask;
        }
        table[hole] = 0;
        for (int i = (hole + 1) & tableMask; table[i] != 0; i = (i + 1) & tableMask) {
            int from = home(extents[table[i] - 1]);
            boolean mayMove = hole <= i ? from <= hole || from > i : from <= hole && from > i;
            if (mayMove) {
                table[hole] = table[i];
                table[i] = 0;
                hole = i;
            }
        }
    }
}
