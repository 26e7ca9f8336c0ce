package io.bsr.loop;

/** Told when a callback on a loop threw: a programmer's error that must be loud but must not end the loop. */
@FunctionalInterface
public interface FailureHandler {
    /** Called on the loop's thread, which goes on afterwards. */
    void failed(EventLoop loop, Throwable failure);
}
