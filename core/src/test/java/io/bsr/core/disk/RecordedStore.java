package io.bsr.core.disk;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import io.bsr.core.disk.Recording.Sector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** A store in memory with a volatile cache, every use of which goes into a {@link Recording}. */
public final class RecordedStore implements BlockStore {
    private static final int SECTOR = Recording.SECTOR;

    /** What a read sees, as far as it was written. */
    final Map<Long, Sector> now = new HashMap<>();

    private final Recording recording;
    private final String name;
    private final LongFunction<Sector> beneath;
    private long size;

    public RecordedStore(Recording recording, String name, long size) {
        this(recording, name, size, number -> Sector.ZERO);
    }

    /**
     * A store that already holds something.
     *
     * @param beneath what is where nothing was written
     */
    RecordedStore(Recording recording, String name, long size, LongFunction<Sector> beneath) {
        this.recording = recording;
        this.name = name;
        this.size = size;
        this.beneath = beneath;
    }

    /** What is where nothing was ever written. */
    Sector beneath(long number) {
        return beneath.apply(number);
    }

    void grow(long larger) {
        size = larger;
    }

    Sector sector(long number) {
        Sector sector = now.get(number);
        return sector == null ? beneath.apply(number) : sector;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void remeasure(Completion completion) {
        recording.answer(completion);
    }

    @Override
    public int logicalBlockSize() {
        return SECTOR;
    }

    @Override
    public boolean volatileCache() {
        return true;
    }

    @Override
    public boolean discards() {
        return false;
    }

    @Override
    public String description() {
        return name;
    }

    @Override
    public void read(long offset, Buffer target, int targetOffset, int length, Completion completion) {
        for (int at = 0; at < length; at += SECTOR) {
            target.bytes().put(targetOffset + at, sector((offset + at) / SECTOR).bytes);
        }
        recording.answer(completion);
    }

    @Override
    public void write(long offset, Buffer source, int sourceOffset, int length, boolean fua, Completion completion) {
        List<Sector> sectors = new ArrayList<>();
        for (int at = 0; at < length; at += SECTOR) {
            byte[] bytes = new byte[SECTOR];
            source.bytes().get(sourceOffset + at, bytes);
            sectors.add(new Sector(bytes));
        }
        recording.write(this, offset / SECTOR, sectors, fua, completion);
    }

    @Override
    public void writeZeroes(long offset, long length, boolean mayUnmap, Completion completion) {
        List<Sector> zeroes = Collections.nCopies((int) (length / SECTOR), Sector.ZERO);
        recording.write(this, offset / SECTOR, zeroes, false, completion);
    }

    @Override
    public void flush(Completion completion) {
        recording.flush(this, completion);
    }

    @Override
    public void discard(long offset, long length, Completion completion) {
        throw new IllegalStateException("nothing is discarded here");
    }

    @Override
    public void mapAllocation(long offset, long length, AllocationSink sink) {
        throw new IllegalStateException("nobody asks for holes here");
    }

    @Override
    public void close() {}
}
