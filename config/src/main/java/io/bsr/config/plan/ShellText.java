package io.bsr.config.plan;

/** Words for a shell. */
public final class ShellText {
    private static final String PLAIN = "%+,-./:=@_";

    private ShellText() {}

    /** The word with a backslash before every character that a shell could take for its own. */
    public static String escape(String word) {
        if (word.isEmpty()) {
            return "\"\"";
        }
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
