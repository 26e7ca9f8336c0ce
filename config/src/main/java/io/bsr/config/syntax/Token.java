package io.bsr.config.syntax;

import io.bsr.config.diagnostic.Location;
import io.bsr.config.diagnostic.SourceFile;

/**
 * One token together with the white space and comments before it, so that the tokens of a file, put end to end, are the
 * file.
 *
 * @param kind its class
 * @param source the file it comes from
 * @param triviaStart offset of the white space and comments before it
 * @param start offset of its first character
 * @param end offset behind its last character
 * @param value what it stands for: for a string the text without quotes and escapes, else the text itself
 */
public record Token(TokenKind kind, SourceFile source, int triviaStart, int start, int end, String value) {

    /** White space and comments before the token. */
    public String trivia() {
        return source.text().substring(triviaStart, start);
    }

    /** The token as written, with quotes. */
    public String text() {
        return source.text().substring(start, end);
    }

    /** The content of a quoted string with its backslashes, or the text. */
    public String raw() {
        return kind == TokenKind.STRING ? source.text().substring(start + 1, end - 1) : text();
    }

    public boolean is(TokenKind other) {
        return kind == other;
    }

    /** Whether this is that word, unquoted: only then is it a keyword. */
    public boolean isWord(String word) {
        return kind == TokenKind.WORD && value.equals(word);
    }

    /** Whether it may be used as a name: a quoted string, or a word that is not reserved. */
    public boolean isName() {
        return kind == TokenKind.STRING || (kind == TokenKind.WORD && !ReservedWords.contains(value));
    }

    public Location location() {
        return source.locate(start);
    }

    public int line() {
        return location().line();
    }

    /** How a message shows the token: at most 20 characters. */
    public String shown() {
        if (kind == TokenKind.END) {
            return "end of file";
        }
        String text = text();
        return text.length() > 20 ? "'" + text.substring(0, 20) + "…'" : "'" + text + "'";
    }

    void print(StringBuilder out) {
        out.append(source.text(), triviaStart, end);
    }

    @Override
    public String toString() {
        return kind + " " + shown();
    }
}
