package io.bsr.config.diagnostic;

import java.util.List;

/**
 * One finding about a configuration.
 *
 * @param code what kind of finding
 * @param message what happened, one sentence without a full stop
 * @param at where
 * @param sourceLine the line at that place, empty if there is none to show
 * @param width how many characters of the line are meant, from the column of {@code at}
 * @param expected what would have been accepted there; may be empty
 * @param suggestion the known word nearest to the one found, or empty
 * @param notes other places that matter, such as where a name was used first
 */
public record Diagnostic(
        DiagnosticCode code,
        String message,
        Location at,
        String sourceLine,
        int width,
        List<String> expected,
        String suggestion,
        List<Note> notes) {

    /** Longest line and longest list that a message shows. */
    private static final int SHOWN_COLUMNS = 160;

    private static final int SHOWN_WORDS = 24;

    /** A second place that belongs to a finding. */
    public record Note(Location at, String text) {}

    public Diagnostic {
        expected = List.copyOf(expected);
        notes = List.copyOf(notes);
    }

    public boolean isError() {
        return code.isError();
    }

    /**
     * The finding as the tools print it: place and message, the line with a caret below, what was expected, a suggestion,
     * other places, the correction. Lines are separated by a newline, without one at the end.
     */
    public String render() {
        StringBuilder out = new StringBuilder();
        out.append(at).append(": ").append(isError() ? "error" : "warning");
        out.append('[').append(code.code()).append("]: ").append(printable(message));
        if (at.column() > 0 && !sourceLine.isEmpty()) {
            renderLine(out);
        }
        if (!expected.isEmpty()) {
            out.append("\n    expected: ");
            out.append(String.join(", ", expected.subList(0, Math.min(SHOWN_WORDS, expected.size()))));
            out.append(expected.size() > SHOWN_WORDS ? ", …" : "");
        }
        if (!suggestion.isEmpty()) {
            out.append("\n    did you mean '").append(suggestion).append("'?");
        }
        for (Note note : notes) {
            out.append("\n    ").append(note.at()).append(": ").append(printable(note.text()));
        }
        if (!code.correction().isEmpty()) {
            out.append("\n    ").append(code.correction());
        }
        return out.toString();
    }

    private void renderLine(StringBuilder out) {
        int first = Math.max(0, at.column() - 1 - SHOWN_COLUMNS / 2);
        int last = Math.min(sourceLine.length(), first + SHOWN_COLUMNS);
        String shown = printable(sourceLine.substring(Math.min(first, last), last));
        String number = Integer.toString(at.line());
        out.append("\n    ").append(number).append(" | ").append(shown);
        int before = Math.min(at.column() - 1, sourceLine.length()) - first;
        int carets = Math.clamp(width, 1, Math.max(1, shown.length() - before));
        out.append("\n    ").append(" ".repeat(number.length())).append(" | ");
        out.append(" ".repeat(Math.max(0, before))).append("^").append("~".repeat(carets - 1));
    }

    /** Control characters would let a hostile file write to the terminal; tabs keep one column so that the caret fits. */
    private static String printable(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.chars().forEach(c -> out.append(c == '\t' ? ' ' : Character.isISOControl(c) ? '?' : (char) c));
        return out.toString();
    }

    @Override
    public String toString() {
        return render();
    }
}
