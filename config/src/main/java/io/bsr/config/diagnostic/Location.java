package io.bsr.config.diagnostic;

import java.util.Comparator;

/**
 * A place in a configuration text.
 *
 * @param file the name under which the file was opened, {@code STDIN} for standard input
 * @param line from 1; 0 when the whole file is meant
 * @param column from 1, counted in characters; 0 when the whole line is meant
 */
public record Location(String file, int line, int column) implements Comparable<Location> {
    private static final Comparator<Location> ORDER =
            Comparator.comparing(Location::file).thenComparing(Location::line).thenComparing(Location::column);

    /** The whole of a file. */
    public static Location ofFile(String file) {
        return new Location(file, 0, 0);
    }

    /** {@code FILE:LINE}, the form in which comments and the older tools name a place. */
    public String fileAndLine() {
        return line == 0 ? file : file + ":" + line;
    }

    @Override
    public int compareTo(Location other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return column == 0 ? fileAndLine() : file + ":" + line + ":" + column;
    }
}
