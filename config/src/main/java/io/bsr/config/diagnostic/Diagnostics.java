package io.bsr.config.diagnostic;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects findings while a configuration is read.
 *
 * <p>Bounded: after {@link #LIMIT} findings one that says so is added and the rest is dropped, so that a hostile file
 * costs bounded memory and an unreadable one does not flood the terminal.
 */
public final class Diagnostics {
    /** Findings kept at most. */
    public static final int LIMIT = 100;

    private final List<Diagnostic> found = new ArrayList<>();
    private final Map<String, SourceFile> sources = new HashMap<>();
    private int errors;

    /** Makes the lines of a file known, so that findings which come with a mere place can show theirs. */
    public void register(SourceFile source) {
        sources.put(source.name(), source);
    }

    public void add(Diagnostic diagnostic) {
        errors += diagnostic.isError() ? 1 : 0;
        if (found.size() < LIMIT) {
            found.add(diagnostic);
        } else if (found.size() == LIMIT) {
            found.add(new Diagnostic(
                    DiagnosticCode.TOO_MANY_ERRORS,
                    "more than " + LIMIT + " findings, the rest is not shown",
                    Location.ofFile(diagnostic.at().file()),
                    "",
                    0,
                    List.of(),
                    "",
                    List.of()));
            errors++;
        }
    }

    /** A finding at a place; the line is shown if the file is known. */
    public void add(DiagnosticCode code, Location at, String message) {
        add(code, at, message, List.of());
    }

    /** A finding with other places that matter. */
    public void add(DiagnosticCode code, Location at, String message, List<Diagnostic.Note> notes) {
        SourceFile source = sources.get(at.file());
        String line = source == null ? "" : source.line(at.line());
        add(new Diagnostic(code, message, at, line, wordWidth(line, at.column()), List.of(), "", notes));
    }

    /** A finding with a second place. */
    public void add(DiagnosticCode code, Location at, String message, Location other, String note) {
        add(code, at, message, List.of(new Diagnostic.Note(other, note)));
    }

    /** The width of the word or quoted string that starts at a column. */
    private static int wordWidth(String line, int column) {
        if (column < 1 || column > line.length()) {
            return 1;
        }
        int start = column - 1;
        if (line.charAt(start) == '"') {
            int close = line.indexOf('"', start + 1);
            return close < 0 ? 1 : close + 1 - start;
        }
        int end = start;
        while (end < line.length() && " \t;{}[]\"".indexOf(line.charAt(end)) < 0) {
            end++;
        }
        return Math.max(1, end - start);
    }

    /** A finding at a stretch of text. */
    public void add(DiagnosticCode code, SourceFile source, int start, int end, String message) {
        add(code, source, start, end, message, List.of(), "");
    }

    public void add(
            DiagnosticCode code,
            SourceFile source,
            int start,
            int end,
            String message,
            Collection<String> expected,
            String suggestion) {
        Location at = source.locate(start);
        add(new Diagnostic(
                code,
                message,
                at,
                source.line(at.line()),
                Math.max(1, end - start),
                List.copyOf(expected),
                suggestion,
                List.of()));
    }

    /** Whether an error (not only warnings) was found. */
    public boolean hasErrors() {
        return errors > 0;
    }

    /** Errors found, also those that are not kept. */
    public int errorCount() {
        return errors;
    }

    /** Whether nothing more will be kept; readers may stop. */
    public boolean isFull() {
        return found.size() > LIMIT;
    }

    public List<Diagnostic> list() {
        return List.copyOf(found);
    }
}
