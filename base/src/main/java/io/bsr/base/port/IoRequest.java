package io.bsr.base.port;

import io.bsr.base.memory.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * One request of a user of a volume. Frontends subclass it, pool the objects, and fill the fields before each
 * {@link VolumePort#submit}; from then until {@link #completed} the volume owns it.
 *
 * <p>The buffer is the request's private copy: nobody changes it until completion, so what is stored, sent and hashed
 * is the same data.
 */
public abstract class IoRequest {
    /** What to do. */
    public enum Operation {
        READ,
        WRITE,
        /** Makes all writes that completed before durable on every copy that the protocol counts. */
        FLUSH,
        /** The range may lose its contents. */
        TRIM,
        /** The range reads as zeroes afterwards. */
        WRITE_ZEROES
    }

    public Operation operation = Operation.FLUSH;

    /** Bytes from the start of the volume, a multiple of 512. */
    public long offset;

    /**
     * Bytes, a multiple of 512. READ and WRITE: at most {@link VolumePort#MAX_TRANSFER}; TRIM and WRITE_ZEROES: at most
     * {@link VolumePort#MAX_DISCARD}; FLUSH: 0.
     */
    public int length;

    /** Data of a WRITE, destination of a READ; data begins at its first byte. */
    public @Nullable Buffer buffer;

    /** The write is durable on every copy when it completes. */
    public boolean forceUnitAccess;

    /** WRITE_ZEROES: the space may be freed. */
    public boolean mayUnmap;

    /** Whose request it is; {@code null} if nobody can abandon it. See {@link VolumePort#abandon}. */
    public VolumePort.@Nullable User submitter;

    /** Link for the one queue that holds this request. */
    public @Nullable IoRequest next;

    /**
     * The volume is done with the request, which may be used again at once.
     *
     * @param errno 0, or a positive {@link Errno}
     */
    public abstract void completed(int errno);
}
