package io.bsr.storage;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;

/** A store that is another one, except for what a subclass does differently. */
public abstract class ForwardingStore implements BlockStore {
    final BlockStore inner;

    protected ForwardingStore(BlockStore inner) {
        this.inner = inner;
    }

    @Override
    public long size() {
        return inner.size();
    }

    @Override
    public void remeasure(Completion completion) {
        inner.remeasure(completion);
    }

    @Override
    public int logicalBlockSize() {
        return inner.logicalBlockSize();
    }

    @Override
    public boolean volatileCache() {
        return inner.volatileCache();
    }

    @Override
    public boolean discards() {
        return inner.discards();
    }

    @Override
    public String description() {
        return inner.description();
    }

    @Override
    public void read(long offset, Buffer target, int targetOffset, int length, Completion completion) {
        inner.read(offset, target, targetOffset, length, completion);
    }

    @Override
    public void write(long offset, Buffer source, int sourceOffset, int length, boolean fua, Completion completion) {
        inner.write(offset, source, sourceOffset, length, fua, completion);
    }

    @Override
    public void flush(Completion completion) {
        inner.flush(completion);
    }

    @Override
    public void discard(long offset, long length, Completion completion) {
        inner.discard(offset, length, completion);
    }

    @Override
    public void writeZeroes(long offset, long length, boolean mayUnmap, Completion completion) {
        inner.writeZeroes(offset, length, mayUnmap, completion);
    }

    @Override
    public void mapAllocation(long offset, long length, AllocationSink sink) {
        inner.mapAllocation(offset, length, sink);
    }

    @Override
    public void close() {
        inner.close();
    }
}
