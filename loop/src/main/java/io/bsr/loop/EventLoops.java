package io.bsr.loop;

import io.bsr.base.port.Errno;
import io.bsr.base.port.PortException;
import io.bsr.loop.uring.RingRefusedException;

/** Makes event loops. */
public final class EventLoops {
    private EventLoops() {}

    /**
     * A loop that is not started yet. {@link EventLoop#description} says what it runs on, and why.
     *
     * @throws PortException if io_uring was asked for by name and the system refuses it
     */
    public static EventLoop create(LoopOptions options) throws PortException {
        return switch (options.kind()) {
            case PORTABLE -> new PortableLoop(options, "as configured");
            case URING -> ring(options);
            case AUTO -> ringOrPortable(options);
        };
    }

    private static EventLoop ring(LoopOptions options) throws PortException {
        try {
            return RingLoop.create(options, "as configured");
        } catch (RingRefusedException e) {
            throw new PortException(
                    Errno.EOPNOTSUPP,
                    "Cannot make the event loop " + options.name() + ": " + e.getMessage()
                            + ". Allow io_uring, or choose the portable event loop.");
        }
    }

    private static EventLoop ringOrPortable(LoopOptions options) {
        try {
            return RingLoop.create(options, "the best for this system");
        } catch (RingRefusedException e) {
            return new PortableLoop(options, String.valueOf(e.getMessage()));
        }
    }
}
