package io.bsr.config.dump;

import io.bsr.config.syntax.ReservedWords;

/** Words as the language can read them again. */
final class DumpText {
    private static final int WORD_LIMIT = 128;

    private DumpText() {}

    /** A value: in quotes if it is empty or has characters that a word cannot have. */
    static String value(String text) {
        return isWord(text) ? text : quoted(text);
    }

    /** A name: in quotes also if it is a reserved word or a number. */
    static String name(String text) {
        boolean number = text.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '.')
                || (!text.isEmpty()
                        && "MKGs".indexOf(text.charAt(text.length() - 1)) >= 0
                        && text.substring(0, text.length() - 1).chars().allMatch(c -> c >= '0' && c <= '9'));
        return isWord(text) && !number && !ReservedWords.contains(text) ? text : quoted(text);
    }

    private static boolean isWord(String text) {
        return !text.isEmpty()
                && text.length() <= WORD_LIMIT
                && text.chars()
                        .allMatch(c -> (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || (c >= '0' && c <= '9')
                                || "./_-".indexOf(c) >= 0);
    }

    /**
     * In quotes. A quote can only be the last character of a value, where it is written as a single backslash: no string
     * of the language has one elsewhere.
     */
    private static String quoted(String text) {
        boolean endsInQuote = text.endsWith("\"");
        String body = endsInQuote ? text.substring(0, text.length() - 1) : text;
        return "\"" + body.replace("\\", "\\\\") + (endsInQuote ? "\\" : "") + "\"";
    }
}
