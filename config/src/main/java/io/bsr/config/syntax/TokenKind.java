package io.bsr.config.syntax;

/** The classes of tokens; configuration-language reference, section 2. */
public enum TokenKind {
    /** Letters, digits and {@code / . _ -} without quotes. */
    WORD,
    /** 1 to 8 digits and at most one of the letters M, K, G, s. */
    INTEGER,
    /** 9 digits or more: accepted as an option's value only. */
    LONG_DIGITS,
    /** Text in double quotes. */
    STRING,
    IPV4,
    /** Only between brackets. */
    IPV6,
    OPEN_BRACE,
    CLOSE_BRACE,
    OPEN_BRACKET,
    CLOSE_BRACKET,
    COLON,
    SEMICOLON,
    /** A character, or an unterminated string, that is no token of the language. */
    UNKNOWN,
    END;

    /** Whether a token of this kind can stand for a value. */
    public boolean isValue() {
        return switch (this) {
            case WORD, INTEGER, LONG_DIGITS, STRING, IPV4 -> true;
            case IPV6, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET, COLON, SEMICOLON, UNKNOWN, END -> false;
        };
    }
}
