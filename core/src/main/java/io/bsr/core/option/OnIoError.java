package io.bsr.core.option;

/** What an error of the backing store does to the disk (option {@code on-io-error}). */
public enum OnIoError {
    /** Report it to the user, mark the blocks out-of-sync, keep the disk. */
    PASSTHROUGH("passthrough"),
    /** Give up the disk. */
    DETACH("detach"),
    /** Report it to the user; the disk becomes Inconsistent. */
    PASS_ON("pass_on"),
    /** Call the handler local-io-error and give up the disk. */
    CALL_LOCAL_IO_ERROR("call-local-io-error");

    private final String word;

    OnIoError(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
