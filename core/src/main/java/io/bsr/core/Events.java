package io.bsr.core;

import io.bsr.base.log.LogCategory;
import java.util.function.IntConsumer;

/** Where the core reports what it does. Called on the loop of the resource; must not block. */
public interface Events {
    /** How important a message is. */
    enum Level {
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    /**
     * Something worth a line in the log. State changes come as INFO, e.g. object {@code "r0/0 n2"}, text
     * {@code "repl( WFBitMapT -> SyncTarget ): bitmap exchange complete"}.
     */
    void log(Level level, String object, String text);

    /** Something for whoever looks for a fault, and wants to see it. */
    default void detail(LogCategory category, String object, String text) {
        log(Level.DEBUG, object, text);
    }

    /** A state that {@code status} shows has changed: publish a new snapshot soon. */
    void changed();

    /** Something happened that is no state. Whoever only watches states need not care. */
    default void happened(Happening what) {}

    /**
     * A handler is to be called whose exit code decides what follows.
     *
     * @param exitCode takes it once, now or later on the loop: 0 … 255, and 0 if no handler is called
     */
    default void ask(Happening.HandlerDue due, IntConsumer exitCode) {
        exitCode.accept(0);
    }
}
