package io.bsr.loop.uring;

/**
 * Something that a ring does again and again, e.g. receiving for one stream. Enter it with {@link Ring#add}, then submit
 * it, at most once at a time.
 */
public abstract class RingOperation {
    static final int NO_SLOT = -1;

    int slot = NO_SLOT;
    boolean submitted;

    /**
     * It has ended.
     *
     * @param result what the system call of the same name would return, or the negative error number
     * @param flags of the completion (IORING_CQE_F_…)
     */
    protected abstract void completed(int result, int flags);

    /** True from submission to completion: the kernel has it. */
    public final boolean submitted() {
        return submitted;
    }
}
