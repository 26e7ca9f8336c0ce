package io.bsr.config.plan;

import java.util.List;

/** Words for a shell. */
public final class ShellText {
    private static final String PLAIN = "%+,-./:=@_";

    private ShellText() {}

    /** The words as one line. */
    public static String line(List<String> words) {
        return String.join(" ", words.stream().map(ShellText::escape).toList());
    }

    /** The words as a dry run prints them: with a blank behind each, also the last. */
    public static String printed(List<String> words) {
        return line(words) + " ";
    }

    /** The word with a backslash before every character that a shell could take for its own; an empty word is nothing. */
    public static String escape(String word) {
        StringBuilder out = new StringBuilder(word.length() + 8);
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            boolean plain = Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0;
            if (c == '\n') {
                out.append("'\n'");
            } else {
                out.append(plain ? "" : "\\").append(c);
            }
        }
        return out.toString();
    }
}
