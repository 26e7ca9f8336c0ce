package io.bsr.storage;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.loop.RingLoop;
import io.bsr.loop.linux.Linux;
import io.bsr.loop.uring.Ring;
import io.bsr.loop.uring.RingOperation;
import java.util.ArrayDeque;

/**
 * A store of an io_uring loop. Operations are pooled objects with a slot of the ring each; there are as many as were ever
 * in flight at once.
 */
final class RingStore extends FileStore {
    private static final int UNREGISTERED = Integer.MIN_VALUE;

    private final Ring ring;
    private final LinuxFile linuxFile;
    private final ArrayDeque<Operation> spare = new ArrayDeque<>();

    /** The file's name in the ring; registered with the first operation, because opening may happen on any thread. */
    private int name = UNREGISTERED;

    /** Set when the system has shown that it cannot zero ranges of this file itself. */
    private boolean zeroesByHand;

    RingStore(RingLoop loop, LinuxFile file) {
        super(loop, file);
        this.ring = loop.ring();
        this.linuxFile = file;
    }

    @Override
    void beginRead(long offset, Buffer target, int targetOffset, int length, Completion completion) {
        Operation operation = operation(Kind.READ, completion);
        operation.transfer(offset, target, targetOffset, length);
    }

    @Override
    void beginWrite(long offset, Buffer source, int sourceOffset, int length, boolean fua, Completion completion) {
        Operation operation = operation(fua ? Kind.WRITE_THROUGH : Kind.WRITE, completion);
        operation.transfer(offset, source, sourceOffset, length);
    }

    @Override
    void beginFlush(Completion completion) {
        Operation operation = operation(Kind.FLUSH, completion);
        ring.synchronize(operation, registered());
    }

    @Override
    void beginWriteZeroes(long offset, long length, boolean mayUnmap, Completion completion) {
        if (zeroesByHand) {
            zeroByHand(offset, length, completion);
            return;
        }
        Operation operation = operation(Kind.ZERO, completion);
        operation.zero(offset, length, mayUnmap);
    }

    private void zeroByHand(long offset, long length, Completion completion) {
        loop().offload(() -> {
            int result = linuxFile.writeZeroesByHand(offset, length);
            loop().execute(() -> ended(completion, result));
        });
    }

    @Override
    void released() {
        for (Operation operation : spare) {
            ring.remove(operation);
        }
        spare.clear();
        if (name != UNREGISTERED) {
            ring.unregisterFile(name);
        }
    }

    private int registered() {
        if (name == UNREGISTERED) {
            name = ring.registerFile(linuxFile.descriptor());
        }
        return name;
    }

    private Operation operation(Kind kind, Completion completion) {
        Operation operation = spare.poll();
        if (operation == null) {
            operation = new Operation();
            ring.add(operation);
        }
        operation.kind = kind;
        operation.completion = completion;
        return operation;
    }

    private enum Kind {
        READ,
        WRITE,
        WRITE_THROUGH,
        FLUSH,
        ZERO
    }

    private final class Operation extends RingOperation {
        private Kind kind = Kind.FLUSH;
        private Completion completion = errno -> {};
        private long offset;
        private long address;
        private long left;
        private int bufferIndex;

        void transfer(long fromOffset, Buffer buffer, int bufferOffset, int length) {
            offset = fromOffset;
            address = buffer.address() + bufferOffset;
            left = length;
            bufferIndex = ring.bufferIndex(buffer);
            submit();
        }

        void zero(long fromOffset, long length, boolean mayUnmap) {
            offset = fromOffset;
            left = length;
            ring.allocate(this, registered(), LinuxFile.zeroMode(mayUnmap), fromOffset, length);
        }

        private void submit() {
            switch (kind) {
                case READ -> ring.readFile(this, registered(), offset, address, (int) left, bufferIndex);
                case WRITE -> ring.writeFile(this, registered(), offset, address, (int) left, 0, bufferIndex);
                case WRITE_THROUGH ->
                    ring.writeFile(this, registered(), offset, address, (int) left, Linux.RWF_DSYNC, bufferIndex);
                case FLUSH, ZERO -> throw new IllegalStateException(kind + " transfers nothing");
            }
        }

        @Override
        protected void completed(int result, int flags) {
            switch (kind) {
                case READ, WRITE, WRITE_THROUGH -> transferred(result);
                case FLUSH -> finish(-result);
                case ZERO -> zeroed(-result);
            }
        }

        private void transferred(int result) {
            if (result == left) {
                finish(0);
            } else if (result > 0) {
                offset += result;
                address += result;
                left -= result;
                submit();
            } else if (result == -Linux.EINTR || result == -Linux.EAGAIN) {
                submit();
            } else {
                finish(result == 0 ? Errno.EIO : -result);
            }
        }

        private void zeroed(int errno) {
            if (!LinuxFile.zeroingRefused(errno)) {
                finish(errno);
                return;
            }
            zeroesByHand = true;
            Completion told = completion;
            spare.push(this);
            zeroByHand(offset, left, told);
        }

        private void finish(int errno) {
            Completion told = completion;
            spare.push(this);
            ended(told, errno);
        }
    }
}
