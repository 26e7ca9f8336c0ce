package io.bsr.engine.log;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The log of one engine: a file, and the standard error stream. Configured here and nowhere else. */
public final class EngineLog implements AutoCloseable {
    /** A queue of lines for each destination. */
    private static final int QUEUED_LINES = 4096;

    private static final String FILE_SIZE = "50MB";
    private static final int OLD_FILES = 3;

    private static final String PATTERN =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %replace(%msg){'[\\p{Cntrl}&&[^\\t]]','?'}%n%ex";

    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("bsrd");

    private EngineLog() {}

    /**
     * Opens the log.
     *
     * @param file is appended to, and renamed to {@code FILE.1} … when it has grown large; {@code null} for none
     * @param toStandardError as well
     */
    public static EngineLog open(@Nullable Path file, boolean toStandardError) {
        EngineLog log = new EngineLog();
        log.context.setMDCAdapter(new LogbackMDCAdapter());
        log.logger.setLevel(Level.INFO);
        log.logger.setAdditive(false);
        if (file != null) {
            log.add("file", log.rollingFile(file));
        }
        if (toStandardError) {
            ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
            console.setTarget("System.err");
            log.add("stderr", console);
        }
        return log;
    }

    /** Where lines of the engine go. Never waits. */
    public org.slf4j.Logger logger() {
        return logger;
    }

    /** Writes what is queued, for a second at most, and closes the file. */
    @Override
    public void close() {
        context.stop();
    }

    private RollingFileAppender<ILoggingEvent> rollingFile(Path file) {
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setFile(file.toString());
        appender.setContext(context);

        FixedWindowRollingPolicy names = new FixedWindowRollingPolicy();
        names.setContext(context);
        names.setParent(appender);
        // A percent sign of the path must not be read as a part of the pattern.
        names.setFileNamePattern(file.toString().replace("%", "\\%") + ".%i");
        names.setMinIndex(1);
        names.setMaxIndex(OLD_FILES);
        names.start();

        SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
        size.setContext(context);
        size.setMaxFileSize(FileSize.valueOf(FILE_SIZE));
        size.start();

        appender.setRollingPolicy(names);
        appender.setTriggeringPolicy(size);
        return appender;
    }

    private void add(String name, OutputStreamAppender<ILoggingEvent> destination) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        destination.setContext(context);
        destination.setName(name);
        destination.setEncoder(encoder);
        destination.start();

        // One queue for each destination: a terminal that stands still must not hold up the file.
        AsyncAppender queue = new AsyncAppender();
        queue.setContext(context);
        queue.setName(name + "-queue");
        queue.setQueueSize(QUEUED_LINES);
        queue.setDiscardingThreshold(0);
        queue.setNeverBlock(true);
        queue.addAppender(destination);
        queue.start();
        logger.addAppender(queue);
    }
}
