package io.bsr.sim.world;

import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.Timeline;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The faults and commands of a storm, numbered in the order in which they are due. A first run records them, with the state
 * of the random streams before and after each. A later run of the same seed may leave some of them out: the streams are put
 * to where they were behind what is left out, so that all others come at the same time and are the same.
 */
public final class FaultScript implements Timeline.Listener {
    private record Entry(String what, List<Long> before, List<Long> after) {}

    private final List<Entry> entries;
    private final @Nullable BitSet kept;
    private final List<String> told = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private int due;

    private FaultScript(List<Entry> entries, @Nullable BitSet kept) {
        this.entries = entries;
        this.kept = kept;
    }

    /** Everything happens, and is recorded. */
    public static FaultScript recording() {
        return new FaultScript(new ArrayList<>(), null);
    }

    /** Only what is numbered so in this record happens, and nothing later than the record. */
    public FaultScript keeping(BitSet numbers) {
        return new FaultScript(entries, numbers);
    }

    /** How many were due so far, or in the run that recorded. */
    public int size() {
        return entries.size();
    }

    /** What happened in this run, with the lines of the timeline that say more. */
    public List<String> told() {
        return told;
    }

    /** A fault or command is due. {@code streams} are all from which it may draw. */
    void happens(World world, String what, Runnable action, SimRandom... streams) {
        int number = due++;
        if (kept == null) {
            List<Long> before = positions(streams);
            action.run();
            entries.add(new Entry(what, before, positions(streams)));
        } else if (number < entries.size()) {
            Entry entry = entries.get(number);
            if (!entry.what.equals(what)) {
                throw new IllegalStateException(entry.what + " is due, not " + what);
            }
            if (kept.get(number)) {
                seek(streams, entry.before);
                tell(world, what, action);
            }
            seek(streams, entry.after);
        }
    }

    private void tell(World world, String what, Runnable action) {
        lines.clear();
        action.run();
        String details =
                String.join("; ", lines.stream().map(line -> line.strip()).toList());
        told.add(String.format(
                Locale.ROOT, "%.6f %s%s", world.clock().now() / 1e9, what, details.isEmpty() ? "" : ": " + details));
        lines.clear();
    }

    @Override
    public void line(String line) {
        int text = line.indexOf(' ', line.indexOf('.'));
        lines.add(line.substring(text + 1).replaceFirst(" +", " "));
    }

    private static List<Long> positions(SimRandom[] streams) {
        List<Long> positions = new ArrayList<>();
        for (SimRandom stream : streams) {
            positions.add(stream.position());
        }
        return positions;
    }

    private static void seek(SimRandom[] streams, List<Long> positions) {
        for (int i = 0; i < streams.length; i++) {
            streams[i].seek(positions.get(i));
        }
    }
}
