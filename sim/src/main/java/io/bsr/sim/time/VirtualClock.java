package io.bsr.sim.time;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time in nanoseconds since the world began, and the queue of what is due: a binary heap ordered by time, then by
 * the order of scheduling.
 */
public final class VirtualClock {
    public static final long MICROSECOND = 1_000L;
    public static final long MILLISECOND = 1_000_000L;
    public static final long SECOND = 1_000_000_000L;

    private @Nullable Event[] heap = new @Nullable Event[256];
    private int size;
    private long now;
    private long made;
    private long happened;

    public long now() {
        return now;
    }

    /** Events that happened so far. */
    public long happened() {
        return happened;
    }

    /** Calls {@code action} at {@code time}, or now if that is past: always later than the present event. */
    public Event at(long time, Runnable action) {
        Event event = new Event(Math.max(time, now), made++, action);
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        siftUp(event);
        return event;
    }

    public Event after(long delay, Runnable action) {
        return at(now + Math.max(0, delay), action);
    }

    /** Advances to the next event and lets it happen; false if nothing is due any more. */
    public boolean step() {
        while (size > 0) {
            Event next = removeFirst();
            if (next.cancelled()) {
                continue;
            }
            now = next.time;
            happened++;
            next.happen();
            return true;
        }
        return false;
    }

    /**
     * Lets everything happen that is due up to {@code time}, and advances to it; stops earlier after {@code most} events.
     */
    public void runUntil(long time, long most) {
        long began = happened;
        while (size > 0 && happened - began < most) {
            Event first = element(0);
            if (first.cancelled()) {
                removeFirst();
            } else if (first.time > time) {
                break;
            } else {
                step();
            }
        }
        if (happened - began < most) {
            now = Math.max(now, time);
        }
    }

    private Event element(int index) {
        Event event = heap[index];
        if (event == null) {
            throw new IllegalStateException("hole in the event queue");
        }
        return event;
    }

    private void siftUp(Event event) {
        int index = size++;
        while (index > 0) {
            int parent = (index - 1) >>> 1;
            Event above = element(parent);
            if (above.before(event)) {
                break;
            }
            heap[index] = above;
            index = parent;
        }
        heap[index] = event;
    }

    private Event removeFirst() {
        Event first = element(0);
        Event last = element(--size);
        heap[size] = null;
        if (size > 0) {
            int index = 0;
            while (true) {
                int child = 2 * index + 1;
                if (child >= size) {
                    break;
                }
                if (child + 1 < size && element(child + 1).before(element(child))) {
                    child++;
                }
                if (last.before(element(child))) {
                    break;
                }
                heap[index] = heap[child];
                index = child;
            }
            heap[index] = last;
        }
        return first;
    }
}
