package io.bsr.frontend.nbd;

import io.bsr.base.port.Timers;
import java.util.function.Consumer;

/** Lets through so many lines in a period, so that clients that come and go quickly cannot fill the log. */
final class LogValve {
    static final int LINES = 50;
    static final long PERIOD_NANOS = 10_000_000_000L;

    private final Timers timers;
    private final Consumer<String> log;
    private long periodStart;
    private int lines;
    private long suppressed;

    LogValve(Timers timers, Consumer<String> log) {
        this.timers = timers;
        this.log = log;
        this.periodStart = timers.now();
    }

    void line(String text) {
        long now = timers.now();
        if (now - periodStart >= PERIOD_NANOS) {
            if (suppressed > 0) {
                log.accept(suppressed + " lines about NBD clients were left out");
            }
            periodStart = now;
            lines = 0;
            suppressed = 0;
        }
        if (lines < LINES) {
            lines++;
            log.accept(text);
        } else {
            suppressed++;
        }
    }
}
