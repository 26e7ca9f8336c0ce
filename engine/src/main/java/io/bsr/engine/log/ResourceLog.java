package io.bsr.engine.log;

import io.bsr.base.log.LogCategory;
import io.bsr.core.Events;
import org.slf4j.Logger;
import org.slf4j.Marker;

/** The lines of one resource. Belongs to its loop. */
public final class ResourceLog {
    private final Logger logger;
    private final LineValve valve = new LineValve(System.nanoTime());

    public ResourceLog(Logger logger) {
        this.logger = logger;
    }

    /** A detail of one category. */
    public void detail(LogCategory category, String object, String text) {
        Marker marker = Details.of(category);
        if (logger.isDebugEnabled() && passes(object)) {
            logger.debug(marker, "{}: {}", object, text);
        }
    }

    public void line(Events.Level level, String object, String text) {
        if (level == Events.Level.DEBUG && !logger.isDebugEnabled()) {
            return;
        }
        if (!passes(object)) {
            return;
        }
        switch (level) {
            case DEBUG -> logger.debug("{}: {}", object, text);
            case INFO -> logger.info("{}: {}", object, text);
            case WARN -> logger.warn("{}: {}", object, text);
            case ERROR -> logger.error("{}: {}", object, text);
        }
    }

    private boolean passes(String object) {
        int heldBack = valve.ask(System.nanoTime());
        if (heldBack > 0) {
            logger.warn("{}: {} lines were left out", object, heldBack);
        }
        return heldBack >= 0;
    }

    /** Loud, always, with the stack. */
    public void failure(String object, String text, Throwable failure) {
        logger.error("{}: {}", object, text, failure);
    }
}
