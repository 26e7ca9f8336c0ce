package io.bsr.control.server;

import io.bsr.control.command.Command;
import io.bsr.control.event.StateEvent;
import io.bsr.control.status.Answer;
import io.bsr.control.status.StatusReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Carries out commands. Called by several threads at a time. */
public interface CommandHandler {
    /**
     * Carries out a command other than {@link Command.Events}.
     *
     * @param deadline {@link System#nanoTime} at which the answer must have been given
     */
    Answer handle(Command command, long deadline) throws InterruptedException;

    /** Begins to follow the state of the engine. */
    Feed follow();

    /** Pictures of the engine's state, one after the other. */
    interface Feed extends AutoCloseable {
        /**
         * The next picture, the first one at once; {@code null} if there is none until {@code deadline}. If pictures come
         * faster than they are asked for, some in the middle may be left out, never the last one.
         */
        @Nullable Picture next(long deadline) throws InterruptedException;

        @Override
        void close();
    }

    /**
     * The state at one time.
     *
     * @param epochMicros microseconds since 1970 UTC
     * @param happened what has been told since the picture before and is no state
     */
    record Picture(long epochMicros, StatusReport report, List<StateEvent> happened) {
        public Picture {
            happened = List.copyOf(happened);
        }

        /** A state, and nothing else has happened. */
        public Picture(long epochMicros, StatusReport report) {
            this(epochMicros, report, List.of());
        }
    }
}
