package io.bsr.storage;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Timers;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;

/** A store that answers later than it could, or not until it is told to: a slow or hanging disk. */
public final class DelayStore extends ForwardingStore {
    private final Timers timers;
    private final LongSupplier delayNanos;
    private final ArrayDeque<Runnable> held = new ArrayDeque<>();
    private boolean hanging;

    /**
     * @param delayNanos asked for each operation: how much later its answer comes; 0 for no delay
     */
    public DelayStore(BlockStore inner, Timers timers, LongSupplier delayNanos) {
        super(inner);
        this.timers = timers;
        this.delayNanos = delayNanos;
    }

    /** From now on no answer comes out. The operations themselves are done. */
    public void hang() {
        hanging = true;
    }

    /** Ends {@link #hang}; held answers come in the next turns, in their order. */
    public void release() {
        hanging = false;
        for (Runnable answer = held.poll(); answer != null; answer = held.poll()) {
            timers.schedule(0, answer);
        }
    }

    /** Answers that are held back by {@link #hang}. */
    public int heldAnswers() {
        return held.size();
    }

    private Completion late(Completion completion) {
        long delay = delayNanos.getAsLong();
        return errno -> {
            Runnable answer = () -> deliver(completion, errno);
            if (delay > 0) {
                timers.schedule(delay, answer);
            } else {
                answer.run();
            }
        };
    }

    private void deliver(Completion completion, int errno) {
        if (hanging) {
            held.add(() -> deliver(completion, errno));
        } else {
            completion.completed(errno);
        }
    }

    @Override
    public void read(long offset, Buffer target, int targetOffset, int length, Completion completion) {
        super.read(offset, target, targetOffset, length, late(completion));
    }

    @Override
    public void write(long offset, Buffer source, int sourceOffset, int length, boolean fua, Completion completion) {
        super.write(offset, source, sourceOffset, length, fua, late(completion));
    }

    @Override
    public void flush(Completion completion) {
        super.flush(late(completion));
    }

    @Override
    public void discard(long offset, long length, Completion completion) {
        super.discard(offset, length, late(completion));
    }

    @Override
    public void writeZeroes(long offset, long length, boolean mayUnmap, Completion completion) {
        super.writeZeroes(offset, length, mayUnmap, late(completion));
    }

    @Override
    public void mapAllocation(long offset, long length, AllocationSink sink) {
        Completion end = late(sink);
        super.mapAllocation(offset, length, new AllocationSink() {
            @Override
            public void extent(long extentLength, boolean hole) {
                sink.extent(extentLength, hole);
            }

            @Override
            public void completed(int errno) {
                end.completed(errno);
            }
        });
    }
}
