package io.bsr.engine.guard;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import org.jspecify.annotations.Nullable;

/** A block store whose completions go through a fence. When it breaks, the store is closed. */
public final class GuardedStore implements BlockStore {
    private final Fence fence;
    private final BlockStore store;
    private final String path;
    private final Runnable whenBroken = this::close;
    private @Nullable Passage free;

    /**
     * Puts {@code store} behind {@code fence}.
     *
     * @param path as the administrator wrote it; {@code show} prints it, and {@code adjust} compares it
     */
    public GuardedStore(Fence fence, BlockStore store, String path) {
        this.fence = fence;
        this.store = store;
        this.path = path;
        fence.whenBroken(whenBroken);
    }

    @Override
    public long size() {
        return store.size();
    }

    @Override
    public void remeasure(Completion completion) {
        store.remeasure(passage(completion));
    }

    @Override
    public int logicalBlockSize() {
        return store.logicalBlockSize();
    }

    @Override
    public boolean volatileCache() {
        return store.volatileCache();
    }

    @Override
    public boolean discards() {
        return store.discards();
    }

    @Override
    public String description() {
        return path;
    }

    @Override
    public void read(long offset, Buffer target, int targetOffset, int length, Completion completion) {
        store.read(offset, target, targetOffset, length, passage(completion));
    }

    @Override
    public void write(long offset, Buffer source, int sourceOffset, int length, boolean fua, Completion completion) {
        store.write(offset, source, sourceOffset, length, fua, passage(completion));
    }

    @Override
    public void flush(Completion completion) {
        store.flush(passage(completion));
    }

    @Override
    public void discard(long offset, long length, Completion completion) {
        store.discard(offset, length, passage(completion));
    }

    @Override
    public void writeZeroes(long offset, long length, boolean mayUnmap, Completion completion) {
        store.writeZeroes(offset, length, mayUnmap, passage(completion));
    }

    @Override
    public void mapAllocation(long offset, long length, AllocationSink sink) {
        store.mapAllocation(offset, length, new AllocationSink() {
            @Override
            public void extent(long extentLength, boolean hole) {
                fence.enter(() -> sink.extent(extentLength, hole));
            }

            @Override
            public void completed(int errno) {
                fence.enter(() -> sink.completed(errno));
            }
        });
    }

    @Override
    public void close() {
        fence.forget(whenBroken);
        store.close();
    }

    private Passage passage(Completion completion) {
        Passage passage = free;
        if (passage == null) {
            passage = new Passage();
        } else {
            free = passage.next;
        }
        passage.target = completion;
        return passage;
    }

    /** One operation on its way; pooled. */
    private final class Passage implements Completion {
        private @Nullable Completion target;
        private @Nullable Passage next;

        @Override
        public void completed(int errno) {
            Completion completion = target;
            if (completion == null) {
                throw new IllegalStateException("an operation of " + description() + " was completed twice");
            }
            target = null;
            next = free;
            free = this;
            if (fence.broken()) {
                return;
            }
            try {
                completion.completed(errno);
            } catch (RuntimeException | Error failure) {
                fence.breakDown(failure);
            }
        }
    }
}
