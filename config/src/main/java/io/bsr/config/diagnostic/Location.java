package io.bsr.config.diagnostic;

import org.jspecify.annotations.Nullable;


/**
 * A place in a configuration text.
 *
 * @param file the name under which the file was opened, {@code STDIN} for standard input
 * @param line from 1; 0 when the whole file is meant
 * @param column from 1, counted in characters; 0 when the whole line is meant
 */
public record Location(String file, int line, int column) implements Comparable<Location> {
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
        int byFile = file.compareTo(other.file);
        int byLine = byFile == 0 ? Integer.compare(line, other.line) : byFile;
        return byLine == 0 ? Integer.compare(column, other.column) : byLine;
    }

    /** Written out: the generated one is linked at run time, which costs every start of a tool some milliseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Location at && line == at.line && column == at.column && file.equals(at.file);
    }

    @Override
    public int hashCode() {
        return (file.hashCode() * 31 + line) * 31 + column;
    }

    @Override
    public String toString() {
        return column == 0 ? fileAndLine() : file + ":" + line + ":" + column;
    }
}
