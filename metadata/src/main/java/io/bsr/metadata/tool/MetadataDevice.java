package io.bsr.metadata.tool;

import io.bsr.metadata.MetadataException;
import java.nio.ByteBuffer;

/** A file or block device with metadata, read and written synchronously. Not thread-safe. */
public interface MetadataDevice extends AutoCloseable {
    /** Size in bytes. */
    long size();

    /** The path, for messages. */
    String description();

    /**
     * Fills {@code target} from its position to its limit.
     *
     * @throws MetadataException IO, also if the device ends before
     */
    void read(long offset, ByteBuffer target) throws MetadataException;

    /**
     * Writes {@code source} from its position to its limit. Durable after the next {@link #force}.
     *
     * @throws MetadataException IO
     */
    void write(long offset, ByteBuffer source) throws MetadataException;

    /** Makes everything written before durable. */
    void force() throws MetadataException;

    @Override
    void close() throws MetadataException;
}
