package io.bsr.attach;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Errno;
import io.bsr.frontend.fuse.FuseChannel;
import io.bsr.frontend.fuse.FuseMessage;
import io.bsr.frontend.fuse.FuseSession;
import io.bsr.loop.EventLoop;
import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor of {@code /dev/fuse}, the mount that belongs to it, and the thread that reads from it.
 *
 * <p>Answers are written on the loop: to copy an answer into the memory of who asked is all that a write does. The reader
 * hands a message over and does not read on without a free piece of memory.
 */
final class FuseConnection implements FuseChannel {
    private static final int MESSAGES = 16;
    private static final int SLOT_BYTES = FuseMessage.LARGEST_BYTES;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int O_NONBLOCK = 0x800;
    private static final int ENODEV = 19;
    private static final int AT_STATX_FORCE_SYNC = 0x2000;

    private final EventLoop loop;
    private final String name;
    private final Consumer<String> log;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment messages;
    private final MemorySegment answerState = Libc.newErrorState(arena);
    private final MemorySegment answerVectors = arena.allocate(2L * SystemCalls.IOV_BYTES, 8);
    private final BlockingQueue<Slot> free = new ArrayBlockingQueue<>(MESSAGES);
    private final int descriptor;
    private final int stopper;
    private final int mount;
    private volatile boolean stopping;
    private @Nullable Thread reader;

    /** Of the loop: the descriptor must not be used any more. */
    private boolean silent;

    private boolean complained;

