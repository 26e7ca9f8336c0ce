package io.bsr.storage;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * A store that fails on demand: the n-th operation, everything in a range, once or for ever. A failed operation does not
 * reach the store below.
 */
public final class FaultStore extends ForwardingStore {
    /** What can fail. */
    public enum Operation {
        READ,
        WRITE,
        FLUSH,
        DISCARD,
        WRITE_ZEROES,
        MAP_ALLOCATION
    }

    /** Every operation. */
    public static final Set<Operation> EVERYTHING = Set.of(Operation.values());

    private final Executor loop;
    private final List<Fault> faults = new ArrayList<>();

    /**
     * @param loop runs tasks in a later turn, e.g. {@code eventLoop::execute}
     */
    public FaultStore(BlockStore inner, Executor loop) {
        super(inner);
        this.loop = loop;
    }

    /**
     * From the {@code first}-th matching operation on (1: the next one), {@code times} operations fail with
     * {@code errno}.
     *
     * @param times how many, {@link Long#MAX_VALUE} for ever
     */
    public Fault fail(Set<Operation> operations, long first, long times, int errno) {
        return add(new Fault(operations, 0, Long.MAX_VALUE, first, times, errno));
    }

    /** Every matching operation that touches the range fails until the fault is lifted. A flush touches everything. */
    public Fault failRange(Set<Operation> operations, long offset, long length, int errno) {
        return add(new Fault(operations, offset, length, 1, Long.MAX_VALUE, errno));
    }

    private Fault add(Fault fault) {
        faults.add(fault);
        return fault;
    }

    @Override
    public void read(long offset, Buffer target, int targetOffset, int length, Completion completion) {
        int errno = errno(Operation.READ, offset, length);
        if (errno == 0) {
            super.read(offset, target, targetOffset, length, completion);
        } else {
            answer(completion, errno);
        }
    }

    @Override
    public void write(long offset, Buffer source, int sourceOffset, int length, boolean fua, Completion completion) {
        int errno = errno(Operation.WRITE, offset, length);
        if (errno == 0) {
            super.write(offset, source, sourceOffset, length, fua, completion);
        } else {
            answer(completion, errno);
        }
    }

    @Override
    public void flush(Completion completion) {
        int errno = errno(Operation.FLUSH, 0, Long.MAX_VALUE);
        if (errno == 0) {
            super.flush(completion);
        } else {
            answer(completion, errno);
        }
    }

    @Override
    public void discard(long offset, long length, Completion completion) {
        int errno = errno(Operation.DISCARD, offset, length);
        if (errno == 0) {
            super.discard(offset, length, completion);
        } else {
            answer(completion, errno);
        }
    }

    @Override
    public void writeZeroes(long offset, long length, boolean mayUnmap, Completion completion) {
        int errno = errno(Operation.WRITE_ZEROES, offset, length);
        if (errno == 0) {
            super.writeZeroes(offset, length, mayUnmap, completion);
        } else {
            answer(completion, errno);
        }
    }

    @Override
    public void mapAllocation(long offset, long length, AllocationSink sink) {
        int errno = errno(Operation.MAP_ALLOCATION, offset, length);
        if (errno == 0) {
            super.mapAllocation(offset, length, sink);
        } else {
            answer(sink, errno);
        }
    }

    private void answer(Completion completion, int errno) {
        loop.execute(() -> completion.completed(errno));
    }

    /** Every fault sees every operation, so that two of them can count independently; the first one that hits decides. */
    private int errno(Operation operation, long offset, long length) {
        int errno = 0;
        for (Fault fault : faults) {
            int own = fault.errno(operation, offset, length);
            errno = errno == 0 ? own : errno;
        }
        return errno;
    }

    /** One planted fault. */
    public final class Fault {
        private final Set<Operation> operations;
        private final long offset;
        private final long length;
        private final long first;
        private final long times;
        private final int errno;
        private long seen;
        private long hits;

        private Fault(Set<Operation> operations, long offset, long length, long first, long times, int errno) {
            this.operations = EnumSet.copyOf(operations);
            this.offset = offset;
            this.length = length;
            this.first = first;
            this.times = times;
            this.errno = errno;
        }

        /** Operations that it made fail. */
        public long hits() {
            return hits;
        }

        /** Ends it. */
        public void lift() {
            faults.remove(this);
        }

        private int errno(Operation operation, long atOffset, long atLength) {
            // Lengths reach to the end of the number range: compare without adding them up.
            boolean before = atOffset < offset && atLength <= offset - atOffset;
            boolean behind = atOffset >= offset && atOffset - offset >= length;
            if (!operations.contains(operation) || before || behind) {
                return 0;
            }
            seen++;
            if (seen < first || seen - first >= times) {
                return 0;
            }
            hits++;
            return errno;
        }
    }
}
