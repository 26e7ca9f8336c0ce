package io.bsr.loop;

import io.bsr.base.port.Timers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one loop: a binary heap by deadline, ties in the order of scheduling.
 *
 * <p>Every timer knows its place in the heap, so that cancelling takes it out at once: a timer that is set and cancelled
 * for each packet must not pile up until its deadline.
 */
final class TimerHeap implements Timers {
    private Entry[] heap = new Entry[16];
    private int size;
    private long sequence;
    private long now;
    private long fired;

    TimerHeap(long now) {
        this.now = now;
    }

    @Override
    public long now() {
        return now;
    }

    void advance(long nanos) {
        now = nanos;
    }

    long fired() {
        return fired;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable action) {
        long delay = Math.clamp(delayNanos, 0L, Long.MAX_VALUE / 4);
        Entry entry = new Entry(now + delay, sequence++, action);
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        entry.place = size;
        heap[size++] = entry;
        siftUp(entry.place);
        return entry;
    }

    /** Nanoseconds until the first deadline, 0 if it has passed, {@link Long#MAX_VALUE} if there is no timer. */
    long nanosToNext(long at) {
        return size == 0 ? Long.MAX_VALUE : Math.max(0, heap[0].deadline - at);
    }

    /** Takes out and returns the action of the first timer that is due; {@code null} if none is. */
    @Nullable Runnable pollDue(long scheduledBefore) {
        if (size == 0) {
            return null;
        }
        Entry first = heap[0];
        if (first.deadline - now > 0 || first.sequence >= scheduledBefore) {
            return null;
        }
        Runnable action = first.action;
        remove(first);
        fired++;
        return action;
    }

    /** Timers scheduled from now on have at least this number: those wait for the next turn. */
    long nextSequence() {
        return sequence;
    }

    private void remove(Entry entry) {
        int hole = entry.place;
        entry.place = -1;
        entry.action = TimerHeap::nothing;
        Entry last = heap[--size];
        if (last != entry) {
            heap[hole] = last;
            last.place = hole;
            siftUp(hole);
            siftDown(last.place);
        }
    }

    private static void nothing() {}

    private void siftUp(int from) {
        int place = from;
        Entry entry = heap[place];
        while (place > 0) {
            int parent = (place - 1) >>> 1;
            if (!entry.before(heap[parent])) {
                break;
            }
            put(heap[parent], place);
            place = parent;
        }
        put(entry, place);
    }

    private void siftDown(int from) {
        int place = from;
        Entry entry = heap[place];
        while (true) {
            int child = 2 * place + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && heap[child + 1].before(heap[child])) {
                child++;
            }
            if (!heap[child].before(entry)) {
                break;
            }
            put(heap[child], place);
            place = child;
        }
        put(entry, place);
    }

    private void put(Entry entry, int place) {
        heap[place] = entry;
        entry.place = place;
    }

    private final class Entry implements Timer {
        private final long deadline;
        private final long sequence;
        /** Forgotten when the timer ends, so that whoever keeps the handle does not keep what the action refers to. */
        private Runnable action;

        private int place = -1;

        Entry(long deadline, long sequence, Runnable action) {
            this.deadline = deadline;
            this.sequence = sequence;
            this.action = action;
        }

        boolean before(Entry other) {
            long difference = deadline - other.deadline;
            return difference < 0 || (difference == 0 && sequence < other.sequence);
        }

        @Override
        public void cancel() {
            if (place >= 0) {
                remove(this);
            }
        }
    }
}
