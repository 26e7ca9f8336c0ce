package io.bsr.sim.disk;

import io.bsr.base.port.BlockStore;
import io.bsr.sim.time.EventHash;
import io.bsr.sim.time.ProcessLoop;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.time.VirtualClock;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A disk: its contents, its volatile cache, its faults, and the operations in flight. */
public final class SimDisk {
    /** A completed write that is not yet known to be on the medium; zeroes if {@code data} is empty. */
    private static final class Cached {
        final long number;
        final long offset;
        final long length;
        final byte[] data;
        final boolean durable;

        Cached(long number, long offset, long length, byte[] data, boolean durable) {
            this.number = number;
            this.offset = offset;
            this.length = length;
            this.data = data;
            this.durable = durable;
        }
    }

    private static final byte[] NO_DATA = new byte[0];

    private final String name;
    private final int id;
    private final VirtualClock clock;
    private final EventHash hash;
    private final Timeline timeline;
    private final SimRandom random;
    private final DiskCharacter character;
    private final DiskFaults faults = new DiskFaults();
    private final SparseImage current;
    private final SparseImage durable;
    private final ArrayDeque<Cached> cache = new ArrayDeque<>();
    private final List<DiskOperation> inFlight = new ArrayList<>();
    private final TreeMap<Long, DiskOperation> writesInFlight = new TreeMap<>();
    private final BitSet touched = new BitSet();
    private final List<Long> formerSizes = new ArrayList<>();
    private long completedWrites;
    private long busyUntil;
    private long writes;
    private long errors;

    public SimDisk(
            String name,
            int id,
            long size,
            DiskCharacter character,
            VirtualClock clock,
            EventHash hash,
            SimRandom random,
            Timeline timeline) {
        this.name = name;
        this.id = id;
        this.clock = clock;
        this.hash = hash;
        this.timeline = timeline;
        this.random = random.split(name);
        this.character = character;
        this.current = new SparseImage(size);
        this.durable = character.volatileCache() ? new SparseImage(size) : current;
    }

    public String name() {
        return name;
    }

    public long size() {
        return current.size();
    }

    /** Makes the disk larger, as a volume manager does beneath its users. */
    public void grow(long newSize) {
        if (newSize < size()) {
            throw new IllegalArgumentException("a disk of " + size() + " bytes does not grow to " + newSize);
        }
        formerSizes.add(size());
        current.grow(newSize);
        if (durable != current) {
            durable.grow(newSize);
        }
        timeline.event("disk", () -> name + " has " + newSize + " bytes now");
    }

    /** The sizes it had before it grew, in bytes, in their order. */
    public List<Long> formerSizes() {
        return formerSizes;
    }

    public DiskCharacter character() {
        return character;
    }

    public DiskFaults faults() {
        return faults;
    }

    /** What a read sees. */
    public SparseImage current() {
        return current;
    }

    /** What is left if power fails now, apart from cached writes that happen to be on the medium. */
    public SparseImage durable() {
        return durable;
    }

    /** Pages of 4 KiB that were written since the set was last cleared by its reader. */
    public BitSet touched() {
        return touched;
    }

    public boolean writing() {
        return !writesInFlight.isEmpty();
    }

    public int operationsInFlight() {
        return inFlight.size();
    }

    /** Writes completed so far. */
    public long writes() {
        return writes;
    }

    /** Operations that ended with an error so far. */
    public long errors() {
        return errors;
    }

    /** Puts bytes on the medium, as a tool would that runs while nobody uses the disk. */
    public void prepare(long offset, byte[] data) {
        current.write(offset, data, 0, data.length);
        if (durable != current) {
            durable.write(offset, data, 0, data.length);
        }
        touched.set(page(offset), page(offset + data.length - 1) + 1);
    }

    /** Flips a bit of a byte, wherever the disk has it, without anybody knowing. */
    public void flip(long offset, int bit) {
        flip(current, offset, bit);
        if (durable != current) {
            flip(durable, offset, bit);
        }
        touched.set(page(offset));
    }

    private static void flip(SparseImage image, long offset, int bit) {
        byte[] one = new byte[1];
        image.read(offset, one, 0, 1);
        one[0] ^= (byte) (1 << bit);
        image.write(offset, one, 0, 1);
    }

    /** Puts bytes into the volatile cache only, if there is one. */
    public void prepareCached(long offset, byte[] data) {
        current.write(offset, data, 0, data.length);
        touched.set(page(offset), page(offset + data.length - 1) + 1);
        if (durable != current) {
            cache.add(new Cached(++completedWrites, offset, data.length, data.clone(), false));
        }
    }

    /** Notes for one reader what changes in what users read, or on the medium. */
    public ChangedPages changes() {
        ChangedPages changes = current.changes();
        if (durable != current) {
            durable.noteFor(changes);
        }
        return changes;
    }

