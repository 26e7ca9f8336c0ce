package io.bsr.loop.uring;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Errno;
import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One io_uring.
 *
 * <p>A submission entry is 64 bytes: opcode 0, flags 1, ioprio 2, fd 4, off 8, addr 16, len 24, operation flags 28, user
 * data 32, number of the buffer 40, further fields. A completion entry is 16 bytes: user data 0, result 8, flags 12. (linux/io_uring.h; both
 * processors that are supported are little-endian, so fields are written in pairs.)
 */
public final class Ring {
    /** Entries of the submission ring: as many operations are handed over in one call. */
    private static final int SUBMISSIONS = 512;

    /**
     * Prepared operations that are handed over at once rather than at the end of the turn: the kernel and its devices
     * work on them on another processor while the loop prepares the next. Fewer cost more system calls, more leave the
     * other processor idle.
     */
    private static final int HAND_OVER_AT = 8;

    /** Entries of the completion ring; beyond that the kernel keeps completions in a list of its own. */
    private static final int COMPLETIONS = 4096;

    /** Files that can be registered; further ones work without registration. */
    private static final int REGISTERED_FILES = 256;

    /** Kernel threads for operations that cannot be done without blocking: files and devices, and everything else. */
    private static final int BOUNDED_WORKERS = 16;

    private static final int UNBOUNDED_WORKERS = 16;

    private static final long SYS_IO_URING_ENTER = 426;
    private static final long SYS_IO_URING_REGISTER = 427;
    private static final long OFFSET_RINGS = 0;
    private static final long OFFSET_ENTRIES = 0x10000000L;

    private static final int ENTER_GETEVENTS = 1;
    private static final int ENTER_EXT_ARG = 1 << 3;
    private static final int ENTER_REGISTERED_RING = 1 << 4;

    private static final int REGISTER_FILES = 2;
    private static final int REGISTER_FILES_UPDATE = 6;
    private static final int REGISTER_PROBE = 8;
    private static final int REGISTER_ENABLE_RINGS = 12;
    private static final int REGISTER_IOWQ_MAX_WORKERS = 19;
    private static final int REGISTER_RING_FDS = 20;

    private static final int OP_FSYNC = 3;
    private static final int OP_READ_FIXED = 4;
    private static final int OP_WRITE_FIXED = 5;
    private static final int OP_SENDMSG = 9;
    private static final int OP_RECVMSG = 10;
    private static final int OP_ACCEPT = 13;
    private static final int OP_ASYNC_CANCEL = 14;
    private static final int OP_CONNECT = 16;
    private static final int OP_FALLOCATE = 17;
    private static final int OP_READ = 22;
    private static final int OP_WRITE = 23;
    private static final int OP_SEND = 26;
    private static final int OP_RECV = 27;
    private static final int[] NEEDED_OPERATIONS = {
        OP_FSYNC,
        OP_SENDMSG,
        OP_RECVMSG,
        OP_ACCEPT,
        OP_ASYNC_CANCEL,
        OP_CONNECT,
        OP_FALLOCATE,
        OP_READ,
        OP_WRITE,
        OP_SEND,
        OP_RECV
    };

    private static final int FLAG_FIXED_FILE = 1;
    private static final int FSYNC_DATASYNC = 1;
    private static final int RECEIVE_POLL_FIRST = 1;
    private static final int COMPLETION_MORE = 1 << 1;

    /** Set in the flags of a completed receive if the socket has more input. */
    public static final int COMPLETION_SOCKET_NONEMPTY = 1 << 2;

    /** User data of entries whose completion nobody waits for. */
    private static final long NOBODY = -1;

    private static final VarHandle INT = JAVA_INT.varHandle();

    private final RingParameters parameters;
    private final MemorySegment rings;
    private final MemorySegment entries;
    private final int submissionMask;
    private final int completionMask;

    // The ring's own small memory is never given back to the allocator: the kernel may look at it until the process
    // ends.
    private final MemorySegment errorState = Libc.newErrorState(Arena.global());
    /** struct io_uring_getevents_arg (24 bytes: sigmask, its size, padding, address of the time), then the time. */
    private final MemorySegment waitArgument = Arena.global().allocate(40, 8);

