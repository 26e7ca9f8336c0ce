package io.bsr.base.port;

/** Told once when an operation of a {@link BlockStore} has ended. Data-path implementations are pooled objects. */
@FunctionalInterface
public interface Completion {
    /**
     * The operation has ended.
     *
     * @param errno 0, or the positive error number ({@link Errno}) of the failure; a short transfer is {@link Errno#EIO}
     */
    void completed(int errno);
}
