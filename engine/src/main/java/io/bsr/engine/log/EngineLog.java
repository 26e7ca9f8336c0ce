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
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import io.bsr.control.setting.LogSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The log of one engine: a file, and the standard error stream. Configured here and nowhere else. */
public final class EngineLog implements AutoCloseable {
    /** What goes to the standard error stream. */
    public enum Console {
        NONE,
        /** What goes to the file. */
        TERMINAL,
        /** The system log: the journal reads it, and has a clock of its own. */
        JOURNAL
    }

    /** A queue of lines for each destination. */
    private static final int QUEUED_LINES = 4096;

    private static final String FILE_SIZE = "50MB";

    private static final String TEXT = "%replace(%msg){'[\\p{Cntrl}&&[^\\t]]','?'}%n";
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level " + TEXT + "%ex";

    /** Priorities as sd-daemon(3) has them. */
    private static final String JOURNAL_PATTERN =
            "<%replace(%replace(%replace(%replace(%level){'ERROR','3'}){'WARN','4'}){'INFO','6'}){'DEBUG','7'}>" + TEXT
                    + "%nopex";

    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("bsrd");
    private final LineFilter fileLines;
    private final LineFilter systemLines;
    private LogSettings settings;
    private @Nullable AsyncAppender fileQueue;
    private @Nullable StampedFiles names;

    private EngineLog(LogSettings settings) {
        this.settings = settings;
        this.fileLines = new LineFilter(settings.fileLevel(), settings.categories());
        this.systemLines = new LineFilter(settings.systemLevel(), settings.categories());
    }

    /** Opens the log. Its file is appended to, and put aside when it has grown large. */
    public static EngineLog open(LogSettings settings, Console console) {
        EngineLog log = new EngineLog(settings);
        log.context.setMDCAdapter(new LogbackMDCAdapter());
        log.logger.setAdditive(false);
        log.openFile(settings);
        boolean journal = console == Console.JOURNAL;
        if (console != Console.NONE) {
            ConsoleAppender<ILoggingEvent> stream = new ConsoleAppender<>();
            stream.setTarget("System.err");
            log.add("stderr", stream, journal ? JOURNAL_PATTERN : PATTERN, journal ? log.systemLines : log.fileLines);
        }
        log.setLevels(settings, journal);
        return log;
    }

    /** Where lines of the engine go. Never waits. */
    public org.slf4j.Logger logger() {
        return logger;
    }

    /**
     * From now on these settings count.
     *
     * @throws IOException if the folder cannot be had; then the log goes on where it was, the rest of the settings counts
     */
    public synchronized void change(LogSettings next) throws IOException {
        fileLines.set(next.fileLevel(), next.categories());
        systemLines.set(next.systemLevel(), next.categories());
        setLevels(next, logger.getAppender("stderr-queue") != null);
        if (names != null && next.files() != settings.files()) {
            names.keep(next.files());
        }
        Path former = settings.folder();
        settings = new LogSettings(
                next.systemLevel(), next.fileLevel(), next.categories(), next.files(), settings.folder());
        if (!next.folder().equals(former)) {
            moveTo(next);
        }
    }

    private void moveTo(LogSettings next) throws IOException {
        Files.createDirectories(next.folder());
        if (!Files.isWritable(next.folder())) {
            throw new IOException("no right to write to " + next.folder());
        }
        AsyncAppender former = fileQueue;
        openFile(next);
        settings = next;
        if (former != null) {
            logger.detachAppender(former);
            // Writes what is queued, for a second at most.
            former.stop();
        }
    }

    /** Writes what is queued, for a second at most, and closes the file. */
    @Override
    public void close() {
        context.stop();
    }

    /** What no destination takes is not even put together. */
    private void setLevels(LogSettings next, boolean system) {
        int most = system ? Math.max(next.fileLevel(), next.systemLevel()) : next.fileLevel();
        logger.setLevel(
                most >= LogSettings.MOST_DETAILED
                        ? Level.DEBUG
                        : most == 6 ? Level.INFO : most >= 4 ? Level.WARN : Level.ERROR);
    }

    private void openFile(LogSettings of) {
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setFile(of.file().toString());
        appender.setContext(context);

        StampedFiles aside = new StampedFiles(of.file(), of.files());
        aside.setContext(context);
        aside.setParent(appender);
        aside.start();

        SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
        size.setContext(context);
        size.setMaxFileSize(FileSize.valueOf(FILE_SIZE));
        size.start();

        appender.setRollingPolicy(aside);
        appender.setTriggeringPolicy(size);
        names = aside;
        fileQueue = add("file", appender, PATTERN, fileLines);
    }

    private AsyncAppender add(
            String name, OutputStreamAppender<ILoggingEvent> destination, String pattern, LineFilter filter) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(pattern);
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
        queue.addFilter(filter);
        queue.addAppender(destination);
        queue.start();
        logger.addAppender(queue);
        return queue;
    }
}
