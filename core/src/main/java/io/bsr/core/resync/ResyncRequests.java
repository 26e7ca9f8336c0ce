package io.bsr.core.resync;

import io.bsr.base.Units;
import java.util.Arrays;

/**
 * The resync requests that the target has sent and not yet finished, and what happened to their sectors meanwhile
 * (activity-log reference, section 5.7).
 *
 * <p>Life of a request:
 *
 * <pre>
 *   add ──▶ (overwritten, stale)* ──▶ find when the reply arrives ──▶ write what nextToWrite … endOfWrite give
 *                 ▲                                                       │
 *                 └─── still tracked while the write runs ────────────────┤
 *                                                                         ▼
 *                                        ack in runs by inSync and endOfAck, then remove
 * </pre>
 *
 * A request without data (cancelled, failed, found in sync) is just removed.
 *
 * <p>Each request has two masks with one bit per sector: <em>overwritten</em> by P_DATA or a trim since the request was
 * sent, so the reply is older; <em>stale</em>, because the source declared it out-of-sync since then, so the reply may
 * be older than the source's data. P_DATA makes a stale sector good again.
 *
 * <p>Requests do not overlap. They are kept sorted by start, so that those in a range are found by bisection. A handle is
 * a number that stays valid from {@link #add} to {@link #remove}.
 */
public final class ResyncRequests {
    /** Largest request: 1 MiB. */
    public static final int MAX_SECTORS = 2048;

    /** No such request, or nothing (more) to do. */
    public static final int NONE = -1;

    private static final int WORDS = MAX_SECTORS / Long.SIZE;

    private final long[] starts;
    private final int[] lengths;
    private final long[] overwritten;
    private final long[] stale;

    /** Handles in use, by start sector; behind them the free ones. */
    private final int[] order;

    private int count;
    private long sectors;

    /**
     * @param capacity most requests outstanding at a time, 1 … 65536; each takes about 530 bytes
     */
    public ResyncRequests(int capacity) {
        if (capacity < 1 || capacity > 65536) {
            throw new IllegalArgumentException("the capacity is in 1 … 65536, not " + capacity);
        }
        starts = new long[capacity];
        lengths = new int[capacity];
        overwritten = new long[capacity * WORDS];
        stale = new long[capacity * WORDS];
        order = new int[capacity];
        clear();
    }

    public int capacity() {
        return order.length;
    }

    /** Requests outstanding. */
    public int size() {
        return count;
    }

    public boolean isFull() {
        return count == order.length;
    }

    /** Sectors outstanding. */
    public long outstandingSectors() {
        return sectors;
    }

    /** Forgets everything: the connection is gone, or the resync was aborted and its replies are to be refused. */
    public void clear() {
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        count = 0;
        sectors = 0;
    }

    /** True if a request outstanding has a sector in {@code length} sectors from {@code start}. */
    public boolean overlaps(long start, long length) {
        int index = firstIndexEndingAfter(start);
        return index < count && starts[order[index]] < start + length;
    }

    /** The first sector at or behind {@code sector} that belongs to no request outstanding. */
    public long nextFree(long sector) {
        long free = sector;
        for (int index = firstIndexEndingAfter(sector); index < count && starts[order[index]] <= free; index++) {
            free = starts[order[index]] + lengths[order[index]];
        }
        return free;
    }

    /** The first sector at or behind {@code sector} that belongs to a request outstanding; the largest long if none does. */
    public long nextTaken(long sector) {
        int index = firstIndexEndingAfter(sector);
        return index < count ? Math.max(sector, starts[order[index]]) : Long.MAX_VALUE;
    }

    /**
     * A request is being sent.
     *
     * @param start first sector, at the start of a 4 KiB block
     * @param length sectors, 1 … {@link #MAX_SECTORS}
     * @return its handle, or {@link #NONE} if the table is full or another request for some of these sectors is
     *     outstanding: try again later
     */
    public int add(long start, int length) {
        if (start < 0 || start % Units.SECTORS_PER_BIT != 0 || length < 1 || length > MAX_SECTORS) {
            throw new IllegalArgumentException("no resync request: " + length + " sectors from sector " + start);
        }
        int index = firstIndexEndingAfter(start);
        if (isFull() || (index < count && starts[order[index]] < start + length)) {
            return NONE;
        }
        int handle = order[count];
        System.arraycopy(order, index, order, index + 1, count - index);
        order[index] = handle;
        count++;
        sectors += length;
        starts[handle] = start;
        lengths[handle] = length;
        Arrays.fill(overwritten, handle * WORDS, (handle + 1) * WORDS, 0);
        Arrays.fill(stale, handle * WORDS, (handle + 1) * WORDS, 0);
        return handle;
    }

    /** The request for exactly these sectors, or {@link #NONE}: then the reply was not asked for. */
    public int find(long start, int length) {
        int index = firstIndexEndingAfter(start);
        if (index == count) {
            return NONE;
        }
        int handle = order[index];
        return starts[handle] == start && lengths[handle] == length ? handle : NONE;
    }

