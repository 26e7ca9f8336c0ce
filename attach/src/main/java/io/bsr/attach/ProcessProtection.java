package io.bsr.attach;

import io.bsr.loop.EventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A process below a mounted file system must not wait, for memory, for a write to that very file system. The threads that
 * serve it tell the kernel, and its memory stays where it is. Where one or the other is not permitted the log says so once.
 */
final class ProcessProtection {
    private static final int CAP_IPC_LOCK = 14;
    private static final AtomicBoolean COMPLAINED = new AtomicBoolean();
    private static final AtomicBoolean LOCKED = new AtomicBoolean();

    private ProcessProtection() {}

    /** Of the calling thread. */
    static void ofThread(Consumer<String> log) {
        int result = SystemCalls.setIoFlusher();
        if (result < 0 && COMPLAINED.compareAndSet(false, true)) {
            log.accept("the threads that serve block devices cannot be marked as such (PR_SET_IO_FLUSHER: "
                    + FuseConnection.error(result) + "); when memory is short they may wait for their own devices."
                    + " CAP_SYS_RESOURCE permits it");
        }
    }

    static void ofLoop(EventLoop loop, Consumer<String> log) {
        loop.execute(() -> ofThread(log));
    }

    /** Once for all: a limit that is not lifted by the capability would make later allocations of the JVM fail. */
    static void ofMemory(Consumer<String> log) {
        if (!LOCKED.compareAndSet(false, true)) {
            return;
        }
        String why = "CAP_IPC_LOCK is missing";
        if (mayLock()) {
            int result = SystemCalls.lockMemory();
            why = result < 0 ? "mlockall: " + FuseConnection.error(result) : "";
        }
        if (!why.isEmpty()) {
            log.accept("the memory of the engine cannot be locked (" + why
                    + "); when memory is short block devices may be slow");
        }
    }

    private static boolean mayLock() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("CapEff:")) {
                    return (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> CAP_IPC_LOCK & 1) == 1;
                }
            }
        } catch (IOException | NumberFormatException e) {
            return false;
        }
        return false;
    }
}