    private int enterDescriptor;
    private int enterFlags;
    private boolean filesRegistered;
    private final RegisteredBuffers registeredBuffers = new RegisteredBuffers();
    private final boolean[] fileIndexUsed = new boolean[REGISTERED_FILES];

    private int tail;
    private int submittedTail;
    private int head;

    private @Nullable RingOperation[] slots = new RingOperation[64];
    private int[] freeSlots = new int[64];
    private int freeSlotCount;
    private int inFlight;

    private long completions;
    private long systemCalls;

    private Ring(RingParameters parameters, MemorySegment rings, MemorySegment entries) {
        this.parameters = parameters;
        this.rings = rings;
        this.entries = entries;
        this.submissionMask = parameters.submissionEntries() - 1;
        this.completionMask = parameters.completionEntries() - 1;
        this.enterDescriptor = parameters.descriptor();
        for (int i = 0; i < parameters.submissionEntries(); i++) {
            rings.set(JAVA_INT, parameters.sqArray() + 4L * i, i);
        }
        for (int i = freeSlots.length - 1; i >= 0; i--) {
            freeSlots[freeSlotCount++] = i;
        }
        waitArgument.set(JAVA_LONG, 16, waitArgument.address() + 24);
    }

    /**
     * A ring that belongs to nobody yet.
     *
     * @throws RingRefusedException if the system has none for us, or one that is too old
     */
    public static Ring create() throws RingRefusedException {
        return create(0);
    }

    /** As {@link #create()}, without the first choices of flags, as on an older kernel. */
    static Ring create(int firstChoice) throws RingRefusedException {
        if (!Linux.HERE) {
            throw new RingRefusedException("io_uring needs Linux on x86-64 or arm64");
        }
        RingParameters parameters = RingParameters.setUp(SUBMISSIONS, COMPLETIONS, firstChoice);
        boolean made = false;
        try {
            MemorySegment rings = parameters.map(parameters.ringBytes(), OFFSET_RINGS);
            MemorySegment entries = parameters.map(64L * parameters.submissionEntries(), OFFSET_ENTRIES);
            Ring ring = new Ring(parameters, rings, entries);
            ring.probe();
            made = true;
            return ring;
        } finally {
            if (!made) {
                Libc.close(parameters.descriptor());
            }
        }
    }

    /** How the ring works, for the description of its loop. */
    public String description() {
        return (parameters.deferredTasks() ? "deferred task work" : "task work at system calls")
                + (parameters.singleIssuer() ? ", single issuer" : "");
    }

