package io.bsr.cli.bsrmeta;

import io.bsr.cli.terminal.Surroundings;
import io.bsr.metadata.tool.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A bar on the terminal for work that takes longer than a moment. It is on standard error, so that standard output stays
 * as it is, and only if that is a terminal; short work shows nothing.
 */
final class ProgressBar implements Progress, AutoCloseable {
    private static final long FIRST_AFTER_NANOS = 400_000_000;
    private static final long AGAIN_AFTER_NANOS = 100_000_000;
    private static final int WIDTH = 30;
    private static final String ERASE = "\r\033[K";

    private final String title;
    private final PrintStream terminal;
    private final boolean shown;
    private long next = System.nanoTime() + FIRST_AFTER_NANOS;
    private boolean drawn;

    ProgressBar(String title, PrintStream terminal, boolean shown) {
        this.title = title;
        this.terminal = terminal;
        this.shown = shown;
    }

    /** A bar for these surroundings, which may never show. */
    static ProgressBar of(Surroundings surroundings, String title) {
        return new ProgressBar(title, surroundings.err(), standardErrorIsTerminal());
    }

    @Override
    public void at(long done, long total) {
        if (!shown) {
            return;
        }
        long now = System.nanoTime();
        if (now - next < 0) {
            return;
        }
        next = now + AGAIN_AFTER_NANOS;
        drawn = true;
        terminal.print(ERASE + line(title, done, total));
        terminal.flush();
    }

    /** {@code title [#########.....]  42 %}. */
    static String line(String title, long done, long total) {
        double part = total <= 0 ? 1 : Math.clamp((double) done / total, 0, 1);
        int full = (int) (part * WIDTH);
        return title + " [" + "#".repeat(full) + ".".repeat(WIDTH - full) + "] "
                + String.format("%3d %%", (int) (part * 100));
    }

    /** The line is empty again. */
    @Override
    public void close() {
        if (drawn) {
            terminal.print(ERASE);
            terminal.flush();
        }
    }

    private static boolean standardErrorIsTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return (target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console"))
                    && !"dumb".equals(System.getenv("TERM"));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
