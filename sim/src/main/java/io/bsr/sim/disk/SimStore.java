package io.bsr.sim.disk;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.sim.time.ProcessLoop;

/** A {@link SimDisk} as opened by one process. */
final class SimStore implements BlockStore {
    private final SimDisk disk;
    private final ProcessLoop loop;
    private long size;
    private boolean closed;

    SimStore(SimDisk disk, ProcessLoop loop) {
        this.disk = disk;
        this.loop = loop;
        size = disk.size();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void remeasure(Completion completion) {
        checkUsable();
        loop.later(1_000_000, ProcessLoop.Kind.DISK, () -> {
            size = disk.size();
            completion.completed(Errno.OK);
        });
    }

    @Override
    public int logicalBlockSize() {
        return disk.character().logicalBlockSize();
    }

    @Override
    public boolean volatileCache() {
        return disk.character().volatileCache();
    }

    @Override
    public boolean discards() {
        return disk.character().discards();
    }

    @Override
    public String description() {
        return disk.name();
    }

    @Override
    public void read(long offset, Buffer target, int targetOffset, int length, Completion completion) {
        DiskOperation operation = start(DiskOperation.Kind.READ, offset, length, completion);
        checkBuffer(target, targetOffset, length);
        operation.buffer = target;
        operation.bufferOffset = targetOffset;
        disk.submit(operation, loop);
    }

    @Override
    public void write(long offset, Buffer source, int sourceOffset, int length, boolean fua, Completion completion) {
        DiskOperation operation = start(DiskOperation.Kind.WRITE, offset, length, completion);
        checkBuffer(source, sourceOffset, length);
        byte[] data = new byte[length];
        source.bytes().get(sourceOffset, data, 0, length);
        operation.data = data;
        operation.buffer = source;
        operation.bufferOffset = sourceOffset;
        operation.fua = fua;
        disk.submit(operation, loop);
    }

    @Override
    public void flush(Completion completion) {
        checkUsable();
        disk.submit(new DiskOperation(DiskOperation.Kind.FLUSH, 0, 0, completion), loop);
    }

    @Override
    public void discard(long offset, long length, Completion completion) {
        DiskOperation operation = start(DiskOperation.Kind.DISCARD, offset, length, completion);
        if (discards()) {
            disk.submit(operation, loop);
        } else {
            loop.later(0, ProcessLoop.Kind.DISK, () -> completion.completed(Errno.EOPNOTSUPP));
        }
    }

    @Override
    public void writeZeroes(long offset, long length, boolean mayUnmap, Completion completion) {
        disk.submit(start(DiskOperation.Kind.ZERO, offset, length, completion), loop);
    }

    @Override
    public void mapAllocation(long offset, long length, AllocationSink sink) {
        checkUsable();
        loop.later(disk.character().latency(), ProcessLoop.Kind.DISK, () -> {
            long at = offset;
            while (at < offset + length) {
                boolean stored = disk.current().stored(at);
                long end = at;
                while (end < offset + length && disk.current().stored(end) == stored) {
                    end = Math.min(offset + length, (end / SparseImage.PAGE + 1) * SparseImage.PAGE);
                }
                sink.extent(end - at, !stored);
                at = end;
            }
            sink.completed(Errno.OK);
        });
    }

    @Override
    public void close() {
        closed = true;
    }

    private DiskOperation start(DiskOperation.Kind kind, long offset, long length, Completion completion) {
        checkUsable();
        int block = logicalBlockSize();
        if (length <= 0 || offset < 0 || offset % block != 0 || length % block != 0 || offset + length > size()) {
            throw new ContractViolation(disk.name() + ": " + kind + " of " + length + " bytes at " + offset
                    + " is not within " + size() + " bytes in blocks of " + block);
        }
        return new DiskOperation(kind, offset, length, completion);
    }

    private void checkBuffer(Buffer buffer, int offset, int length) {
        if (buffer.references() <= 0) {
            throw new ContractViolation(disk.name() + ": a buffer that is back in its pool");
        }
        if (offset < 0 || offset % logicalBlockSize() != 0 || offset + length > buffer.capacity()) {
            throw new ContractViolation(
                    disk.name() + ": " + length + " bytes at " + offset + " of a buffer of " + buffer.capacity());
        }
    }

    private void checkUsable() {
        if (closed) {
            throw new ContractViolation(disk.name() + ": used after close");
        }
        if (!loop.inTurn()) {
            throw new ContractViolation(disk.name() + ": used outside of a turn of its loop");
        }
    }
}
