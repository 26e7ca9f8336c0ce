package io.bsr.demo.screen;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Prints what the demo has to say. */
public final class Screen {
    private static final int BAR = 30;
    private static final long PLAIN_PAUSE_NANOS = 1_000_000_000;

    private final PrintStream out;
    private final boolean terminal;
    private long lastPlainLine;
    private boolean barOpen;

    /** @param terminal whether colour and redrawn lines make sense */
    public Screen(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    public boolean terminal() {
        return terminal;
    }

    private String paint(String code, String text) {
        return terminal ? "\033[" + code + "m" + text + "\033[0m" : text;
    }

    /** Begins a chapter. */
    public void heading(String text) {
        out.println();
        out.println(paint("1;34", "==>") + " " + paint("1", text));
        out.flush();
    }

    public void say(String text) {
        out.println("    " + text);
        out.flush();
    }

    public void good(String text) {
        out.println("    " + paint("1;32", "✔") + " " + text);
        out.flush();
    }

    public void bad(String text) {
        out.println("    " + paint("1;31", "✘ " + text));
        out.flush();
    }

    /** A command as it is typed, and its output. */
    public void command(String node, String line, String output) {
        out.println("    " + paint("1;33", node + "$") + " " + line);
        output.stripTrailing().lines().forEach(text -> out.println("      " + text));
        out.flush();
    }

    /**
     * Shows how far something is: redrawn on a terminal, else a line now and then.
     *
     * @param percent 0 … 100
     * @param kibPerSecond recent speed, 0 if unknown
     * @param eta time to go, or empty
     */
    public void progress(String what, double percent, long kibPerSecond, String eta) {
        String numbers = String.format(Locale.ROOT, "%6.2f %%", percent)
                + (kibPerSecond > 0 ? String.format(Locale.ROOT, "  %5d MiB/s", kibPerSecond >> 10) : "")
                + (eta.isEmpty() || eta.equals("?") ? "" : "  ETA " + eta);
        if (terminal) {
            int full = (int) (percent / 100 * BAR);
            out.print("\r    " + what + " " + paint("32", "█".repeat(full)) + "░".repeat(BAR - full) + " " + numbers
                    + "\033[K");
            barOpen = true;
        } else if (System.nanoTime() - lastPlainLine > PLAIN_PAUSE_NANOS) {
            lastPlainLine = System.nanoTime();
            out.println("    " + what + " " + numbers);
        }
        out.flush();
    }

    /** Ends the progress with a line that stays. */
    public void done(String text) {
        interrupted();
        good(text);
    }

    /** Ends the progress, if there is any. */
    public void interrupted() {
        if (barOpen) {
            out.print("\r\033[K");
            barOpen = false;
        }
    }

    /** Rows of a name and a number, aligned. */
    public void table(List<String[]> rows) {
        int names = rows.stream().mapToInt(row -> row[0].length()).max().orElse(0);
        int values = rows.stream().mapToInt(row -> row[1].length()).max().orElse(0);
        for (String[] row : rows) {
            String name = row[0] + " ".repeat(names - row[0].length());
            String value = " ".repeat(values - row[1].length()) + row[1];
            out.println("      " + name + "  " + paint("1", value) + (row.length > 2 ? "  " + row[2] : ""));
        }
        out.flush();
    }

    /** An amount with thousands separated, in KiB. */
    public static String kib(long bytes) {
        return String.format(Locale.ROOT, "%,d KiB", bytes >> 10);
    }

    public static String mib(long bytes) {
        return String.format(Locale.ROOT, "%,.1f MiB", bytes / 1048576.0);
    }
}
