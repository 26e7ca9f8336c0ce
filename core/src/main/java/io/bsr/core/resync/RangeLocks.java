package io.bsr.core.resync;

import org.jspecify.annotations.Nullable;

/**
 * The ranges that are in use now, for finding conflicts: a write against writes in flight, P_DATA against resync writes,
 * a resync read against own writes. Ranges in it may overlap each other; what that means is up to the user.
 *
 * <p>Nodes are linked themselves, so nothing is allocated. A node of at most {@link #CHUNK_SECTORS} sectors is in the
 * list of the chunk in which it begins; it can reach into one more chunk, so a search looks at the lists from one chunk
 * before its range to the last one of it. Wider nodes (trims) are few and have one list of their own.
 *
 * <pre>
 *   chunk       n−1        n        n+1
 *            ──┼────────┼────────┼────────┼──
 *   node            └──────┘                    in the list of n−1
 *   search                └────┘                looks at n−1 and n
 * </pre>
 */
public final class RangeLocks {
    /** 1 MiB. */
    public static final int CHUNK_SECTORS = 1 << 11;

    static final int NOWHERE = -1;

    private static final int CHUNK_SHIFT = 11;

    private final int mask;
    private final @Nullable RangeNode[] first;
    private final @Nullable RangeNode[] last;
    private final int wideList;
    private long nextSequence;
    private int size;

    /** Called for each overlap. May remove the node that it is given, and nothing else. */
    @FunctionalInterface
    public interface Visitor {
        void overlaps(RangeNode node);
    }

    /**
     * @param lists a power of two, 2 … 65536; about as many as there are nodes in the usual case
     */
    public RangeLocks(int lists) {
        if (lists < 2 || lists > 65536 || Integer.bitCount(lists) != 1) {
            throw new IllegalArgumentException("the number of lists is a power of two in 2 … 65536, not " + lists);
        }
        mask = lists - 1;
        wideList = lists;
        first = new @Nullable RangeNode[lists + 1];
        last = new @Nullable RangeNode[lists + 1];
    }

    /** How many nodes are in. */
    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /**
     * Puts {@code node} in, whether or not it overlaps others.
     *
     * @throws IllegalArgumentException if its range is empty or begins before 0
     * @throws IllegalStateException if it is in already
     */
    public void insert(RangeNode node) {
        if (node.inserted()) {
            throw new IllegalStateException("the node is in use already");
        }
        if (node.startSector < 0 || node.endSector <= node.startSector) {
            throw new IllegalArgumentException("no range: sectors " + node.startSector + " to " + node.endSector);
        }
        boolean wide = node.endSector - node.startSector > CHUNK_SECTORS;
        int list = wide ? wideList : listOf(node.startSector >> CHUNK_SHIFT);
        RangeNode tail = last[list];
        node.previous = tail;
        node.following = null;
        if (tail == null) {
            first[list] = node;
        } else {
            tail.following = node;
        }
        last[list] = node;
        node.list = list;
        node.sequence = nextSequence++;
        size++;
    }

    /**
     * Takes {@code node} out.
     *
     * @throws IllegalStateException if it is not in
     */
    public void remove(RangeNode node) {
        int list = node.list;
        if (list == NOWHERE) {
            throw new IllegalStateException("the node is not in use");
        }
        RangeNode before = node.previous;
        RangeNode after = node.following;
        if (before == null) {
            first[list] = after;
        } else {
            before.following = after;
        }
        if (after == null) {
            last[list] = before;
        } else {
            after.previous = before;
        }
        node.previous = null;
        node.following = null;
        node.list = NOWHERE;
        size--;
    }

    /** Of the nodes that have a sector in {@code start} … {@code end} − 1 the one inserted first; null if none has. */
    public @Nullable RangeNode firstOverlap(long start, long end) {
        if (size == 0 || start >= end) {
            return null;
        }
        RangeNode found = earliest(null, wideList, start, end);
        long chunk = firstChunk(start);
        int lists = listsToSearch(chunk, end);
        for (int i = 0; i < lists; i++) {
            found = earliest(found, listOf(chunk + i), start, end);
        }
        return found;
    }

    private @Nullable RangeNode earliest(@Nullable RangeNode best, int list, long start, long end) {
        for (RangeNode node = first[list]; node != null; node = node.following) {
            if (node.overlaps(start, end)) {
                return best == null || node.sequence < best.sequence ? node : best;
            }
        }
        return best;
    }

    /** True if a node has a sector in {@code start} … {@code end} − 1. */
    public boolean anyOverlap(long start, long end) {
        return firstOverlap(start, end) != null;
    }

    /** Calls {@code visitor} once for each node with a sector in {@code start} … {@code end} − 1, in no set order. */
    public void forEachOverlap(long start, long end, Visitor visitor) {
        if (size == 0 || start >= end) {
            return;
        }
        visit(wideList, start, end, visitor);
        long chunk = firstChunk(start);
        int lists = listsToSearch(chunk, end);
        for (int i = 0; i < lists; i++) {
            visit(listOf(chunk + i), start, end, visitor);
        }
    }

    private void visit(int list, long start, long end, Visitor visitor) {
        RangeNode node = first[list];
        while (node != null) {
            RangeNode after = node.following;
            if (node.overlaps(start, end)) {
                visitor.overlaps(node);
            }
            node = after;
        }
    }

    private int listOf(long chunk) {
        return (int) chunk & mask;
    }

    private static long firstChunk(long start) {
        return Math.max(0, (start >> CHUNK_SHIFT) - 1);
    }

    /** Neighbouring chunks have different lists, so each list comes once as long as there are not more than all. */
    private int listsToSearch(long firstChunk, long end) {
        long chunks = ((end - 1) >> CHUNK_SHIFT) - firstChunk + 1;
        return (int) Math.min(chunks, mask + 1L);
    }
}
