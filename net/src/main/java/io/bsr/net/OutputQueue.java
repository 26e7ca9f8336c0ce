package io.bsr.net;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Stream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a stream has to send, in order: pieces of staging chunks and of pooled buffers.
 *
 * <p>The pieces are a ring of parallel arrays, so that queueing allocates nothing once the arrays have grown. Bytes put
 * into the open chunk become part of a piece only when the queue is used again ({@link #fold}): that is what lets a
 * caller simply put. A piece may grow while an earlier part of it is being sent, because a send takes note of addresses
 * and lengths when it begins, and what was sent is counted in bytes.
 */
final class OutputQueue {
    /** Payloads up to this many bytes are copied: cheaper than a piece of their own and a reference held for longer. */
    static final int COPY_BYTES = 512;

    private final StagingPool pool;
    private @Nullable Buffer[] buffers = new Buffer[64];
    private StagingPool.@Nullable Chunk[] chunks = new StagingPool.Chunk[64];
    private int[] offsets = new int[64];
    private int[] lengths = new int[64];
    private int head;
    private int count;
    private long unsent;

    private StagingPool.@Nullable Chunk open;
    /** Where the bytes begin that were put into the open chunk and are not part of a piece yet. */
    private int openStart;

    OutputQueue(StagingPool pool) {
        this.pool = pool;
    }

    /** The open chunk at its end, with at least {@code bytes} remaining. */
    ByteBuffer output(int bytes) {
        if (bytes < 1 || bytes > Stream.STAGED_INPUT_BYTES) {
            throw new IllegalArgumentException("output of " + bytes + " bytes is not in 1 … 65536");
        }
        fold();
        StagingPool.Chunk chunk = open;
        if (chunk == null || chunk.bytes.remaining() < bytes) {
            if (chunk != null && chunk.unsentPieces == 0) {
                pool.release(chunk);
            }
            chunk = pool.acquire();
            open = chunk;
            openStart = 0;
        }
        return chunk.bytes;
    }

    void send(Buffer payload, int offset, int length) {
        if (offset < 0 || length < 0 || offset > payload.capacity() - length) {
            throw new IndexOutOfBoundsException(
                    "bytes " + offset + " + " + length + " of a buffer of " + payload.capacity());
        }
        if (length == 0) {
            return;
        }
        if (length <= COPY_BYTES) {
            ByteBuffer out = output(length);
            out.put(out.position(), payload.bytes(), offset, length);
            out.position(out.position() + length);
            return;
        }
        fold();
        append(payload.retain(), null, offset, length);
    }

    /** Bytes queued and not yet {@link #sent}. */
    long unsent() {
        fold();
        return unsent;
    }

    boolean isEmpty() {
        return unsent() == 0;
    }

    /** Pieces queued; {@link #unsent} must have been called since the last put. */
    int pieces() {
        return count;
    }

    long address(int piece) {
        int at = at(piece);
        Buffer buffer = buffers[at];
        StagingPool.Chunk chunk = chunks[at];
        long base = buffer != null ? buffer.address() : chunk != null ? chunk.address : 0;
        return base + offsets[at];
    }

    int length(int piece) {
        return lengths[at(piece)];
    }

    /** The piece as a view of its own. Allocates. */
    ByteBuffer slice(int piece) {
        int at = at(piece);
        Buffer buffer = buffers[at];
        if (buffer != null) {
            return buffer.slice(offsets[at], lengths[at]);
        }
        StagingPool.Chunk chunk = chunks[at];
        if (chunk == null) {
            throw new IllegalStateException("piece " + piece + " has no memory");
        }
        return chunk.bytes.slice(offsets[at], lengths[at]);
    }

    /** The network took the first {@code bytes} bytes. */
    void sent(long bytes) {
        unsent -= bytes;
        long left = bytes;
        while (left > 0) {
            int length = lengths[head];
            if (length > left) {
                lengths[head] = length - (int) left;
                offsets[head] += (int) left;
                return;
            }
            left -= length;
            drop();
        }
    }

    /** Forgets everything. Only when no send is in flight. */
    void clear() {
        fold();
        while (count > 0) {
            drop();
        }
        unsent = 0;
        StagingPool.Chunk chunk = open;
        if (chunk != null) {
            pool.release(chunk);
            open = null;
        }
    }

    /** Takes what was put into the open chunk since the last call as output. */
    private void fold() {
        StagingPool.Chunk chunk = open;
        if (chunk == null) {
            return;
        }
        int end = chunk.bytes.position();
        int length = end - openStart;
        if (length <= 0) {
            return;
        }
        int last = (head + count - 1) & (lengths.length - 1);
        if (count > 0 && chunks[last] == chunk && offsets[last] + lengths[last] == openStart) {
            lengths[last] += length;
            unsent += length;
        } else {
            chunk.unsentPieces++;
            append(null, chunk, openStart, length);
        }
        openStart = end;
    }

    private void append(@Nullable Buffer buffer, StagingPool.@Nullable Chunk chunk, int offset, int length) {
        if (count == lengths.length) {
            grow();
        }
        int at = at(count++);
        buffers[at] = buffer;
        chunks[at] = chunk;
        offsets[at] = offset;
        lengths[at] = length;
        unsent += length;
    }

    private void drop() {
        Buffer buffer = buffers[head];
        StagingPool.Chunk chunk = chunks[head];
        buffers[head] = null;
        chunks[head] = null;
        head = at(1);
        count--;
        if (buffer != null) {
            buffer.release();
        } else if (chunk != null && --chunk.unsentPieces == 0) {
            reuse(chunk);
        }
    }

    private void reuse(StagingPool.Chunk chunk) {
        if (chunk != open) {
            pool.release(chunk);
        } else if (chunk.bytes.position() == openStart) {
            chunk.bytes.clear();
            openStart = 0;
        }
    }

    private int at(int piece) {
        return (head + piece) & (lengths.length - 1);
    }

    private void grow() {
        int size = lengths.length;
        @Nullable Buffer[] newBuffers = Arrays.copyOf(buffers, size * 2);
        StagingPool.@Nullable Chunk[] newChunks = Arrays.copyOf(chunks, size * 2);
        int[] newOffsets = new int[size * 2];
        int[] newLengths = new int[size * 2];
        for (int i = 0; i < size; i++) {
            int at = at(i);
            newBuffers[i] = buffers[at];
            newChunks[i] = chunks[at];
            newOffsets[i] = offsets[at];
            newLengths[i] = lengths[at];
        }
        Arrays.fill(newBuffers, size, size * 2, null);
        Arrays.fill(newChunks, size, size * 2, null);
        buffers = newBuffers;
        chunks = newChunks;
        offsets = newOffsets;
        lengths = newLengths;
        head = 0;
    }
}