    private FuseConnection(EventLoop loop, String name, Consumer<String> log) throws AttachException {
        this.loop = loop;
        this.name = name;
        this.log = log;
        descriptor = open("/dev/fuse", Linux.O_RDWR | Linux.O_CLOEXEC | O_NONBLOCK);
        stopper = Libc.eventfd(0, Linux.EFD_CLOEXEC);
        int mounted = stopper < 0 ? stopper : mount(descriptor, name);
        if (mounted < 0) {
            close(stopper);
            Libc.close(descriptor);
            throw new AttachException("A FUSE file cannot be made: " + error(mounted)
                    + ". It needs CAP_SYS_ADMIN and a kernel with FUSE, 5.8 or newer.");
        }
        mount = mounted;
        // Mapped rather than allocated: of the memory for the largest messages only what is used becomes real.
        long length = (long) MESSAGES * SLOT_BYTES;
        long address = Libc.mmap(length, Linux.PROT_READ | Linux.PROT_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
        if (address < 0 && address > -4096) {
            closeDescriptors();
            throw new AttachException("There is no memory for a block device: " + error((int) address) + ".");
        }
        messages = Libc.memory(address, length);
    }

    /** Makes the file. Nobody answers for it before {@link #start}. */
    static FuseConnection open(EventLoop loop, String name, Consumer<String> log) throws AttachException {
        return new FuseConnection(loop, name, log);
    }

    private static int mount(int descriptor, String name) {
        int context = SystemCalls.fsopen("fuse");
        if (context < 0) {
            return context;
        }
        int result = SystemCalls.fsconfig(context, "source", name);
        result = result < 0 ? result : SystemCalls.fsconfig(context, "fd", Integer.toString(descriptor));
        result = result < 0 ? result : SystemCalls.fsconfig(context, "rootmode", "100600");
        result = result < 0 ? result : SystemCalls.fsconfig(context, "user_id", "0");
        result = result < 0 ? result : SystemCalls.fsconfig(context, "group_id", "0");
        result = result < 0
                ? result
                : SystemCalls.fsconfig(context, "max_read", Integer.toString(FuseSession.LARGEST_TRANSFER));
        result = result < 0 ? result : SystemCalls.fscreate(context);
        result = result < 0 ? result : SystemCalls.fsmount(context);
        Libc.close(context);
        return result;
    }

    /**
     * Begins to read.
     *
     * @param receiver called on the loop, takes each message over
     * @param whenDeaf told why nothing will be read any more, though nobody has asked for that
     */
    void start(Consumer<FuseMessage> receiver, Consumer<String> whenDeaf) {
        for (int i = 0; i < MESSAGES; i++) {
            free.add(new Slot(messages.asSlice((long) i * SLOT_BYTES, SLOT_BYTES), receiver));
        }
        Thread thread = Thread.ofPlatform().name("fuse-" + name).daemon(true).unstarted(() -> read(whenDeaf));
        reader = thread;
        thread.start();
    }

    /** Makes the kernel ask for the size of the file. */
    void refresh() throws AttachException {
        try (Arena local = Arena.ofConfined()) {
            MemorySegment result = local.allocate(Linux.STATX_BYTES, 8);
            int flags = Linux.AT_EMPTY_PATH | AT_STATX_FORCE_SYNC;
            int status = Libc.statx(mount, "", flags, Linux.STATX_BASIC_STATS, result);
            if (status < 0) {
                throw new AttachException("The size of the FUSE file cannot be had: " + error(status) + ".");
            }
        }
    }

    /** Opens the file; the caller closes it. */
    int openFile() throws AttachException {
        return open("/proc/self/fd/" + mount, Linux.O_RDWR | Linux.O_CLOEXEC | Linux.O_DIRECT);
    }

    /**
     * Ends the connection: whoever still waits for an answer of it gets an error. Waits for the reader and for the loop, so
     * not to be called there. The receiver has given all messages back, and those that come it gives back at once.
     */
    void close() throws InterruptedException {
        stopping = true;
        try (Arena local = Arena.ofConfined()) {
            Libc.write(stopper, local.allocateFrom(JAVA_LONG, 1), Long.BYTES);
        }
        Thread thread = reader;
        if (thread != null) {
            thread.interrupt();
            thread.join();
        }
        if (LoopTurn.await(loop, () -> silent = true)) {
            closeDescriptors();
            Libc.munmap(messages.address(), messages.byteSize());
        } else {
            // A number that is free again may become something else, and a loop that still runs would write to it.
            log.accept(name + ": its event loop does not answer, the FUSE file stays open until the engine ends");
        }
    }

    private void closeDescriptors() {
        Libc.close(descriptor);
        Libc.close(mount);
        Libc.close(stopper);
    }

    private void read(Consumer<String> whenDeaf) {
        MemorySegment state = Libc.newErrorState(arena);
        MemorySegment polls = SystemCalls.polls(arena, descriptor, stopper);
        ProcessProtection.ofThread(log);
        try {
            while (!stopping) {
                Slot slot = free.take();
                int error = fill(slot, state, polls);
                if (error < 0) {
                    // Otherwise the kernel waits for ever for answers, or fails every request of a device that stays.
                    if (!stopping) {
                        whenDeaf.accept("/dev/fuse cannot be read any more: " + error(error));
                    }
                    return;
                }
                loop.execute(slot);
            }
        } catch (InterruptedException e) {
            // Asked to end while all memory was handed out.
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a message; a negative error if there will be none. */
    private int fill(Slot slot, MemorySegment state, MemorySegment polls) {
        while (!stopping) {
            long result = SystemCalls.read(state, descriptor, slot.bytes);
            if (result >= 0) {
                slot.length = (int) result;
                return 0;
            }
            int error = (int) -result;
            if (error == Linux.EAGAIN) {
                SystemCalls.poll(state, polls, 2);
            } else if (error != Linux.EINTR && error != Linux.ENOENT) {
                return (int) result;
            }
        }
        return -ENODEV;
    }

    @Override
    public void reply(MemorySegment head, int headBytes, @Nullable Buffer data, int dataBytes) {
        if (silent) {
            return;
        }
        SystemCalls.vector(answerVectors, 0, head, headBytes);
        int count = 1;
        if (data != null) {
            SystemCalls.vector(answerVectors, 1, data.segment(), dataBytes);
            count = 2;
        }
        long result = SystemCalls.writev(answerState, descriptor, answerVectors, count);
        boolean givenUp = result == -Linux.ENOENT || result == -ENODEV;
        if (result < 0 && !givenUp && !complained) {
            complained = true;
            log.accept(name + ": the kernel did not take an answer: " + error((int) result));
        }
    }

    private static int open(String path, int flags) throws AttachException {
        int result = Libc.open(path, flags, 0);
        if (result < 0) {
            throw new AttachException(path + " cannot be opened: " + error(result) + ".");
        }
        return result;
    }

    private static void close(int descriptor) {
        if (descriptor >= 0) {
            Libc.close(descriptor);
        }
    }

    static String error(int negative) {
        return Errno.name(-negative);
    }

    /** Memory for one message; given to the loop as it is. */
    private final class Slot implements FuseMessage, Runnable {
        private final MemorySegment bytes;
        private final Consumer<FuseMessage> receiver;
        private int length;

        Slot(MemorySegment bytes, Consumer<FuseMessage> receiver) {
            this.bytes = bytes;
            this.receiver = receiver;
        }

        @Override
        public void run() {
            receiver.accept(this);
        }

        @Override
        public MemorySegment bytes() {
            return bytes;
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public void done() {
            free.add(this);
        }
    }
}
