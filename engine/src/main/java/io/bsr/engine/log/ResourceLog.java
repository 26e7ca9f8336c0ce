package io.bsr.engine.log;

import io.bsr.core.Events;
import org.slf4j.Logger;

/** The lines of one resource. Belongs to its loop. */
public final class ResourceLog {
    private final Logger logger;
    private final LineValve valve = new LineValve(System.nanoTime());

    public ResourceLog(Logger logger) {
        this.logger = logger;
    }

    public void line(Events.Level level, String object, String text) {
        if (level == Events.Level.DEBUG && !logger.isDebugEnabled()) {
            return;
        }
        int heldBack = valve.ask(System.nanoTime());
        if (heldBack < 0) {
            return;
        }
        if (heldBack > 0) {
            logger.warn("{}: {} lines were left out", object, heldBack);
        }
        switch (level) {
            case DEBUG -> logger.debug("{}: {}", object, text);
            case INFO -> logger.info("{}: {}", object, text);
            case WARN -> logger.warn("{}: {}", object, text);
            case ERROR -> logger.error("{}: {}", object, text);
        }
    }

    /** Loud, always, with the stack. */
    public void failure(String object, String text, Throwable failure) {
        logger.error("{}: {}", object, text, failure);
    }
}
