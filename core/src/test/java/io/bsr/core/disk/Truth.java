package io.bsr.core.disk;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.core.disk.CrashStates.State;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Superblock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is true at each point of a recording, and therefore what a disk has to know after a power failure there:
 *
 * <ol>
 *   <li>the superblock is one that the owner of the disk had in memory, whole, and none older than the last one that was
 *       reported durable, or that was in memory when data were written;
 *   <li>a sector that differs from what a peer has, or may have, is marked by its bit, or the superblock says Primary and
 *       its extent is in the activity log;
 *   <li>data that had been written before a superblock came to be in memory are on the disk with it;
 *   <li>so are data of which a user was told that they are durable.
 * </ol>
 *
 * The contents of a sector of data begin with a number, larger than those of all earlier contents; 0 is a disk that was
 * never written.
 */
public final class Truth implements CrashStates.Check {
    /** From {@code time} on something holds. */
    private record Note(int time, Runnable apply) {}

    /** What a superblock was, and from when on. */
    private record Version(int time, SuperblockFields fields) {}

    private record PeerSector(int slot, long sector) {}

    private record Written(Recording.Operation write, long number) {}

    /** What differs from each peer, slot by slot, in a volume of at least this size. */
    private record NewSpace(long effectiveSectors, List<BitSet> different) {}

    private final Recording recording;
    private final RecordedStore data;
    private final RecordedStore meta;
    private final AttachRequest request;
    private final int slots;

    /** What is written before it is data; of internal metadata that move, only their former place counts. */
    private final long firstByteBehindData;

    private Supplier<@Nullable Superblock> memory = () -> null;

    /** Where a superblock may be, the place to look first in front, each with the size of its device. */
    private final TreeMap<Long, Long> places = new TreeMap<>(Comparator.reverseOrder());

    private final List<Version> versions = new ArrayList<>();
    private final List<Note> notes = new ArrayList<>();
    private int applied;
    private int lowest;
    private boolean moving;
    private final Map<PeerSector, Set<Long>> peers = new HashMap<>();
    private final Map<Long, List<Written>> written = new TreeMap<>();
    private final Map<Long, Long> promises = new TreeMap<>();
    private final List<NewSpace> newSpaces = new ArrayList<>();

    private final FoundMetadata.Reader known = new FoundMetadata.Reader();
    private final int repairsSampled;
    private int repairStates;

    /**
     * The truth about a disk whose metadata are at {@code layout} now.
     *
     * @param repairsSampled in one of so many different metadata power fails again during the repair
     */
    public Truth(Recording recording, AttachRequest request, MetadataLayout layout, int repairsSampled) {
        this.recording = recording;
        recording.beforeEvent(this::look);
        recording.afterWrite(this::submitted);
        slots = layout.maxPeers();
        this.request = request;
        this.repairsSampled = repairsSampled;
        data = (RecordedStore) request.data();
        meta = (RecordedStore) request.meta();
        firstByteBehindData = layout.placement().internal() ? layout.firstByte() : data.size();
        places.put(layout.superblockOffset(), meta.size());
    }

    /** Where the superblock in memory is to be found; {@code null} while no disk is attached. */
    public void watch(Supplier<@Nullable Superblock> memory) {
        this.memory = memory;
    }

    /** The superblock in memory may have changed. */
    public void look() {
        Superblock now = memory.get();
        if (now != null) {
            superblock(SuperblockFields.of(now));
        }
    }

    // ------------------------------------------------------------------------------------------------ recording

    private void note(Runnable apply) {
        notes.add(new Note(recording.now(), apply));
    }

    private void superblock(SuperblockFields fields) {
        if (versions.isEmpty() || !versions.getLast().fields.equals(fields)) {
            versions.add(new Version(recording.now(), fields));
        }
    }

    /** The product attaches the disk: it may find that this node crashed as Primary, and store that. */
    public void attaching() {
        superblock(versions.getLast().fields.asCrashed());
    }

    public int version() {
        return versions.size() - 1;
    }

    /** This version, or a later one, is on the disk from now on. */
    public void durable(int version) {
        note(() -> lowest = Math.max(lowest, version));
    }

    /** The peer may have got these contents, or not. */
    void peerMayHave(int slot, long sector, long number) {
        note(() -> peers.computeIfAbsent(new PeerSector(slot, sector), s -> new TreeSet<>(Set.of(0L)))
                .add(number));
    }

    void peerHas(int slot, long sector, long number) {
        note(() -> peers.put(new PeerSector(slot, sector), new TreeSet<>(Set.of(number))));
    }

    /** A write was submitted. Peers that were never told of its sectors have other contents. */
    private void submitted(Recording.Operation write) {
        if (write.store != data || (write.first + write.sectors.size()) * Recording.SECTOR > firstByteBehindData) {
            return;
        }
        List<Long> numbers = write.numbers();
        for (int i = 0; i < numbers.size(); i++) {
            long sector = write.first + i;
            written.computeIfAbsent(sector, s -> new ArrayList<>()).add(new Written(write, numbers.get(i)));
            note(() -> {
                for (int slot = 0; slot < slots; slot++) {
                    peers.computeIfAbsent(new PeerSector(slot, sector), s -> new TreeSet<>(Set.of(0L)));
                }
            });
        }
        durable(version());
    }

