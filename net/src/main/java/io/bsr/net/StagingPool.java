package io.bsr.net;

import io.bsr.base.port.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The staging chunks of one loop's streams: kept for the next stream once allocated. */
final class StagingPool {
    /**
     * Bytes of a chunk: twice what a handler may rely on, so that input needs to be moved to the front only once in a
     * while.
     */
    static final int CHUNK_BYTES = 2 * Stream.STAGED_INPUT_BYTES;

    /** Chunks kept beyond this number are left to the garbage collector. */
    private static final int KEPT_CHUNKS = 64;

    private final ArrayDeque<Chunk> free = new ArrayDeque<>();
    private @Nullable Chunk scratch;

    Chunk acquire() {
        Chunk chunk = free.poll();
        if (chunk == null) {
            chunk = new Chunk(Arena.ofAuto().allocate(CHUNK_BYTES, 4096));
        }
        chunk.bytes.clear().order(ByteOrder.BIG_ENDIAN);
        return chunk;
    }

    void release(Chunk chunk) {
        if (free.size() < KEPT_CHUNKS) {
            // The last one used is the one still in the processor's cache.
            free.push(chunk);
        }
    }

    /** A chunk for output that will never be sent, because its stream has ended. */
    ByteBuffer scratch() {
        Chunk chunk = scratch;
        if (chunk == null) {
            chunk = acquire();
            scratch = chunk;
        }
        return chunk.bytes.clear();
    }

    /** Off-heap memory for input or output of one stream. */
    static final class Chunk {
        final MemorySegment segment;
        final ByteBuffer bytes;
        final long address;

        /** Pieces of output in this chunk that have not been sent. */
        int unsentPieces;

        Chunk(MemorySegment segment) {
            this.segment = segment;
            this.bytes = segment.asByteBuffer();
            this.address = segment.address();
        }
    }
}
