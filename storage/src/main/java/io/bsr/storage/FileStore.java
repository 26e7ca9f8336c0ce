package io.bsr.storage;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.loop.EventLoop;
import java.util.ArrayDeque;

/** What stores of files have in common: checks, answers that are known at once, allocation maps, and their end. */
abstract class FileStore implements BlockStore {
    /** Extents reported in one turn; a fragmented file of any size is reported in so many pieces. */
    private static final int EXTENTS_AT_ONCE = 512;

    private final EventLoop loop;
    private final BlockFile file;
    private final Geometry geometry;
    private final ArrayDeque<Answer> spareAnswers = new ArrayDeque<>();
    private long size;
    private int inFlight;
    private boolean closed;

    FileStore(EventLoop loop, BlockFile file) {
        this.loop = loop;
        this.file = file;
        this.geometry = file.geometry();
        this.size = geometry.size();
    }

    @Override
    public final long size() {
        return size;
    }

    @Override
    public final int logicalBlockSize() {
        return geometry.logicalBlockSize();
    }

    @Override
    public final boolean volatileCache() {
        return geometry.volatileCache();
    }

    @Override
    public final boolean discards() {
        return geometry.discards();
    }

    @Override
    public final String description() {
        return geometry.description();
    }

    abstract void beginRead(long offset, Buffer target, int targetOffset, int length, Completion completion);

    abstract void beginWrite(
            long offset, Buffer source, int sourceOffset, int length, boolean fua, Completion completion);

    abstract void beginFlush(Completion completion);

    abstract void beginWriteZeroes(long offset, long length, boolean mayUnmap, Completion completion);

    /** Gives back what the transport itself holds. Nothing is in flight; the file is closed afterwards. */
    abstract void released();

    @Override
    public final void read(long offset, Buffer target, int targetOffset, int length, Completion completion) {
        int error = check(offset, length, target, targetOffset);
        if (error != 0) {
            answer(completion, error);
            return;
        }
        inFlight++;
        beginRead(offset, target, targetOffset, length, completion);
    }

    @Override
    public final void write(
            long offset, Buffer source, int sourceOffset, int length, boolean fua, Completion completion) {
        int error = checkWritable(check(offset, length, source, sourceOffset));
        if (error != 0) {
            answer(completion, error);
            return;
        }
        inFlight++;
        beginWrite(offset, source, sourceOffset, length, fua, completion);
    }

    @Override
    public final void flush(Completion completion) {
        if (closed || file.readOnly()) {
            answer(completion, closed ? Errno.ESHUTDOWN : 0);
            return;
        }
        inFlight++;
        beginFlush(completion);
    }

    @Override
    public final void discard(long offset, long length, Completion completion) {
        int error = checkWritable(checkRange(offset, length));
        if (error == 0 && !geometry.discards()) {
            error = Errno.EOPNOTSUPP;
        }
        if (error != 0) {
            answer(completion, error);
            return;
        }
        inFlight++;
        loop.offload(() -> {
            int result = file.discard(offset, length);
            loop.execute(() -> ended(completion, result));
        });
    }

    @Override
    public final void writeZeroes(long offset, long length, boolean mayUnmap, Completion completion) {
        int error = checkWritable(checkRange(offset, length));
        if (error != 0) {
            answer(completion, error);
            return;
        }
        inFlight++;
        beginWriteZeroes(offset, length, mayUnmap, completion);
    }

    @Override
    public final void mapAllocation(long offset, long length, AllocationSink sink) {
        int error = checkRange(offset, length);
        if (error != 0) {
            answer(sink, error);
            return;
        }
        inFlight++;
        map(offset, offset + length, new long[EXTENTS_AT_ONCE], sink);
    }

    @Override
    public final void remeasure(Completion completion) {
        if (closed) {
            answer(completion, Errno.ESHUTDOWN);
            return;
        }
        inFlight++;
        loop.offload(() -> {
            long now = file.currentSize();
            loop.execute(() -> {
                if (now >= 0) {
                    size = now - now % geometry.logicalBlockSize();
                }
                ended(completion, now < 0 ? (int) -now : 0);
            });
        });
    }

    private void map(long offset, long end, long[] extents, AllocationSink sink) {
        loop.offload(() -> {
            int count = file.map(offset, end, extents);
            loop.execute(() -> mapped(offset, end, extents, count, sink));
        });
    }

    private void mapped(long offset, long end, long[] extents, int count, AllocationSink sink) {
        if (count < 0) {
            ended(sink, -count);
            return;
        }
        long at = offset;
        for (int i = 0; i < count; i++) {
            long length = Math.abs(extents[i]);
            at += length;
            sink.extent(length, extents[i] < 0);
        }
        if (at < end && count > 0) {
            map(at, end, extents, sink);
        } else {
            ended(sink, at < end ? Errno.EIO : 0);
        }
    }

    @Override
    public final void close() {
        if (!closed) {
            closed = true;
            releaseWhenIdle();
        }
    }

    /** An operation that was begun has ended. */
    final void ended(Completion completion, int errno) {
        inFlight--;
        try {
            completion.completed(errno);
        } finally {
            releaseWhenIdle();
        }
    }

    final EventLoop loop() {
        return loop;
    }

    final BlockFile file() {
        return file;
    }

    private void releaseWhenIdle() {
        if (closed && inFlight == 0) {
            inFlight = Integer.MIN_VALUE / 2;
            released();
            // Closing can wait for the device, e.g. for the page cache of a block device.
            loop.offload(file::close);
        }
    }

    private int check(long offset, int length, Buffer buffer, int bufferOffset) {
        int mask = geometry.logicalBlockSize() - 1;
        if ((bufferOffset & mask) != 0 || bufferOffset < 0 || length > buffer.capacity() - bufferOffset) {
            return Errno.EINVAL;
        }
        return checkRange(offset, length);
    }

    private int checkRange(long offset, long length) {
        if (closed) {
            return Errno.ESHUTDOWN;
        }
        int mask = geometry.logicalBlockSize() - 1;
        boolean fits = offset >= 0 && length > 0 && length <= size - offset;
        return fits && ((offset | length) & mask) == 0 ? 0 : Errno.EINVAL;
    }

    private int checkWritable(int error) {
        return error == 0 && file.readOnly() ? Errno.EROFS : error;
    }

    /** Completes in a later turn what is known already. */
    private void answer(Completion completion, int errno) {
        Answer answer = spareAnswers.poll();
        if (answer == null) {
            answer = new Answer();
        }
        answer.completion = completion;
        answer.errno = errno;
        loop.execute(answer);
    }

    private final class Answer implements Runnable {
        private Completion completion = errno -> {};
        private int errno;

        @Override
        public void run() {
            Completion told = completion;
            int result = errno;
            spareAnswers.push(this);
            told.completed(result);
        }
    }
}
