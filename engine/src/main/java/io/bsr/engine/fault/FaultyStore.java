package io.bsr.engine.fault;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.storage.ForwardingStore;
import java.util.concurrent.Executor;

/** A store whose operations of one kind fail as the plan wants it. */
public final class FaultyStore extends ForwardingStore {
    private final FaultKind kind;
    private final int minor;
    private final FaultPlan plan;
    private final Executor later;

    /**
     * @param later runs a task in a later turn of the loop to which the store belongs
     */
    public FaultyStore(BlockStore inner, FaultKind kind, int minor, FaultPlan plan, Executor later) {
        super(inner);
        this.kind = kind;
        this.minor = minor;
        this.plan = plan;
        this.later = later;
    }

    @Override
    public void read(long offset, Buffer target, int targetOffset, int length, Completion completion) {
        if (plan.hits(kind.read(), minor)) {
            fail(completion);
        } else {
            super.read(offset, target, targetOffset, length, completion);
        }
    }

    @Override
    public void write(long offset, Buffer source, int sourceOffset, int length, boolean fua, Completion completion) {
        if (plan.hits(kind.write(), minor)) {
            fail(completion);
        } else {
            super.write(offset, source, sourceOffset, length, fua, completion);
        }
    }

    @Override
    public void discard(long offset, long length, Completion completion) {
        if (plan.hits(kind.write(), minor)) {
            fail(completion);
        } else {
            super.discard(offset, length, completion);
        }
    }

    @Override
    public void writeZeroes(long offset, long length, boolean mayUnmap, Completion completion) {
        if (plan.hits(kind.write(), minor)) {
            fail(completion);
        } else {
            super.writeZeroes(offset, length, mayUnmap, completion);
        }
    }

    private void fail(Completion completion) {
        later.execute(() -> completion.completed(Errno.EIO));
    }
}
