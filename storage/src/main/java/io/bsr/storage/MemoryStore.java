package io.bsr.storage;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/**
 * A store in memory that takes space only where something was written. For tests and demonstrations: nothing survives the
 * process. Answers come in a later turn of the loop behind the executor.
 */
public final class MemoryStore implements BlockStore {
    private static final int CHUNK_BYTES = 64 * 1024;

    private final Executor loop;
    private long size;
    private long measured;
    private final int logicalBlockSize;
    private final boolean volatileCache;
    private final TreeMap<Long, byte[]> chunks = new TreeMap<>();
    private boolean closed;

    /**
     * @param loop runs tasks in a later turn, e.g. {@code eventLoop::execute}
     * @param size in bytes, a positive multiple of the block size
     * @param logicalBlockSize 512 or 4096
     * @param volatileCache what {@link #volatileCache} shall say
     */
    public MemoryStore(Executor loop, long size, int logicalBlockSize, boolean volatileCache) {
        if (logicalBlockSize != 512 && logicalBlockSize != 4096) {
            throw new IllegalArgumentException("blocks of " + logicalBlockSize + " bytes");
        }
        if (size <= 0 || size % logicalBlockSize != 0) {
            throw new IllegalArgumentException(size + " bytes are not whole blocks of " + logicalBlockSize);
        }
        this.loop = loop;
        this.size = size;
        measured = size;
        this.logicalBlockSize = logicalBlockSize;
        this.volatileCache = volatileCache;
    }

    public MemoryStore(Executor loop, long size) {
        this(loop, size, 512, true);
    }

    @Override
    public long size() {
        return measured;
    }

    @Override
    public void remeasure(Completion completion) {
        measured = size;
        loop.execute(() -> completion.completed(0));
    }

    /** Makes it larger; users see that when they {@link #remeasure}. */
    public void grow(long newSize) {
        if (newSize < size || newSize % logicalBlockSize != 0) {
            throw new IllegalArgumentException("from " + size + " to " + newSize + " bytes");
        }
        size = newSize;
    }

    @Override
    public int logicalBlockSize() {
        return logicalBlockSize;
    }

    @Override
    public boolean volatileCache() {
        return volatileCache;
    }

    @Override
    public boolean discards() {
        return true;
    }

    @Override
    public String description() {
        return "memory of " + size + " bytes";
    }

    /** What is stored in the range, seen from outside. */
    public byte[] contents(long offset, int length) {
        byte[] result = new byte[length];
        ByteBuffer target = ByteBuffer.wrap(result);
        copyOut(offset, target, 0, length);
        return result;
    }

    /** Stores {@code data} from outside, at once. */
    public void load(long offset, byte[] data) {
        copyIn(offset, ByteBuffer.wrap(data), 0, data.length);
    }

    @Override
    public void read(long offset, Buffer target, int targetOffset, int length, Completion completion) {
        int error = check(offset, length, target, targetOffset);
        if (error == 0) {
            copyOut(offset, target.bytes(), targetOffset, length);
        }
        answer(completion, error);
    }

    @Override
    public void write(long offset, Buffer source, int sourceOffset, int length, boolean fua, Completion completion) {
        int error = check(offset, length, source, sourceOffset);
        if (error == 0) {
            copyIn(offset, source.bytes(), sourceOffset, length);
        }
        answer(completion, error);
    }

    @Override
    public void flush(Completion completion) {
        answer(completion, closed ? Errno.ESHUTDOWN : 0);
    }

    @Override
    public void discard(long offset, long length, Completion completion) {
        writeZeroes(offset, length, true, completion);
    }

    @Override
    public void writeZeroes(long offset, long length, boolean mayUnmap, Completion completion) {
        int error = checkRange(offset, length);
        if (error == 0) {
            zero(offset, length, mayUnmap);
        }
        answer(completion, error);
    }

    @Override
    public void mapAllocation(long offset, long length, AllocationSink sink) {
        int error = checkRange(offset, length);
        loop.execute(() -> {
            if (error == 0) {
                map(offset, offset + length, sink);
            }
            sink.completed(error);
        });
    }

    private void map(long offset, long end, AllocationSink sink) {
        long at = offset;
        while (at < end) {
            boolean hole = !chunks.containsKey(at / CHUNK_BYTES);
            long next = at;
            while (next < end && chunks.containsKey(next / CHUNK_BYTES) != hole) {
                if (hole) {
                    Long data = chunks.higherKey(next / CHUNK_BYTES);
                    next = data == null ? end : data * CHUNK_BYTES;
                } else {
                    next = (next / CHUNK_BYTES + 1) * CHUNK_BYTES;
                }
            }
            next = Math.min(next, end);
            sink.extent(next - at, hole);
            at = next;
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    private void answer(Completion completion, int errno) {
        loop.execute(() -> completion.completed(errno));
    }

    private int check(long offset, int length, Buffer buffer, int bufferOffset) {
        boolean aligned = bufferOffset >= 0 && bufferOffset % logicalBlockSize == 0;
        return aligned && length <= buffer.capacity() - bufferOffset
                ? checkRange(offset, length)
                : closed ? Errno.ESHUTDOWN : Errno.EINVAL;
    }

    private int checkRange(long offset, long length) {
        if (closed) {
            return Errno.ESHUTDOWN;
        }
        boolean fits = offset >= 0 && length > 0 && length <= measured - offset;
        return fits && offset % logicalBlockSize == 0 && length % logicalBlockSize == 0 ? 0 : Errno.EINVAL;
    }

    private void copyOut(long offset, ByteBuffer target, int targetOffset, int length) {
        int done = 0;
        while (done < length) {
            long at = offset + done;
            int inChunk = (int) (at % CHUNK_BYTES);
            int part = Math.min(length - done, CHUNK_BYTES - inChunk);
            byte[] chunk = chunks.get(at / CHUNK_BYTES);
            if (chunk == null) {
                for (int i = 0; i < part; i++) {
                    target.put(targetOffset + done + i, (byte) 0);
                }
            } else {
                target.put(targetOffset + done, chunk, inChunk, part);
            }
            done += part;
        }
    }

    private void copyIn(long offset, ByteBuffer source, int sourceOffset, int length) {
        int done = 0;
        while (done < length) {
            long at = offset + done;
            int inChunk = (int) (at % CHUNK_BYTES);
            int part = Math.min(length - done, CHUNK_BYTES - inChunk);
            byte[] chunk = chunks.computeIfAbsent(at / CHUNK_BYTES, k -> new byte[CHUNK_BYTES]);
            source.get(sourceOffset + done, chunk, inChunk, part);
            done += part;
        }
    }

    private void zero(long offset, long length, boolean mayUnmap) {
        long done = 0;
        while (done < length) {
            long at = offset + done;
            int inChunk = (int) (at % CHUNK_BYTES);
            int part = (int) Math.min(length - done, CHUNK_BYTES - inChunk);
            if (part == CHUNK_BYTES && mayUnmap) {
                chunks.remove(at / CHUNK_BYTES);
            } else {
                byte[] chunk = chunks.get(at / CHUNK_BYTES);
                if (chunk != null) {
                    Arrays.fill(chunk, inChunk, inChunk + part, (byte) 0);
                }
            }
            done += part;
        }
    }
}