    /** The disk as a process sees it. */
    public BlockStore open(ProcessLoop loop) {
        return new SimStore(this, loop);
    }

    /** The process that used the disk was killed: writes in flight happen, in part or not at all. */
    public void processKilled() {
        for (DiskOperation operation : inFlight) {
            operation.over = true;
            if (operation.changesData()) {
                applyPartly(operation);
            }
        }
        inFlight.clear();
        writesInFlight.clear();
    }

    /**
     * Power was lost: so is every cached write that did not happen to reach the medium.
     *
     * @return the pages of 4 KiB that may have changed by that
     */
    public BitSet powerLost() {
        processKilled();
        BitSet changed = new BitSet();
        if (durable == current) {
            return changed;
        }
        double keep = random.pick(0.0, 0.1, 0.5, 0.9, 1.0);
        for (Cached entry : cache) {
            if (entry.durable || random.chance(keep)) {
                replay(entry, 0, entry.length);
            } else if (random.chance(0.2)) {
                int block = character.logicalBlockSize();
                long blocks = entry.length / block;
                long torn = random.between(0, blocks);
                replay(entry, 0, torn * block);
            }
        }
        for (Cached entry : cache) {
            changed.set(page(entry.offset), page(entry.offset + entry.length - 1) + 1);
        }
        cache.clear();
        for (int p = changed.nextSetBit(0); p >= 0; p = changed.nextSetBit(p + 1)) {
            current.copyPage(p, durable);
        }
        return changed;
    }

    /** The machine runs on after all, and the cache writes itself back, as an idle disk does. */
    public void writeBack() {
        makeDurable(completedWrites);
    }

    void submit(DiskOperation operation, ProcessLoop loop) {
        if (operation.changesData()) {
            claim(operation);
        }
        hash.add(id * 16L + operation.kind.code, operation.offset, operation.length);
        byte[] data = operation.data;
        if (data != null) {
            hash.add(data, 0, data.length);
        }
        operation.mark = completedWrites;
        timeline.disk(name, () -> "submit " + describe(operation));
        inFlight.add(operation);
        if (!faults.hangs()) {
            long due = dueTime(operation);
            clock.at(due, () -> complete(operation, loop));
            if (operation.kind == DiskOperation.Kind.FLUSH || operation.fua) {
                faults.durabilityBegins(clock, due);
            }
        }
    }

    private void claim(DiskOperation operation) {
        Map.Entry<Long, DiskOperation> before = writesInFlight.lowerEntry(operation.offset + operation.length);
        if (before != null) {
            DiskOperation other = before.getValue();
            if (other.offset + other.length > operation.offset) {
                throw new ContractViolation(name + ": " + describe(operation) + " overlaps " + describe(other)
                        + ", which is still in flight");
            }
        }
        writesInFlight.put(operation.offset, operation);
    }

    private static String describe(DiskOperation operation) {
        return operation.kind + (operation.fua ? " FUA" : "") + " of " + operation.length + " bytes at "
                + operation.offset;
    }

    private long dueTime(DiskOperation operation) {
        long base = operation.kind == DiskOperation.Kind.FLUSH ? character.flushLatency() : character.latency();
        long moved = operation.kind == DiskOperation.Kind.READ || operation.kind == DiskOperation.Kind.WRITE
                ? operation.length
                : 0;
        busyUntil = Math.max(busyUntil, clock.now()) + moved * VirtualClock.SECOND / character.bytesPerSecond();
        long spread = (long) (base * (0.5 + random.unit()));
        if (random.chance(0.01)) {
            spread += base * random.between(5, 50);
        }
        if (operation.fua) {
            spread += character.flushLatency() / 2;
        }
        spread += faults.delay(operation.kind == DiskOperation.Kind.READ, operation.kind == DiskOperation.Kind.FLUSH);
        long due = busyUntil + spread;
        return due < faults.stalledUntil() ? faults.stalledUntil() + spread : due;
    }

    private void complete(DiskOperation operation, ProcessLoop loop) {
        if (operation.over) {
            return;
        }
        if (clock.now() < faults.stalledUntil()) {
            clock.at(faults.stalledUntil() + character.latency(), () -> complete(operation, loop));
            return;
        }
        operation.over = true;
        inFlight.remove(operation);
        boolean read = operation.kind == DiskOperation.Kind.READ;
        boolean flush = operation.kind == DiskOperation.Kind.FLUSH;
        operation.errno = faults.decide(random, read, flush, operation.offset, operation.length);
        errors += operation.errno == 0 ? 0 : 1;
        if (operation.changesData()) {
            writesInFlight.remove(operation.offset);
            checkUnchanged(operation);
            if (operation.errno == 0) {
                if (operation.kind != DiskOperation.Kind.WRITE || !faults.loses()) {
                    apply(operation, 0, operation.length);
                }
                writes++;
            } else {
                applyPartly(operation);
            }
        } else if (flush && operation.errno == 0 && !faults.lossyFlush()) {
            makeDurable(operation.mark);
        }
        timeline.disk(
                name, () -> "done " + describe(operation) + (operation.errno == 0 ? "" : ": error " + operation.errno));
        hash.add(id * 16L + 8 + operation.kind.code, operation.offset, operation.errno);
        loop.turn(ProcessLoop.Kind.DISK, () -> {
            if (read && operation.errno == 0) {
                readInto(operation);
            }
            operation.completion.completed(operation.errno);
        });
    }

