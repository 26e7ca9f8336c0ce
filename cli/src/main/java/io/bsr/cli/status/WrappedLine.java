package io.bsr.cli.status;

/** Fields separated by blanks on a line that continues, indented deeper, where the terminal ends. */
final class WrappedLine {
    private static final int DEEPER = 4;

    private final StringBuilder out;
    private final int indent;
    private final int columns;
    private final boolean colours;
    private int column;
    private boolean empty = true;

    WrappedLine(StringBuilder out, int indent, int columns, boolean colours) {
        this.out = out;
        this.indent = indent;
        this.columns = columns;
        this.colours = colours;
        out.append(" ".repeat(indent));
        column = indent;
    }

    WrappedLine word(String text) {
        return put(text, text.length());
    }

    WrappedLine field(String name, Object value) {
        return word(name + ":" + value);
    }

    WrappedLine field(String name, Object value, Colour colour, boolean ofPeer) {
        String plain = name + ":" + value;
        return put(colours ? name + ":" + colour.paint(value.toString(), ofPeer) : plain, plain.length());
    }

    /** What follows begins a new line. */
    WrappedLine next() {
        if (!empty) {
            out.append('\n').append(" ".repeat(indent + DEEPER));
            column = indent + DEEPER;
            empty = true;
        }
        return this;
    }

    void end() {
        out.append('\n');
    }

    private WrappedLine put(String text, int width) {
        if (!empty && column + 1 + width > columns) {
            next();
        }
        if (!empty) {
            out.append(' ');
            column++;
        }
        out.append(text);
        column += width;
        empty = false;
        return this;
    }
}
