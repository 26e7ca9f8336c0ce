package io.bsr.engine.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import io.bsr.base.log.LogCategory;
import io.bsr.control.setting.LogSettings;
import java.util.List;
import java.util.Set;
import org.slf4j.Marker;

/** Lets the lines of a level pass, of details those of some categories. Levels are counted as syslog counts them. */
final class LineFilter extends Filter<ILoggingEvent> {
    private static final int CRITICAL = 2;

    private volatile int mostDetailed;
    private volatile Set<LogCategory> categories;

    LineFilter(int mostDetailed, Set<LogCategory> categories) {
        this.mostDetailed = mostDetailed;
        this.categories = categories;
    }

    void set(int level, Set<LogCategory> shown) {
        mostDetailed = level;
        categories = shown;
    }

    @Override
    public FilterReply decide(ILoggingEvent event) {
        if (number(event) > mostDetailed) {
            return FilterReply.DENY;
        }
        List<Marker> markers = event.getMarkerList();
        if (event.getLevel() != Level.DEBUG || markers == null || markers.isEmpty()) {
            return FilterReply.NEUTRAL;
        }
        boolean shown = LogCategory.named(markers.getFirst().getName())
                .filter(categories::contains)
                .isPresent();
        return shown ? FilterReply.NEUTRAL : FilterReply.DENY;
    }

    /** 2 for an internal error, which comes with a stack. */
    static int number(ILoggingEvent event) {
        return switch (event.getLevel().levelInt) {
            case Level.ERROR_INT -> event.getThrowableProxy() == null ? 3 : CRITICAL;
            case Level.WARN_INT -> 4;
            case Level.INFO_INT -> 6;
            default -> LogSettings.MOST_DETAILED;
        };
    }
}
