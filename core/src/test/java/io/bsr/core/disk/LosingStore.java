package io.bsr.core.disk;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A store in memory that remembers what was written when, so that every crash can be tried afterwards. */
final class LosingStore implements BlockStore {
    private static final int SECTOR = 512;

    private static final class Write {
        final long offset;
        final byte[] data;
        final boolean fua;

        Write(long offset, byte[] data, boolean fua) {
            this.offset = offset;
            this.data = data;
            this.fua = fua;
        }
    }

    private final List<Object> history = new ArrayList<>();
    private final ArrayDeque<Runnable> turns = new ArrayDeque<>();
    private byte[] first;
    private byte[] now;

    LosingStore(byte[] contents) {
        first = contents.clone();
        now = contents.clone();
    }

    /** What the store has now is durable, and the history begins here. */
    void settle() {
        first = now.clone();
        history.clear();
    }

    /** Carries out what was asked for until nothing is left. */
    void run() {
        for (Runnable next = turns.poll(); next != null; next = turns.poll()) {
            next.run();
        }
    }

    int operations() {
        return history.size();
    }

    /**
     * What is left if power fails after so many operations: what was flushed, and of all else, sector by sector, some.
     *
     * @param keep the share of the sectors that is left
     */
    byte[] crashed(int operations, double keep, Random random) {
        byte[] image = first.clone();
        int flushed = 0;
        for (int i = 0; i < operations; i++) {
            flushed = history.get(i) instanceof Write ? flushed : i;
        }
        for (int i = 0; i < operations; i++) {
            if (history.get(i) instanceof Write write) {
                // The last one may be torn even if it is FUA: it was not answered.
                boolean durable = i < flushed || (write.fua && i < operations - 1);
                for (int at = 0; at < write.data.length; at += SECTOR) {
                    if (durable || random.nextDouble() < keep) {
                        System.arraycopy(write.data, at, image, (int) write.offset + at, SECTOR);
                    }
                }
            }
        }
        return image;
    }

    byte[] contents() {
        return now.clone();
    }

    @Override
    public long size() {
        return now.length;
    }

    @Override
    public void remeasure(Completion completion) {
        turns.add(() -> completion.completed(0));
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
        return "losing store";
    }

    @Override
    public void read(long offset, Buffer target, int targetOffset, int length, Completion completion) {
        target.bytes().put(targetOffset, now, (int) offset, length);
        turns.add(() -> completion.completed(0));
    }

    @Override
    public void write(long offset, Buffer source, int sourceOffset, int length, boolean fua, Completion completion) {
        byte[] data = new byte[length];
        source.bytes().get(sourceOffset, data);
        put(new Write(offset, data, fua), completion);
    }

    @Override
    public void writeZeroes(long offset, long length, boolean mayUnmap, Completion completion) {
        put(new Write(offset, new byte[(int) length], false), completion);
    }

    private void put(Write write, Completion completion) {
        history.add(write);
        System.arraycopy(write.data, 0, now, (int) write.offset, write.data.length);
        turns.add(() -> completion.completed(0));
    }

    @Override
    public void flush(Completion completion) {
        history.add("flush");
        turns.add(() -> completion.completed(0));
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

    /** The contents of a store that has grown. */
    static byte[] grown(byte[] contents, int size, Random random) {
        byte[] larger = new byte[size];
        random.nextBytes(larger);
        System.arraycopy(contents, 0, larger, 0, contents.length);
        return larger;
    }
}
