package io.bsr.cli.bsrsupport;

/**
 * Takes the secret of peers out of a text, whatever it is: a configuration, where the value may stand on another line and behind
 * comments, a command line, JSON.
 */
final class Redaction {
    private static final String NAME = "shared-secret";
    private static final String INSTEAD = "***";

    private Redaction() {}

    static String of(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        int from = 0;
        int at = text.indexOf(NAME);
        while (at >= 0) {
            int value = beginOfValue(text, at + NAME.length());
            int end = endOfValue(text, value);
            clean.append(text, from, value).append(end > value ? INSTEAD : "");
            from = end;
            at = text.indexOf(NAME, Math.max(end, at + NAME.length()));
        }
        return clean.append(text, from, text.length()).toString();
    }

    private static int beginOfValue(String text, int from) {
        int at = from;
        // Of a name in quotes.
        if (at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'')) {
            at++;
        }
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                int line = text.indexOf('\n', at);
                at = line < 0 ? text.length() : line;
            } else if (Character.isWhitespace(c) || c == ':' || c == '=') {
                at++;
            } else {
                break;
            }
        }
        return at;
    }

    private static int endOfValue(String text, int from) {
        if (from >= text.length()) {
            return from;
        }
        char quote = text.charAt(from);
        boolean quoted = quote == '"' || quote == '\'';
        int at = quoted ? from + 1 : from;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (quoted ? c == quote : Character.isWhitespace(c) || c == ';' || c == ',' || c == '}') {
                break;
            }
            at += c == '\\' ? 2 : 1;
        }
        return Math.min(text.length(), quoted ? at + 1 : at);
    }
}
