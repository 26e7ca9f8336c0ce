package io.bsr.sim.time;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What happened, in words, for people; nothing is put into words unless somebody wants to read it. */
public final class Timeline {
    /** How much to tell. */
    public enum Detail {
        NOTHING,
        /** Faults, commands, state changes, messages of the core. */
        EVENTS,
        /** Also requests of users. */
        REQUESTS,
        /** Also operations of disks. */
        DISKS
    }

    /** Who is told each line. */
    public interface Listener {
        void line(String line);
    }

    private final VirtualClock clock;
    private final Detail detail;
    private final int keep;
    private final Listener listener;
    private final ArrayDeque<String> last = new ArrayDeque<>();

    public Timeline(VirtualClock clock, Detail detail, int keep, Listener listener) {
        this.clock = clock;
        this.detail = detail;
        this.keep = keep;
        this.listener = listener;
    }

    public void event(String who, Supplier<String> what) {
        if (detail != Detail.NOTHING) {
            tell(who, what.get());
        }
    }

    public void request(String who, Supplier<String> what) {
        if (detail.compareTo(Detail.REQUESTS) >= 0) {
            tell(who, what.get());
        }
    }

    public void disk(String who, Supplier<String> what) {
        if (detail.compareTo(Detail.DISKS) >= 0) {
            tell(who, what.get());
        }
    }

    /** The last lines, oldest first. */
    public List<String> last() {
        return List.copyOf(last);
    }

    private void tell(String who, String what) {
        String line = String.format(Locale.ROOT, "%12.6f %-8s %s", clock.now() / 1e9, who, what);
        listener.line(line);
        last.add(line);
        if (last.size() > keep) {
            last.poll();
        }
    }
}
