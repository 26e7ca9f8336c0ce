package io.bsr.loop;

/**
 * How to make an event loop.
 *
 * @param name of the loop and its thread
 * @param kind what it shall run on
 * @param bufferBytes limit of its buffer pool in bytes, at least 4 MiB
 * @param failures told of exceptions that callbacks let through
 */
public record LoopOptions(String name, LoopKind kind, long bufferBytes, FailureHandler failures) {
    /** Buffers of a loop unless told otherwise: 64 MiB. */
    public static final long DEFAULT_BUFFER_BYTES = 64L << 20;

    /** The kind that fits the system, with the default buffer limit. */
    public static LoopOptions of(String name, FailureHandler failures) {
        return new LoopOptions(name, LoopKind.AUTO, DEFAULT_BUFFER_BYTES, failures);
    }

    public LoopOptions withKind(LoopKind other) {
        return new LoopOptions(name, other, bufferBytes, failures);
    }

    public LoopOptions withBufferBytes(long bytes) {
        return new LoopOptions(name, kind, bytes, failures);
    }
}
