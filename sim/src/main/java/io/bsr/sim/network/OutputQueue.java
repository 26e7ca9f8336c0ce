package io.bsr.sim.network;

import io.bsr.base.memory.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What an application has queued on a stream and the network has not taken yet. */
final class OutputQueue {
    /** Either bytes of its own, or a piece of a retained buffer. */
    private static final class Chunk {
        final byte @Nullable [] bytes;
        final @Nullable Buffer buffer;
        int at;
        int left;

        Chunk(byte @Nullable [] bytes, @Nullable Buffer buffer, int at, int left) {
            this.bytes = bytes;
            this.buffer = buffer;
            this.at = at;
            this.left = left;
        }
    }

    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
    private @Nullable ByteBuffer open;
    private byte[] openBytes = new byte[0];
    private long committed;

    /** Space of exactly {@code bytes} bytes; what is put there is queued with the next call of anything here. */
    ByteBuffer space(int bytes) {
        commit();
        openBytes = new byte[bytes];
        ByteBuffer fresh = ByteBuffer.wrap(openBytes).order(ByteOrder.BIG_ENDIAN);
        open = fresh;
        return fresh;
    }

    void add(Buffer payload, int offset, int length) {
        commit();
        if (length > 0) {
            chunks.add(new Chunk(null, payload.retain(), offset, length));
            committed += length;
        }
    }

    long length() {
        ByteBuffer pending = open;
        return committed + (pending == null ? 0 : pending.position());
    }

    /** Moves the first bytes of the queue into {@code segment}, which they fill. */
    void take(byte[] segment) {
        commit();
        int done = 0;
        while (done < segment.length) {
            Chunk chunk = chunks.element();
            int count = Math.min(chunk.left, segment.length - done);
            if (chunk.buffer != null) {
                chunk.buffer.bytes().get(chunk.at, segment, done, count);
            } else if (chunk.bytes != null) {
                System.arraycopy(chunk.bytes, chunk.at, segment, done, count);
            }
            chunk.at += count;
            chunk.left -= count;
            done += count;
            if (chunk.left == 0) {
                release(chunks.remove());
            }
        }
        committed -= done;
    }

    /** Throws everything away; only in a turn of the loop that owns the buffers. */
    void drop() {
        open = null;
        committed = 0;
        while (!chunks.isEmpty()) {
            release(chunks.remove());
        }
    }

    private void commit() {
        ByteBuffer pending = open;
        open = null;
        if (pending != null && pending.position() > 0) {
            chunks.add(new Chunk(openBytes, null, 0, pending.position()));
            committed += pending.position();
        }
    }

    private static void release(Chunk chunk) {
        if (chunk.buffer != null) {
            chunk.buffer.release();
        }
    }
}
