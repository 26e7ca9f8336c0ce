package io.bsr.core.generation;

import io.bsr.base.NodeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The generation identifiers of one node for one volume: random 64-bit numbers.
 *
 * <p>A snapshot; the methods that change something return another one. Values are raw, with bit 0.
 *
 * @param node whose they are
 * @param current names the data; bit 0: the node was Primary then. {@link #JUST_CREATED} on fresh metadata
 * @param bitmaps per other node, the current identifier at the time when the bitmap towards that node began to collect
 *     bits; nodes without one are absent (0 and {@link #CLEAR_BUT_DIFFERENT} are dropped)
 * @param history earlier identifiers, newest first, at most {@link #HISTORY_LIMIT}; up to the first 0 (which is dropped
 *     together with what follows)
 */
public record GenerationIdentifiers(NodeId node, long current, SortedMap<NodeId, Long> bitmaps, List<Long> history) {
    /** The current identifier of fresh metadata; 0 means the same there. */
    public static final long JUST_CREATED = 4;

    /** Bit 0 of a current or bitmap identifier: the node was Primary. */
    public static final long PRIMARY_BIT = 1;

    /** How many identifiers the history keeps. DRBD 8.4 keeps two. */
    public static final int HISTORY_LIMIT = 32;

    /** A bitmap identifier as reported: the bitmap is clear, but the current identifiers are known to differ. */
    public static final long CLEAR_BUT_DIFFERENT = -1;

    public GenerationIdentifiers {
        TreeMap<NodeId, Long> slots = new TreeMap<>(bitmaps);
        // A report of "clear, but different" is no identifier: two of them would look like a common generation.
        slots.values().removeIf(uuid -> uuid == 0 || uuid == CLEAR_BUT_DIFFERENT);
        if (slots.containsKey(node)) {
            throw new IllegalArgumentException("node " + node + " has a bitmap identifier towards itself");
        }
        bitmaps = Collections.unmodifiableSortedMap(slots);
        List<Long> used = new ArrayList<>(Math.min(history.size(), HISTORY_LIMIT));
        for (long uuid : history) {
            if (uuid == 0 || used.size() == HISTORY_LIMIT) {
                break;
            }
            used.add(uuid);
        }
        history = Collections.unmodifiableList(used);
    }

    /** The identifiers of fresh metadata. */
    public static GenerationIdentifiers justCreated(NodeId node) {
        return new GenerationIdentifiers(node, JUST_CREATED, new TreeMap<>(), List.of());
    }

    /** Equal without bit 0. 0 equals nothing. */
    public static boolean same(long one, long other) {
        return withoutRole(one) == withoutRole(other) && withoutRole(one) != 0;
    }

    /** {@code uuid} without bit 0. */
    public static long withoutRole(long uuid) {
        return uuid & ~PRIMARY_BIT;
    }

    /** True for {@link #JUST_CREATED} and 0: there never was any data. */
    public boolean isJustCreated() {
        return withoutRole(current) == JUST_CREATED || withoutRole(current) == 0;
    }

    /** The bitmap identifier towards {@code peer}, 0 if there is none. */
    public long bitmapTowards(NodeId peer) {
        return bitmaps.getOrDefault(peer, 0L);
    }

    /** The {@code index}-th newest identifier of the history, 0 beyond its end. */
    public long historyAt(int index) {
        return index < history.size() ? history.get(index) : 0;
    }

    /** True if the history contains {@code uuid}. */
    public boolean historyContains(long uuid) {
        for (long past : history) {
            if (same(past, uuid)) {
                return true;
            }
        }
        return false;
    }

    public GenerationIdentifiers withCurrent(long uuid) {
        return new GenerationIdentifiers(node, uuid, bitmaps, history);
    }

    /** With bit 0 of the current identifier set or clear, as it must be for a node that is or is not Primary. */
    public GenerationIdentifiers withPrimaryBit(boolean primary) {
        return withCurrent(primary ? current | PRIMARY_BIT : withoutRole(current));
    }

    /** With another bitmap identifier towards {@code peer}; 0 for none. */
    public GenerationIdentifiers withBitmap(NodeId peer, long uuid) {
        TreeMap<NodeId, Long> slots = new TreeMap<>(bitmaps);
        slots.put(peer, uuid);
        return new GenerationIdentifiers(node, current, slots, history);
    }

    public GenerationIdentifiers withHistory(List<Long> uuids) {
        return new GenerationIdentifiers(node, current, bitmaps, uuids);
    }

    /**
     * With {@code uuid} as the newest of the history, without bit 0. Nothing happens for 0, for {@link #JUST_CREATED}
     * and for what the history contains already; the oldest falls out of a full history.
     */
    public GenerationIdentifiers withHistoryPushed(long uuid) {
        long past = withoutRole(uuid);
        if (past == 0 || past == JUST_CREATED || historyContains(past)) {
            return this;
        }
        List<Long> pushed = new ArrayList<>(history.size() + 1);
        pushed.add(past);
        pushed.addAll(history);
        return withHistory(pushed);
    }

    /** The bitmap identifier towards {@code peer} goes to the history; none remains. */
    public GenerationIdentifiers withBitmapRetired(NodeId peer) {
        return withHistoryPushed(bitmapTowards(peer)).withBitmap(peer, 0);
    }

    /** As logs print it: current:bitmap[node]…:history…, each as 16 hexadecimal digits. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(hex(current));
        for (Map.Entry<NodeId, Long> slot : bitmaps.entrySet()) {
            text.append(":[").append(slot.getKey()).append(']').append(hex(slot.getValue()));
        }
        for (long past : history) {
            text.append(':').append(hex(past));
        }
        return text.toString();
    }

    static String hex(long uuid) {
        return String.format(Locale.ROOT, "%016X", uuid);
    }
}