    /** The request is done with: acknowledged, refused, failed. The handle is free. */
    public void remove(int handle) {
        int index = firstIndexEndingAfter(starts[handle]);
        if (index >= count || order[index] != handle) {
            throw new IllegalStateException("request " + handle + " is not outstanding");
        }
        System.arraycopy(order, index + 1, order, index, count - index - 1);
        count--;
        order[count] = handle;
        sectors -= lengths[handle];
    }

    /** First sector of a request. */
    public long startSector(int handle) {
        return starts[handle];
    }

    /** Sectors of a request. */
    public int length(int handle) {
        return lengths[handle];
    }

    /** P_DATA or a trim wrote these sectors: replies to requests outstanding are older, and the sectors are good. */
    public void overwritten(long start, long length) {
        long end = start + length;
        for (int index = firstIndexEndingAfter(start); index < count && starts[order[index]] < end; index++) {
            mark(overwritten, order[index], start, end, true);
            mark(stale, order[index], start, end, false);
        }
    }

    /** P_OUT_OF_SYNC came for these sectors: replies to requests outstanding may be older than the source's data. */
    public void stale(long start, long length) {
        long end = start + length;
        for (int index = firstIndexEndingAfter(start); index < count && starts[order[index]] < end; index++) {
            mark(stale, order[index], start, end, true);
        }
    }

    /**
     * The next sector to write from the reply.
     *
     * @param from offset into the request, in sectors
     * @return offset of the first sector at or behind {@code from} that is not overwritten, or {@link #NONE}
     */
    public int nextToWrite(int handle, int from) {
        int next = nextBit(overwritten, handle, from, false);
        return next < lengths[handle] ? next : NONE;
    }

    /** The end (exclusive, in sectors into the request) of the run to write that begins at {@code from}. */
    public int endOfWrite(int handle, int from) {
        return nextBit(overwritten, handle, from, true);
    }

    /** True if anything of the request was overwritten, so that the reply cannot be written as a whole. */
    public boolean anyOverwritten(int handle) {
        return endOfWrite(handle, 0) < lengths[handle];
    }

    /**
     * True if the block at {@code from} is to be acknowledged as in sync; false if a sector of it is stale: then its bit
     * stays set and it gets a negative acknowledgement.
     *
     * @param from offset into the request in sectors, a multiple of 8
     */
    public boolean inSync(int handle, int from) {
        int end = Math.min(from + Units.SECTORS_PER_BIT, lengths[handle]);
        return nextBit(stale, handle, from, true) >= end;
    }

    /**
     * The end (exclusive, in sectors into the request) of the run of blocks that are acknowledged alike and begin at
     * {@code from}. The runs of a request together are the whole request.
     *
     * @param from offset into the request in sectors, a multiple of 8
     */
    public int endOfAck(int handle, int from) {
        int length = lengths[handle];
        if (inSync(handle, from)) {
            int firstStale = nextBit(stale, handle, from, true);
            return firstStale >= length ? length : firstStale & -Units.SECTORS_PER_BIT;
        }
        int end = from;
        while (end < length && !inSync(handle, end)) {
            end += Units.SECTORS_PER_BIT;
        }
        return Math.min(end, length);
    }

    /** True if anything of the request is stale, so that it cannot be acknowledged as a whole. */
    public boolean anyStale(int handle) {
        return nextBit(stale, handle, 0, true) < lengths[handle];
    }

    /** Index into {@link #order} of the first request that ends behind {@code sector}; {@link #count} if none does. */
    private int firstIndexEndingAfter(long sector) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            int handle = order[middle];
            if (starts[handle] + lengths[handle] > sector) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Sets or clears the bits of those sectors of {@code start} … {@code end} − 1 that belong to the request. */
    private void mark(long[] masks, int handle, long start, long end, boolean value) {
        int from = (int) Math.max(0, start - starts[handle]);
        int to = (int) Math.min(lengths[handle], end - starts[handle]);
        int word = handle * WORDS + from / Long.SIZE;
        for (int base = from & -Long.SIZE; base < to; base += Long.SIZE, word++) {
            long bits = -1L;
            if (from > base) {
                bits &= -1L << (from - base);
            }
            if (to - base < Long.SIZE) {
                bits &= (1L << (to - base)) - 1;
            }
            masks[word] = value ? masks[word] | bits : masks[word] & ~bits;
        }
    }

    /** Offset of the first sector at or behind {@code from} with the bit as {@code value}; the length if none has. */
    private int nextBit(long[] masks, int handle, int from, boolean value) {
        int length = lengths[handle];
        for (int base = from & -Long.SIZE; base < length; base += Long.SIZE) {
            long word = masks[handle * WORDS + base / Long.SIZE];
            long bits = value ? word : ~word;
            if (from > base) {
                bits &= -1L << (from - base);
            }
            if (bits != 0) {
                return Math.min(length, base + Long.numberOfTrailingZeros(bits));
            }
        }
        return length;
    }
}
