package io.bsr.loop.uring;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.bsr.base.port.Errno;
import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A ring just set up by io_uring_setup(2), and where its parts are.
 *
 * <p>{@code struct io_uring_params}, 120 bytes: sq_entries 0, cq_entries 4, flags 8, features 20; sq_off from 40 (head,
 * tail, ring_mask, ring_entries, flags, dropped, array); cq_off from 80 (head, tail, ring_mask, ring_entries, overflow,
 * cqes, flags).
 */
record RingParameters(
        int descriptor,
        int setupFlags,
        int submissionEntries,
        int completionEntries,
        int sqTail,
        int sqArray,
        int cqHead,
        int cqTail,
        int cqEntries) {
    private static final long SYS_IO_URING_SETUP = 425;

    private static final int SETUP_CQSIZE = 1 << 3;
    private static final int SETUP_CLAMP = 1 << 4;
    private static final int SETUP_R_DISABLED = 1 << 6;
    private static final int SETUP_SUBMIT_ALL = 1 << 7;
    static final int SETUP_COOP_TASKRUN = 1 << 8;
    static final int SETUP_SINGLE_ISSUER = 1 << 12;
    static final int SETUP_DEFER_TASKRUN = 1 << 13;

    private static final int FEATURE_SINGLE_MMAP = 1;
    private static final int FEATURE_NODROP = 1 << 1;
    private static final int FEATURE_SUBMIT_STABLE = 1 << 2;
    private static final int FEATURE_FAST_POLL = 1 << 5;
    private static final int FEATURE_EXT_ARG = 1 << 8;
    private static final int NEEDED =
            FEATURE_SINGLE_MMAP | FEATURE_NODROP | FEATURE_SUBMIT_STABLE | FEATURE_FAST_POLL | FEATURE_EXT_ARG;

    /** From the best to what every kernel with io_uring has. */
    private static final int[] FLAG_CHOICES = {
        SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN | SETUP_COOP_TASKRUN | SETUP_SUBMIT_ALL,
        SETUP_SINGLE_ISSUER | SETUP_COOP_TASKRUN | SETUP_SUBMIT_ALL,
        SETUP_COOP_TASKRUN | SETUP_SUBMIT_ALL,
        0
    };

    static final int CHOICES = FLAG_CHOICES.length;

    /** Sets up a ring with the first choice of flags that the kernel takes, beginning with number {@code firstChoice}. */
    static RingParameters setUp(int submissions, int completions, int firstChoice) throws RingRefusedException {
        int error = 0;
        for (int i = firstChoice; i < FLAG_CHOICES.length; i++) {
            int choice = FLAG_CHOICES[i];
            // Disabled until the thread that shall own it enables it: a single issuer is whoever enables.
            int flags = choice | SETUP_R_DISABLED | SETUP_CQSIZE | SETUP_CLAMP;
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment params = arena.allocate(120, 8);
                params.set(JAVA_INT, 4, completions);
                params.set(JAVA_INT, 8, flags);
                long descriptor = Libc.syscall(
                        Libc.newErrorState(arena), SYS_IO_URING_SETUP, submissions, params.address(), 0, 0, 0, 0);
                if (descriptor >= 0) {
                    return checked((int) descriptor, choice, params);
                }
                error = (int) -descriptor;
            }
            if (error != Errno.EINVAL) {
                break;
            }
        }
        throw RingRefusedException.of(error);
    }

    private static RingParameters checked(int descriptor, int flags, MemorySegment params) throws RingRefusedException {
        int features = params.get(JAVA_INT, 20);
        if ((features & NEEDED) != NEEDED) {
            Libc.close(descriptor);
            throw new RingRefusedException("the kernel's io_uring is too old; Linux 5.11 or newer is needed");
        }
        return new RingParameters(
                descriptor,
                flags,
                params.get(JAVA_INT, 0),
                params.get(JAVA_INT, 4),
                params.get(JAVA_INT, 44),
                params.get(JAVA_INT, 64),
                params.get(JAVA_INT, 80),
                params.get(JAVA_INT, 84),
                params.get(JAVA_INT, 100));
    }

    /** Length of the mapping that holds both rings. */
    long ringBytes() {
        return Math.max(sqArray + 4L * submissionEntries, cqEntries + 16L * completionEntries);
    }

    boolean singleIssuer() {
        return (setupFlags & SETUP_SINGLE_ISSUER) != 0;
    }

    boolean deferredTasks() {
        return (setupFlags & SETUP_DEFER_TASKRUN) != 0;
    }

    MemorySegment map(long length, long offset) throws RingRefusedException {
        long address = Libc.mmap(
                length, Linux.PROT_READ | Linux.PROT_WRITE, Linux.MAP_SHARED | Linux.MAP_POPULATE, descriptor, offset);
        if (address < 0 && address > -4096) {
            throw RingRefusedException.of((int) -address);
        }
        return Libc.memory(address, length);
    }
}
