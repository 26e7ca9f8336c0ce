package io.bsr.loop;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import io.bsr.loop.uring.Ring;
import io.bsr.loop.uring.RingOperation;
import io.bsr.loop.uring.RingRefusedException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * An event loop on an io_uring. Sockets and files put their operations on its {@link #ring}.
 *
 * <p>Other threads wake it through an eventfd that it always reads; they do so only while it sleeps.
 */
public final class RingLoop extends TurnLoop {
    private final Ring ring;
    private final String reason;
    private final Consumer<Throwable> failures = this::report;
    private final WakeUp wakeUp;

    private RingLoop(LoopOptions options, Ring ring, int eventDescriptor, String reason) {
        super(options);
        this.ring = ring;
        this.reason = reason;
        this.wakeUp = new WakeUp(eventDescriptor);
    }

    static RingLoop create(LoopOptions options, String reason) throws RingRefusedException {
        Ring ring = Ring.create();
        int eventDescriptor = Libc.eventfd(0, Linux.EFD_CLOEXEC);
        if (eventDescriptor < 0) {
            ring.close();
            throw new RingRefusedException("no eventfd can be had (error " + -eventDescriptor + ")");
        }
        return new RingLoop(options, ring, eventDescriptor, reason);
    }

    /** The ring, for the loop's own thread. */
    public Ring ring() {
        return ring;
    }

    @Override
    public LoopKind kind() {
        return LoopKind.URING;
    }

    @Override
    public String description() {
        return "io_uring (" + ring.description() + "): " + reason;
    }

    @Override
    void begin() {
        ring.enable();
        ring.add(wakeUp);
        wakeUp.arm();
    }

    @Override
    void await(long timeoutNanos) {
        ring.await(timeoutNanos);
    }

    @Override
    void dispatch() {
        ring.dispatch(failures);
    }

    @Override
    void wake() {
        wakeUp.signal();
    }

    @Override
    boolean pending() {
        return ring.ready();
    }

    @Override
    int inFlight() {
        return ring.inFlight() - (wakeUp.submitted() ? 1 : 0);
    }

    @Override
    long completions() {
        return ring.completions();
    }

    @Override
    long systemCalls() {
        return ring.systemCalls();
    }

    @Override
    void end(boolean quiet) {
        wakeUp.close();
        if (quiet) {
            ring.close();
        }
        // Else the kernel still has operations: their memory and the ring are left to it until the process ends.
    }

    private final class WakeUp extends RingOperation {
        private static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_LONG, 1);

        private final int descriptor;
        private final MemorySegment counter = Arena.global().allocate(JAVA_LONG);
        private boolean closed;

        WakeUp(int descriptor) {
            this.descriptor = descriptor;
        }

        void arm() {
            ring.read(this, descriptor, counter.address(), Long.BYTES);
        }

        @Override
        protected void completed(int result, int flags) {
            if (result < 0 && result != -Linux.EINTR && result != -Linux.EAGAIN) {
                throw new IllegalStateException("the loop's eventfd cannot be read: error " + -result);
            }
            arm();
        }

        /** From any thread; not after {@link #close}, when the number may belong to another file. */
        synchronized void signal() {
            if (!closed) {
                Libc.write(descriptor, ONE, Long.BYTES);
            }
        }

        synchronized void close() {
            closed = true;
            Libc.close(descriptor);
        }
    }
}
