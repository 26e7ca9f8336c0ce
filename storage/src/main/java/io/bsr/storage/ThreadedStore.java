package io.bsr.storage;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.loop.PortableLoop;

/** A store of a portable loop: each operation blocks a file thread. */
final class ThreadedStore extends FileStore {
    private final PortableLoop portable;

    ThreadedStore(PortableLoop loop, BlockFile file) {
        super(loop, file);
        this.portable = loop;
    }

    @Override
    void beginRead(long offset, Buffer target, int targetOffset, int length, Completion completion) {
        BlockFile file = file();
        run(completion, () -> file.read(offset, target, targetOffset, length));
    }

    @Override
    void beginWrite(long offset, Buffer source, int sourceOffset, int length, boolean fua, Completion completion) {
        BlockFile file = file();
        run(completion, () -> file.write(offset, source, sourceOffset, length, fua));
    }

    @Override
    void beginFlush(Completion completion) {
        run(completion, file()::flush);
    }

    @Override
    void beginWriteZeroes(long offset, long length, boolean mayUnmap, Completion completion) {
        BlockFile file = file();
        run(completion, () -> file.writeZeroes(offset, length, mayUnmap));
    }

    @Override
    void released() {}

    private void run(Completion completion, Step step) {
        Operation operation = new Operation(completion, step);
        portable.onFileThread(operation, operation::finished);
    }

    /** A blocking call that answers with an error number. */
    private interface Step {
        int run();
    }

    private final class Operation implements Runnable {
        private final Completion completion;
        private final Step step;
        /** Handed to the loop's thread by its task queue. */
        private int result = Errno.EIO;

        Operation(Completion completion, Step step) {
            this.completion = completion;
            this.step = step;
        }

        @Override
        public void run() {
            result = step.run();
        }

        void finished() {
            ended(completion, result);
        }
    }
}