    /** struct io_uring_probe: last operation 0, count 1, then from 16 on 8 bytes each, with the flags at 2. */
    private void probe() throws RingRefusedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(16 + 256 * 8L, 8);
            int status = control(REGISTER_PROBE, answer, 256);
            if (status < 0) {
                throw RingRefusedException.of(-status);
            }
            for (int operation : NEEDED_OPERATIONS) {
                if ((answer.get(JAVA_BYTE, 16 + 8L * operation + 2) & 1) == 0) {
                    throw new RingRefusedException("the kernel's io_uring lacks operation " + operation);
                }
            }
        }
    }

    /** Makes the calling thread the ring's owner. */
    public void enable() {
        int status = control(REGISTER_ENABLE_RINGS, MemorySegment.NULL, 0);
        if (status < 0) {
            throw new IllegalStateException("io_uring cannot be enabled: " + Errno.name(-status));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment workers = arena.allocateFrom(JAVA_INT, BOUNDED_WORKERS, UNBOUNDED_WORKERS);
            // Kernels before 5.15 have no such limit and make as many threads as there are processors.
            control(REGISTER_IOWQ_MAX_WORKERS, workers, 2);
            MemorySegment none = arena.allocate(4L * REGISTERED_FILES, 4);
            none.fill((byte) -1);
            filesRegistered = control(REGISTER_FILES, none, REGISTERED_FILES) >= 0;
            registeredBuffers.enable(this);
            // struct io_uring_rsrc_update: offset 0 (−1: any, then the answer), descriptor 8
            MemorySegment update = arena.allocate(16, 8);
            update.set(JAVA_INT, 0, -1);
            update.set(JAVA_LONG, 8, parameters.descriptor());
            if (control(REGISTER_RING_FDS, update, 1) == 1) {
                enterDescriptor = update.get(JAVA_INT, 0);
                enterFlags = ENTER_REGISTERED_RING;
            }
        }
    }

    int control(int operation, MemorySegment argument, int count) {
        return (int) Libc.syscall(
                errorState, SYS_IO_URING_REGISTER, parameters.descriptor(), operation, argument.address(), count, 0, 0);
    }

    /** Gives the ring back. The kernel cancels what it still has. */
    public void close() {
        Libc.munmap(entries.address(), entries.byteSize());
        Libc.munmap(rings.address(), rings.byteSize());
        Libc.close(parameters.descriptor());
    }

    // ------------------------------------------------------------------ operations and files

    /** Gives the operation a slot. */
    public void add(RingOperation operation) {
        if (operation.slot != RingOperation.NO_SLOT) {
            throw new IllegalStateException("the operation has a slot already");
        }
        if (freeSlotCount == 0) {
            int size = slots.length;
            slots = Arrays.copyOf(slots, size * 2);
            freeSlots = new int[size * 2];
            for (int i = size * 2 - 1; i >= size; i--) {
                freeSlots[freeSlotCount++] = i;
            }
        }
        operation.slot = freeSlots[--freeSlotCount];
        slots[operation.slot] = operation;
    }

    /** Takes the slot back from an operation that is not submitted. */
    public void remove(RingOperation operation) {
        if (operation.submitted) {
            throw new IllegalStateException("the kernel still has the operation");
        }
        if (operation.slot != RingOperation.NO_SLOT) {
            slots[operation.slot] = null;
            freeSlots[freeSlotCount++] = operation.slot;
            operation.slot = RingOperation.NO_SLOT;
        }
    }

    /** Registers a file; the result names it in file operations. May be a plain descriptor if the table is full. */
    public int registerFile(int descriptor) {
        if (filesRegistered) {
            for (int i = 0; i < REGISTERED_FILES; i++) {
                if (!fileIndexUsed[i]) {
                    if (updateFile(i, descriptor) != 1) {
                        break;
                    }
                    fileIndexUsed[i] = true;
                    return -1 - i;
                }
            }
        }
        return descriptor;
    }

    /** Ends a registration. Nothing of the file may be in flight. */
    public void unregisterFile(int name) {
        if (name < 0) {
            updateFile(-1 - name, -1);
            fileIndexUsed[-1 - name] = false;
        }
    }

    /** struct io_uring_files_update: offset 0, address of the descriptors 8. */
    private int updateFile(int index, int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment descriptors = arena.allocateFrom(JAVA_INT, descriptor);
            MemorySegment update = arena.allocate(16, 8);
            update.set(JAVA_INT, 0, index);
            update.set(JAVA_LONG, 8, descriptors.address());
            return control(REGISTER_FILES_UPDATE, update, 1);
        }
    }

    // ------------------------------------------------------------------ submission

    /** The number of a buffer for {@link #readFile} and {@link #writeFile}; −1 if the kernel does not keep it pinned. */
    public int bufferIndex(Buffer buffer) {
        return registeredBuffers.indexOf(this, buffer);
    }

    /** Reads from a stream-like descriptor: an eventfd, a character device. */
    public void read(RingOperation operation, int descriptor, long address, int length) {
        submit(operation, OP_READ, 0, descriptor, 0, address, length, 0, 0);
    }

    /**
     * Reads at {@code offset} of a file from {@link #registerFile}.
     *
     * @param buffer {@link #bufferIndex} of the buffer in which {@code address} is
     */
    public void readFile(RingOperation operation, int file, long offset, long address, int length, int buffer) {
        boolean pinned = buffer >= 0;
        int opcode = pinned ? OP_READ_FIXED : OP_READ;
        submit(operation, opcode, 0, file, offset, address, length, 0, pinned ? buffer : 0);
    }

    /** Writes at {@code offset}, as {@link #readFile}; {@code flags} are RWF_*. */
    public void writeFile(
            RingOperation operation, int file, long offset, long address, int length, int flags, int buffer) {
        boolean pinned = buffer >= 0;
        int opcode = pinned ? OP_WRITE_FIXED : OP_WRITE;
        submit(operation, opcode, 0, file, offset, address, length, flags, pinned ? buffer : 0);
    }

    /** fdatasync(2). */
    public void synchronize(RingOperation operation, int file) {
        submit(operation, OP_FSYNC, 0, file, 0, 0, 0, FSYNC_DATASYNC, 0);
    }

    /** fallocate(2). */
    public void allocate(RingOperation operation, int file, int mode, long offset, long length) {
        // The length travels in the address field, the mode in the length field.
        submit(operation, OP_FALLOCATE, 0, file, offset, length, mode, 0, 0);
    }

    /** recv(2). With {@code wait}, without trying first: for a socket that is expected to be empty. */
    public void receive(RingOperation operation, int socket, long address, int length, boolean wait) {
        submit(operation, OP_RECV, wait ? RECEIVE_POLL_FIRST : 0, socket, 0, address, length, 0, 0);
    }

    /** recvmsg(2) with the {@code struct msghdr} at {@code message}. */
    public void receiveMessage(RingOperation operation, int socket, long message, boolean wait) {
        submit(operation, OP_RECVMSG, wait ? RECEIVE_POLL_FIRST : 0, socket, 0, message, 1, 0, 0);
    }

    /** send(2). */
    public void send(RingOperation operation, int socket, long address, int length) {
        submit(operation, OP_SEND, 0, socket, 0, address, length, Linux.MSG_NOSIGNAL, 0);
    }

    /** sendmsg(2) with the {@code struct msghdr} at {@code message}. */
    public void sendMessage(RingOperation operation, int socket, long message) {
        submit(operation, OP_SENDMSG, 0, socket, 0, message, 1, Linux.MSG_NOSIGNAL, 0);
    }

    /** accept4(2); the address of the other end is not asked for. */
    public void accept(RingOperation operation, int socket) {
        submit(operation, OP_ACCEPT, 0, socket, 0, 0, 0, Linux.SOCK_CLOEXEC, 0);
    }

    /** connect(2). */
    public void connect(RingOperation operation, int socket, long address, int length) {
        submit(operation, OP_CONNECT, 0, socket, length, address, 0, 0, 0);
    }

    /** Asks for the end of {@code operation}, which completes with −ECANCELED unless it was faster. */
    public void cancel(RingOperation operation) {
        if (operation.submitted) {
            entry(OP_ASYNC_CANCEL, 0, -1, 0, operation.slot, 0, 0, 0, NOBODY);
        }
    }

    private void submit(
            RingOperation operation,
            int opcode,
            int priority,
            int file,
            long offset,
            long address,
            int length,
            int flags,
            int buffer) {
        if (operation.submitted || operation.slot == RingOperation.NO_SLOT) {
            throw new IllegalStateException(
                    operation.submitted ? "the operation is submitted already" : "the operation has no slot");
        }
        entry(opcode, priority, file, offset, address, length, flags, buffer, operation.slot);
        operation.submitted = true;
        inFlight++;
    }

    private void entry(
            int opcode,
            int priority,
            int file,
            long offset,
            long address,
            int length,
            int flags,
            int buffer,
            long userData) {
        if (tail - submittedTail >= HAND_OVER_AT) {
            enter(0, 0, 0);
        }
        if (tail - submittedTail > submissionMask) {
            enter(0, 0, 0);
            if (tail - submittedTail > submissionMask) {
                throw new IllegalStateException("the kernel takes no more operations");
            }
        }
        long at = 64L * (tail & submissionMask);
        boolean registered = file < 0 && opcode != OP_ASYNC_CANCEL;
        long descriptor = registered ? -1 - file : file;
        long first = opcode | (registered ? FLAG_FIXED_FILE << 8 : 0) | ((long) priority << 16) | (descriptor << 32);
        entries.set(JAVA_LONG, at, first);
        entries.set(JAVA_LONG, at + 8, offset);
        entries.set(JAVA_LONG, at + 16, address);
        entries.set(JAVA_LONG, at + 24, (length & 0xffffffffL) | ((long) flags << 32));
        entries.set(JAVA_LONG, at + 32, userData);
        entries.set(JAVA_LONG, at + 40, buffer);
        entries.set(JAVA_LONG, at + 48, 0);
        entries.set(JAVA_LONG, at + 56, 0);
        tail++;
    }

    // ------------------------------------------------------------------ waiting and completion

    /** Hands over what is prepared, and waits until there is a completion or the time is over. */
    public void await(long timeoutNanos) {
        if (timeoutNanos == 0) {
            if (tail != submittedTail || inFlight > 0) {
                enter(ENTER_GETEVENTS, 0, 0);
            }
        } else if (timeoutNanos == Long.MAX_VALUE) {
            enter(ENTER_GETEVENTS, 1, 0);
        } else {
            waitArgument.set(JAVA_LONG, 24, timeoutNanos / 1_000_000_000L);
            waitArgument.set(JAVA_LONG, 32, timeoutNanos % 1_000_000_000L);
            enter(ENTER_GETEVENTS | ENTER_EXT_ARG, 1, waitArgument.address());
        }
    }

    private void enter(int flags, int atLeast, long argument) {
        int count = tail - submittedTail;
        INT.setRelease(rings, (long) parameters.sqTail(), tail);
        systemCalls++;
        long taken = Libc.syscall(
                errorState,
                SYS_IO_URING_ENTER,
                enterDescriptor,
                count,
                atLeast,
                flags | enterFlags,
                argument,
                argument == 0 ? 0 : 24);
        if (taken >= 0) {
            submittedTail += (int) taken;
            return;
        }
        switch ((int) -taken) {
            // Interrupted, timed out, or completions must be fetched first: the next turn goes on from here.
            case Linux.EINTR, Linux.ETIME, Linux.EAGAIN, Errno.EBUSY -> {}
            default -> throw new IllegalStateException("io_uring_enter failed: " + Errno.name((int) -taken));
        }
    }

    /** True if completions wait for {@link #dispatch}. */
    public boolean ready() {
        return head != (int) INT.getAcquire(rings, (long) parameters.cqTail());
    }

    /** True if entries wait for submission. */
    public boolean prepared() {
        return tail != submittedTail;
    }

    /** Calls the operations whose completions have arrived. One that throws is reported and does not stop the rest. */
    public void dispatch(Consumer<Throwable> failures) {
        int end = (int) INT.getAcquire(rings, (long) parameters.cqTail());
        while (head != end) {
            long at = parameters.cqEntries() + 16L * (head & completionMask);
            long userData = rings.get(JAVA_LONG, at);
            int result = rings.get(JAVA_INT, at + 8);
            int flags = rings.get(JAVA_INT, at + 12);
            head++;
            INT.setRelease(rings, (long) parameters.cqHead(), head);
            if (userData == NOBODY) {
                continue;
            }
            RingOperation operation = slots[(int) userData];
            if (operation == null) {
                failures.accept(new IllegalStateException("a completion for the empty slot " + userData));
                continue;
            }
            completions++;
            if ((flags & COMPLETION_MORE) == 0) {
                operation.submitted = false;
                inFlight--;
            }
            try {
                operation.completed(result, flags);
            } catch (RuntimeException | Error failure) {
                failures.accept(failure);
            }
        }
    }

    /** Operations that the kernel has. */
    public int inFlight() {
        return inFlight;
    }

    public long completions() {
        return completions;
    }

    public long systemCalls() {
        return systemCalls;
    }
}