    /** A user was told that these contents are durable. */
    public void promised(long sector, long number) {
        note(() -> promises.merge(sector, number, Math::max));
    }

    /** The metadata may be elsewhere from now on; a wary superblock may be there first. */
    void moves(MetadataLayout next) {
        places.put(next.superblockOffset(), meta.size());
        note(() -> moving = true);
    }

    void moved() {
        note(() -> moving = false);
    }

    /** With this size, these blocks are different from every peer. */
    void newSpace(long firstBit, long endBit, long effectiveSectors) {
        List<BitSet> different = new ArrayList<>();
        for (int slot = 0; slot < slots; slot++) {
            BitSet all = new BitSet();
            all.set((int) firstBit, (int) endBit);
            different.add(all);
        }
        note(() -> newSpaces.add(new NewSpace(effectiveSectors, different)));
    }

    /** The peer has all of this block. */
    void resynchronised(int slot, int block) {
        note(() -> newSpaces.forEach(space -> space.different.get(slot).clear(block)));
    }

    /** All that was recorded is durable, and the recording begins anew. */
    void settle() {
        advance(Integer.MAX_VALUE);
        notes.clear();
        applied = 0;
        Version last = versions.getLast();
        versions.clear();
        versions.add(new Version(0, last.fields));
        lowest = 0;
    }

    private void advance(int point) {
        while (applied < notes.size() && notes.get(applied).time <= point) {
            notes.get(applied++).apply.run();
        }
    }

    // ------------------------------------------------------------------------------------------------ judging

    /** Different metadata that were given to the product. */
    int different() {
        return known.different();
    }

    int repairStates() {
        return repairStates;
    }

    @Override
    public void state(State state, String name) {
        advance(state.point);
        try {
            FoundMetadata found = metadata(state);
            int version = version(found.fields, state.point);
            assertMarked(state, found);
            promises.forEach((sector, promised) -> assertTrue(
                    number(state, sector) >= promised,
                    () -> "sector " + sector + " has contents " + number(state, sector) + ", " + promised
                            + " was promised to a user"));
            if (version >= 0) {
                assertDataAreThere(state, version);
            }
        } catch (AssertionError e) {
            throw new AssertionError(name + ": " + e.getMessage(), e);
        }
    }

    private FoundMetadata metadata(State state) {
        for (Map.Entry<Long, Long> place : places.entrySet()) {
            FoundMetadata found = known.read(number -> state.sector(meta, number), place.getKey());
            if (found != null) {
                if (!found.reopened) {
                    found.reopened = true;
                    boolean again = known.different() % repairsSampled == 0;
                    repairStates +=
                            Reopened.check(state, data, meta, request, place.getValue(), found, place.getKey(), again);
                }
                return found;
            }
        }
        throw new AssertionError("there are no metadata");
    }

    private int version(SuperblockFields found, int point) {
        String nearest = "";
        for (int i = lowest; i < versions.size() && versions.get(i).time <= point; i++) {
            nearest = versions.get(i).fields.differences(found);
            if (nearest.isEmpty()) {
                return i;
            }
        }
        for (int i = 0; i < lowest; i++) {
            if (versions.get(i).fields.equals(found)) {
                throw new AssertionError("the superblock is version " + i + ", but " + lowest + " was durable");
            }
        }
        if (moving && found.wary()) {
            return -1;
        }
        throw new AssertionError("the superblock is a mixture; of the last version it differs in: " + nearest);
    }

    private long number(State state, long sector) {
        return ByteBuffer.wrap(state.sector(data, sector).bytes).getLong(0);
    }

    private void assertMarked(State state, FoundMetadata found) {
        long sectors = found.fields.effectiveSectors();
        peers.forEach((place, contents) -> {
            long number = number(state, place.sector);
            if (place.sector < sectors && !(contents.size() == 1 && contents.contains(number))) {
                assertTrue(
                        found.marked.get(place.slot).get((int) (place.sector / 8)),
                        () -> "sector " + place.sector + " has contents " + number + ", the peer of slot " + place.slot
                                + " has one of " + contents + ", and nothing says so; "
                                + (found.primary() ? "Primary" : "Secondary") + ", extents " + found.hot);
            }
        });
        for (NewSpace space : newSpaces) {
            if (sectors >= space.effectiveSectors) {
                for (int slot = 0; slot < slots; slot++) {
                    BitSet unknown = (BitSet) space.different.get(slot).clone();
                    unknown.andNot(found.marked.get(slot));
                    assertTrue(unknown.isEmpty(), "new space is not marked in slot " + slot + ": " + unknown);
                }
            }
        }
    }

    private void assertDataAreThere(State state, int version) {
        int time = versions.get(version).time;
        written.forEach((sector, writes) -> {
            long needed = 0;
            for (Written one : writes) {
                if (one.write.completed <= time) {
                    needed = one.number;
                }
            }
            long number = number(state, sector);
            long required = needed;
            assertTrue(
                    number >= required,
                    () -> "sector " + sector + " has contents " + number + ", " + required
                            + " had been written before superblock " + version + " came to be");
        });
    }
}