    private void readInto(DiskOperation operation) {
        byte[] bytes = new byte[(int) operation.length];
        current.read(operation.offset, bytes, 0, bytes.length);
        if (operation.buffer != null) {
            operation.buffer.bytes().put(operation.bufferOffset, bytes, 0, bytes.length);
        }
    }

    private void checkUnchanged(DiskOperation operation) {
        if (operation.buffer == null || operation.data == null) {
            return;
        }
        MemorySegment now = operation.buffer.segment().asSlice(operation.bufferOffset, operation.length);
        if (now.mismatch(MemorySegment.ofArray(operation.data)) >= 0) {
            throw new ContractViolation(
                    name + ": the buffer of a " + describe(operation) + " was changed while it was in flight");
        }
    }

    private void apply(DiskOperation operation, long from, long length) {
        if (length == 0) {
            return;
        }
        long offset = operation.offset + from;
        byte[] data = operation.data;
        if (data != null) {
            current.write(offset, data, (int) from, (int) length);
        } else {
            current.zero(offset, length);
        }
        touched.set(page(offset), page(offset + length - 1) + 1);
        if (durable != current) {
            byte[] kept = data == null
                    ? NO_DATA
                    : length == data.length ? data : Arrays.copyOfRange(data, (int) from, (int) (from + length));
            cache.add(new Cached(++completedWrites, offset, length, kept, operation.fua && !faults.lossyFlush()));
        }
    }

    /** The operation failed or was cut off: any of its blocks may have been written. */
    private void applyPartly(DiskOperation operation) {
        int block = character.logicalBlockSize();
        long blocks = operation.length / block;
        switch (random.nextInt(4)) {
            case 0 -> {}
            case 1 -> apply(operation, 0, operation.length);
            case 2 -> apply(operation, 0, random.between(0, blocks) * block);
            default -> {
                long first = random.between(0, blocks - 1);
                apply(operation, first * block, random.between(1, blocks - first) * block);
            }
        }
    }

    private void makeDurable(long mark) {
        Cached entry = cache.peek();
        while (entry != null && entry.number <= mark) {
            replay(entry, 0, entry.length);
            cache.poll();
            entry = cache.peek();
        }
    }

    private void replay(Cached entry, long from, long length) {
        if (entry.data.length == 0) {
            durable.zero(entry.offset + from, length);
        } else {
            durable.write(entry.offset + from, entry.data, (int) from, (int) length);
        }
    }

    private static int page(long offset) {
        return (int) (offset >> SparseImage.PAGE_SHIFT);
    }

    /** Reads what a power failure now might leave: this share of the cached writes would have reached the medium. */
    public byte[] readAfterPowerLoss(long offset, int length, double keep, SimRandom chance) {
        byte[] bytes = new byte[length];
        durable.read(offset, bytes, 0, length);
        for (Cached entry : cache) {
            boolean survives = entry.durable || chance.chance(keep);
            long from = Math.max(offset, entry.offset);
            long to = Math.min(offset + length, entry.offset + entry.length);
            if (survives && from < to) {
                copy(entry, from, to, bytes, (int) (from - offset));
            }
        }
        return bytes;
    }

    private static void copy(Cached entry, long from, long to, byte[] bytes, int at) {
        if (entry.data.length == 0) {
            Arrays.fill(bytes, at, at + (int) (to - from), (byte) 0);
        } else {
            System.arraycopy(entry.data, (int) (from - entry.offset), bytes, at, (int) (to - from));
        }
    }

    /** Pages of 4 KiB that a power failure may change. */
    public BitSet volatilePages() {
        BitSet pages = new BitSet();
        for (Cached entry : cache) {
            pages.set(page(entry.offset), page(entry.offset + entry.length - 1) + 1);
        }
        return pages;
    }

    /** Reads what would be left after a power failure in which the cached writes with FUA only survive. */
    public byte[] readSurviving(long offset, int length) {
        byte[] bytes = new byte[length];
        durable.read(offset, bytes, 0, length);
        for (Cached entry : cache) {
            if (entry.durable && entry.offset < offset + length && entry.offset + entry.length > offset) {
                long from = Math.max(offset, entry.offset);
                long to = Math.min(offset + length, entry.offset + entry.length);
                copy(entry, from, to, bytes, (int) (from - offset));
            }
        }
        return bytes;
    }
}
