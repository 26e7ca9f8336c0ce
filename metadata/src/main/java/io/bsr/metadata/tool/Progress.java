package io.bsr.metadata.tool;

/** Is told how far an operation has come that may take long. Called often; what it does should be cheap. */
@FunctionalInterface
public interface Progress {
    /** Nobody wants to know. */
    Progress NONE = (done, total) -> {};

    /**
     * Some of the work is done.
     *
     * @param done from 0 to {@code total}, in a unit of the operation's choice; begins again with each of its parts
     */
    void at(long done, long total);
}
