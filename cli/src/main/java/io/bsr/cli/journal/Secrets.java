package io.bsr.cli.journal;

import java.util.List;

/** Keeps the secret of the peers out of logs, which others may read and send. */
final class Secrets {
    private static final String OPTION = "shared-secret";
    private static final String INSTEAD = "***";

    /** Behind the name, in files and on command lines. */
    private static final String SEPARATORS = " \t=\"'";

    private Secrets() {}

    /** A command line; the option may be shortened, and its value a word of its own. */
    static String commandLine(String program, List<String> words) {
        StringBuilder line = new StringBuilder(program);
        boolean value = false;
        for (String word : words) {
            int equals = word.indexOf('=');
            boolean secret = names(equals < 0 ? word : word.substring(0, equals), equals >= 0);
            line.append(' ')
                    .append(value ? INSTEAD : secret && equals >= 0 ? word.substring(0, equals + 1) + INSTEAD : word);
            value = secret && equals < 0;
        }
        return line.toString();
    }

    /** Whether a word is the option, in full behind anything, or its beginning as an option. */
    private static boolean names(String word, boolean withValue) {
        String name = word.startsWith("--") ? word.substring(2) : word;
        boolean option = withValue || name.length() < word.length();
        return option && (name.endsWith(OPTION) || (name.length() > 1 && OPTION.startsWith(name)));
    }

    /** A text that may quote a command line, as a shell takes it, or a line of a configuration. */
    static String hidden(String text) {
        int at = text.indexOf(OPTION);
        if (at < 0) {
            return text;
        }
        int from = at + OPTION.length();
        while (from < text.length() && SEPARATORS.indexOf(text.charAt(from)) >= 0) {
            from++;
        }
        boolean quoted = text.charAt(from - 1) == '"';
        int to = from;
        while (to < text.length() && text.charAt(to) != (quoted ? '"' : ' ') && text.charAt(to) != ';') {
            to += text.charAt(to) == '\\' ? 2 : 1;
        }
        return text.substring(0, from) + INSTEAD + text.substring(Math.min(to, text.length()));
    }
}
