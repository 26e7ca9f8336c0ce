package io.bsr.cli.journal;

import io.bsr.control.EngineFiles;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a tool has to say to its log file. A line is
 *
 * <pre>2026/11/23 03:20:00 bsr_info [812(bash),1(init)][pid:4711][func:main][line:0][cmd:up] bsradm up r0</pre>
 *
 * <p>with the time in UTC, the processes that this one descends from, and places in the source that are always the same.
 */
public final class Journal {
    /** Says nothing to nobody. */
    public static final Journal NONE = new Journal(null, "", false);

    private static final int LONGEST_LINE = 4096;
    private static final int LONGEST_RUN = 256 << 10;

    private enum Level {
        ERRO,
        WARN,
        INFO,
        TRAC;

        private final String shown = "bsr_" + name().toLowerCase(Locale.ROOT);
    }

    private final @Nullable JournalFiles files;
    private final String source;
    private final StringBuilder waiting = new StringBuilder();
    private boolean held;
    private boolean tracing;
    private int left = LONGEST_RUN;
    private @Nullable FileOutputStream out;

    private Journal(@Nullable JournalFiles files, String source, boolean held) {
        this.files = files;
        this.source = source;
        this.held = held;
    }

    /**
     * Begins a run.
     *
     * @param verb the command, for the lines
     * @param asks whether the command only asks
     */
    public static Journal begin(EngineFiles files, String program, List<String> words, String verb, boolean asks) {
        JournalFiles place = JournalFiles.of(files, program);
        String shown = verb.length() > 64 || !verb.chars().allMatch(c -> c > ' ' && c != ']') ? "" : verb;
        String source =
                " [" + Ancestors.text() + "][pid:" + Ancestors.self() + "][func:main][line:0][cmd:" + shown + "] ";
        Journal journal = new Journal(place, source, asks && !place.everything());
        journal.line(Level.INFO, Secrets.commandLine(program, words));
        return journal;
    }

    /** From now on what is traced is logged. */
    public void startTracing() {
        tracing = true;
    }

    /** A detail for whoever looks for a fault. */
    public void trace(String text) {
        if (tracing) {
            line(Level.TRAC, Secrets.hidden(text));
        }
    }

    /** What the user is told beside the output. */
    public void message(String text) {
        if (files == null) {
            return;
        }
        boolean harmless = text.startsWith("WARN") || text.contains(": warning[");
        text.lines()
                .filter(line -> !line.isBlank())
                .forEach(line -> line(harmless ? Level.WARN : Level.ERRO, Secrets.hidden(line)));
    }

    /** Ends the run. */
    public void done(int code) {
        if (files == null) {
            return;
        }
        left = Math.max(left, LONGEST_LINE);
        held &= code == 0;
        line(Level.INFO, "done, rv(" + code + ")");
        FileOutputStream open = out;
        out = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // What could be written is written.
                left = 0;
            }
        }
    }

    private void line(Level level, String text) {
        if (files == null || left <= 0) {
            return;
        }
        int from = waiting.length();
        String stamp = stamp();
        waiting.append(stamp, 0, 4).append('/').append(stamp, 5, 7).append('/').append(stamp, 8, 10);
        waiting.append(' ')
                .append(stamp, 11, 19)
                .append(' ')
                .append(level.shown)
                .append(source);
        for (int i = 0; i < Math.min(text.length(), LONGEST_LINE); i++) {
            waiting.append(text.charAt(i) < ' ' ? ' ' : text.charAt(i));
        }
        waiting.append('\n');
        left -= waiting.length() - from;
        if (!held) {
            write(files, stamp);
        }
    }

    private void write(JournalFiles place, String stamp) {
        try {
            FileOutputStream to = out;
            if (to == null) {
                to = place.open(stamp.replace(":", ""));
                out = to;
            }
            to.write(waiting.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // No room, no right, no folder: the command goes on without a log.
            left = 0;
        }
        waiting.setLength(0);
    }

    /** {@code 2026-11-23T03:20:00}; a formatter would take as long as the rest of the tool to load. */
    private static String stamp() {
        long second = Math.floorDiv(System.currentTimeMillis(), 1000L);
        String text = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC).toString();
        return text.length() == 16 ? text + ":00" : text;
    }
}
