package io.bsr.core.disk;

import io.bsr.core.disk.Recording.Event;
import io.bsr.core.disk.Recording.Operation;
import io.bsr.core.disk.Recording.Place;
import io.bsr.core.disk.Recording.Sector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Every state in which a power failure can leave the stores of a {@link Recording}:
 *
 * <ul>
 *   <li>after each event with all that was written, and with only what was durable;
 *   <li>each write torn at each 512 bytes (of a long one: at its ends and at random), with and without what was written
 *       before it and is not durable;
 *   <li>after each event some subsets of the sectors that are not durable, each in any version since the durable one;
 *       before anything becomes durable, all of them if they are few, otherwise each sector alone, each one missing, and
 *       random ones, up to a limit.
 * </ul>
 */
public final class CrashStates {
    /** A state of the stores. Valid during the check only. */
    public static final class State {
        private final Map<Place, Sector> durable;
        private final Map<Place, Sector> kept;

        /** Events before the failure. */
        final int point;

        private State(Map<Place, Sector> durable, Map<Place, Sector> kept, int point) {
            this.durable = durable;
            this.kept = kept;
            this.point = point;
        }

        Sector sector(RecordedStore store, long number) {
            Place place = new Place(store, number);
            Sector sector = kept.get(place);
            sector = sector != null ? sector : durable.get(place);
            return sector != null ? sector : store.beneath(number);
        }
    }

    /** What must hold of a state. */
    @FunctionalInterface
    public interface Check {
        void state(State state, String name);
    }

    /** The sectors of one write that are not durable. */
    private record Version(Operation write, Sector sector) {}

    private static final int ALL_TEARS_UP_TO = 32;
    private static final int ALL_SUBSETS_UP_TO = 64;
    private static final int SINGLES = 10;
    private static final int RANDOM_SUBSETS = 20;
    private static final int SUBSETS_AFTER_EACH_EVENT = 3;

    private final Random random;
    private final Check check;
    private final Map<Place, Sector> durable;
    private final Map<Place, List<Version>> open = new LinkedHashMap<>();
    private final List<Operation> unsynced = new ArrayList<>();
    private int point;
    private int states;

    private CrashStates(Recording recording, long seed, Check check) {
        random = new Random(seed);
        this.check = check;
        durable = new HashMap<>(recording.first());
    }

    /** Calls the check for each state; returns how many there were. */
    public static int forEach(Recording recording, long seed, Check check) {
        CrashStates states = new CrashStates(recording, seed, check);
        states.all(recording.events());
        return states.states;
    }

    private void all(List<Event> events) {
        state(Map.of(), "before the first operation");
        for (Event event : events) {
            Operation operation = event.operation();
            boolean makesDurable = event.completion() && (operation.flush || operation.fua) && !operation.ignored;
            if (makesDurable) {
                subsets(ALL_SUBSETS_UP_TO, SINGLES, RANDOM_SUBSETS);
            }
            point++;
            if (!event.completion() && !operation.flush) {
                torn(operation);
                unsynced.add(operation);
            }
            if (makesDurable) {
                settle(operation);
                state(Map.of(), "with what is durable");
            }
            state(latest(), "with everything");
            subsets(SUBSETS_AFTER_EACH_EVENT, 0, SUBSETS_AFTER_EACH_EVENT);
        }
        subsets(ALL_SUBSETS_UP_TO, SINGLES, RANDOM_SUBSETS);
    }

    private void state(Map<Place, Sector> kept, String name) {
        states++;
        check.state(new State(durable, kept, point), "state " + states + ", after " + point + " events, " + name);
    }

    private void torn(Operation write) {
        Map<Place, Sector> before = latest();
        Map<Place, Sector> alone = new HashMap<>();
        int sectors = write.sectors.size();
        for (int i = 0; i < sectors; i++) {
            Place place = new Place(write.store, write.first + i);
            Sector sector = write.sectors.get(i);
            before.put(place, sector);
            alone.put(place, sector);
            open.computeIfAbsent(place, p -> new ArrayList<>()).add(new Version(write, sector));
            int tear = i + 1;
            if (sectors <= ALL_TEARS_UP_TO || tear <= 8 || tear >= sectors - 8 || random.nextInt(sectors) < 16) {
                state(before, "write torn after " + tear + " sectors");
                state(alone, "write torn after " + tear + " sectors, all before it lost");
            }
        }
    }

    /** What a completed flush, or a completed write with FUA, makes durable. */
    private void settle(Operation operation) {
        unsynced.removeIf(write -> {
            boolean covered = operation.flush
                    ? write.store == operation.store && write.completed <= operation.submitted
                    : write == operation;
            if (covered) {
                for (int i = 0; i < write.sectors.size(); i++) {
                    settle(new Place(write.store, write.first + i), write);
                }
            }
            return covered;
        });
    }

    private void settle(Place place, Operation write) {
        List<Version> versions = open.get(place);
        if (versions == null) {
            return;
        }
        int index = 0;
        while (index < versions.size() && versions.get(index).write != write) {
            index++;
        }
        if (index == versions.size()) {
            // A later write of the same sector was durable before.
            return;
        }
        durable.put(place, versions.get(index).sector);
        versions.subList(0, index + 1).clear();
        if (versions.isEmpty()) {
            open.remove(place);
        }
    }

    private Map<Place, Sector> latest() {
        Map<Place, Sector> all = new HashMap<>();
        open.forEach((place, versions) -> all.put(place, versions.getLast().sector));
        return all;
    }

    private void subsets(int allUpTo, int singles, int samples) {
        List<Place> places = new ArrayList<>();
        List<List<Sector>> choices = new ArrayList<>();
        long product = 1;
        for (Map.Entry<Place, List<Version>> entry : open.entrySet()) {
            Place place = entry.getKey();
            Sector former = durable.get(place);
            former = former != null ? former : place.store().beneath(place.number());
            List<Sector> different = new ArrayList<>(List.of(former));
            for (Version version : entry.getValue()) {
                if (!Arrays.equals(version.sector.bytes, different.getLast().bytes)) {
                    different.add(version.sector);
                }
            }
            if (different.size() > 1) {
                places.add(place);
                choices.add(different);
                product = Math.min(product * different.size(), Integer.MAX_VALUE);
            }
        }
        int n = places.size();
        if (n == 0) {
            return;
        }
        if (product <= allUpTo) {
            for (int number = 0; number < product; number++) {
                int[] rest = {number};
                subset(places, choices, i -> {
                    int size = choices.get(i).size();
                    int chosen = rest[0] % size;
                    rest[0] /= size;
                    return chosen;
                });
            }
            return;
        }
        for (int i = 0; i < Math.min(singles, n); i++) {
            int one = random.nextInt(n);
            subset(places, choices, j -> j == one ? choices.get(j).size() - 1 : 0);
            subset(places, choices, j -> j == one ? 0 : choices.get(j).size() - 1);
        }
        for (int i = 0; i < samples; i++) {
            int keptOfEight = 1 + random.nextInt(7);
            subset(
                    places,
                    choices,
                    j -> random.nextInt(8) < keptOfEight
                            ? random.nextInt(choices.get(j).size())
                            : 0);
        }
    }

    private interface Choice {
        int of(int index);
    }

    private void subset(List<Place> places, List<List<Sector>> choices, Choice choice) {
        Map<Place, Sector> kept = new HashMap<>();
        for (int i = 0; i < places.size(); i++) {
            kept.put(places.get(i), choices.get(i).get(choice.of(i)));
        }
        state(kept, "with a subset of what is not durable");
    }
}
