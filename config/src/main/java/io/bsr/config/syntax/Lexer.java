package io.bsr.config.syntax;

import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.diagnostic.Diagnostics;
import io.bsr.config.diagnostic.SourceFile;
import java.util.ArrayList;
import java.util.List;

/** Cuts a text into tokens; configuration-language reference, section 2. Never fails: what is no token is UNKNOWN. */
public final class Lexer {
    /** Longest word. */
    public static final int WORD_LIMIT = 128;

    /** Longest content of a quoted string, in bytes. */
    public static final int STRING_LIMIT = 255;

    /** Longest run of digits that is an integer token. */
    private static final int INTEGER_DIGITS = 8;

    private final SourceFile source;
    private final String text;
    private final Diagnostics diagnostics;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int triviaStart;

    private Lexer(SourceFile source, Diagnostics diagnostics) {
        this.source = source;
        this.text = source.text();
        this.diagnostics = diagnostics;
    }

    /** All tokens of a text, the last one is END. */
    public static List<Token> tokens(SourceFile source, Diagnostics diagnostics) {
        Lexer lexer = new Lexer(source, diagnostics);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (true) {
            triviaStart = at;
            skipTrivia();
            if (at == text.length()) {
                add(TokenKind.END, at, "");
                return;
            }
            char c = text.charAt(at);
            TokenKind single = single(c);
            if (afterOpenBracket() && ipv6End() > at) {
                int end = ipv6End();
                add(TokenKind.IPV6, end, text.substring(at, end));
            } else if (single != TokenKind.UNKNOWN) {
                add(single, at + 1, String.valueOf(c));
            } else if (c == '"') {
                string();
            } else if (isWordCharacter(c)) {
                word();
            } else {
                unknown();
            }
        }
    }

    private static TokenKind single(char c) {
        return switch (c) {
            case '{' -> TokenKind.OPEN_BRACE;
            case '}' -> TokenKind.CLOSE_BRACE;
            case '[' -> TokenKind.OPEN_BRACKET;
            case ']' -> TokenKind.CLOSE_BRACKET;
            case ':' -> TokenKind.COLON;
            case ';' -> TokenKind.SEMICOLON;
            default -> TokenKind.UNKNOWN;
        };
    }

    private void skipTrivia() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                int newline = text.indexOf('\n', at);
                at = newline < 0 ? text.length() : newline;
            } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
                at++;
            } else {
                return;
            }
        }
    }

    private void add(TokenKind kind, int end, String value) {
        tokens.add(new Token(kind, source, triviaStart, at, end, value));
        at = end;
    }

    private void string() {
        int end = at + 1;
        while (end < text.length() && text.charAt(end) != '"' && text.charAt(end) != '\n') {
            end++;
        }
        if (end == text.length() || text.charAt(end) == '\n') {
            diagnostics.add(
                    DiagnosticCode.STRING_NOT_TERMINATED, source, at, end, "this string has no end on its line");
            add(TokenKind.UNKNOWN, end, "");
            return;
        }
        String raw = text.substring(at + 1, end);
        if (raw.length() > STRING_LIMIT || raw.getBytes(source.charset()).length > STRING_LIMIT) {
            diagnostics.add(
                    DiagnosticCode.TOKEN_TOO_LONG,
                    source,
                    at,
                    end + 1,
                    "string of more than " + STRING_LIMIT + " characters");
        }
        add(TokenKind.STRING, end + 1, unescape(raw));
    }

    /**
     * Drops each backslash and keeps the character behind it. A backslash cannot protect a quote, which always ends the
     * string; one directly before it stands for the quote.
     */
    private static String unescape(String raw) {
        if (raw.indexOf('\\') < 0) {
            return raw;
        }
        StringBuilder out = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            if (raw.charAt(i) != '\\') {
                out.append(raw.charAt(i));
            } else if (++i < raw.length()) {
                out.append(raw.charAt(i));
            } else {
                out.append('"');
            }
        }
        return out.toString();
    }

    static boolean isWordCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c) || "/._-".indexOf(c) >= 0;
    }

    private void word() {
        int end = at;
        while (end < text.length() && isWordCharacter(text.charAt(end))) {
            end++;
        }
        if (end - at > WORD_LIMIT) {
            diagnostics.add(
                    DiagnosticCode.TOKEN_TOO_LONG,
                    source,
                    at,
                    end,
                    "word of more than " + WORD_LIMIT + " characters, it starts with '" + text.substring(at, at + 20)
                            + "'");
        }
        String value = text.substring(at, end);
        add(kindOf(value), end, value);
    }

    private static TokenKind kindOf(String word) {
        int digits = 0;
        while (digits < word.length() && isDigit(word.charAt(digits))) {
            digits++;
        }
        if (digits == 0) {
            return TokenKind.WORD;
        }
        if (digits == word.length()) {
            return digits <= INTEGER_DIGITS ? TokenKind.INTEGER : TokenKind.LONG_DIGITS;
        }
        if (digits == word.length() - 1 && digits <= INTEGER_DIGITS && "MKGs".indexOf(word.charAt(digits)) >= 0) {
            return TokenKind.INTEGER;
        }
        return isIpv4(word) ? TokenKind.IPV4 : TokenKind.WORD;
    }

    private static boolean isIpv4(String word) {
        int dots = 0;
        boolean digitBefore = false;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c == '.' && digitBefore) {
                dots++;
                digitBefore = false;
            } else if (isDigit(c)) {
                digitBefore = true;
            } else {
                return false;
            }
        }
        return dots == 3 && digitBefore;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private boolean afterOpenBracket() {
        return !tokens.isEmpty() && tokens.getLast().is(TokenKind.OPEN_BRACKET);
    }

    /**
     * The end of the text that may be an IPv6 address with an optional scope, or the current offset if there is none.
     * Whether it is a correct address is checked where addresses are read.
     */
    private int ipv6End() {
        int end = at;
        int colons = 0;
        while (end < text.length() && end - at < WORD_LIMIT && isAddressCharacter(text.charAt(end))) {
            colons += text.charAt(end) == ':' ? 1 : 0;
            end++;
        }
        if (colons < 2) {
            return at;
        }
        if (end < text.length() && text.charAt(end) == '%') {
            while (end < text.length() && end - at < WORD_LIMIT && "]\n".indexOf(text.charAt(end)) < 0) {
                end++;
            }
        }
        return end;
    }

    private static boolean isAddressCharacter(char c) {
        return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
    }

    /** A run of unknown characters is one token: a binary file gives few findings and not one per byte. */
    private void unknown() {
        int end = at + 1;
        while (end < text.length() && isUnknown(text.charAt(end))) {
            end++;
        }
        add(TokenKind.UNKNOWN, end, text.substring(at, end));
    }

    private static boolean isUnknown(char c) {
        return !isWordCharacter(c) && single(c) == TokenKind.UNKNOWN && "\"# \t\r\n".indexOf(c) < 0;
    }
}
