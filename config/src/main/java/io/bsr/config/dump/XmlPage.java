package io.bsr.config.dump;

import java.util.ArrayDeque;
import java.util.Deque;

/** The lines of an XML document: indentation 4 per level, attributes as pairs of name and value. */
final class XmlPage {
    private static final String INDENT = "    ";

    private final StringBuilder out = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    void open(String element, String... attributes) {
        line("<" + element + attributes(attributes) + ">");
        open.push(element);
    }

    void close() {
        String element = open.pop();
        line("</" + element + ">");
    }

    void empty(String element, String... attributes) {
        line("<" + element + attributes(attributes) + "/>");
    }

    void element(String element, String text, String... attributes) {
        line("<" + element + attributes(attributes) + ">" + escaped(text) + "</" + element + ">");
    }

    /** An element that holds nothing but another one, on one line. */
    void nested(String outer, String[] outerAttributes, String element, String text, String... attributes) {
        line("<" + outer + attributes(outerAttributes) + "><" + element + attributes(attributes) + ">" + escaped(text)
                + "</" + element + "></" + outer + ">");
    }

    private void line(String text) {
        out.append(INDENT.repeat(open.size())).append(text).append('\n');
    }

    private static String attributes(String... pairs) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i + 1 < pairs.length; i += 2) {
            text.append(' ')
                    .append(pairs[i])
                    .append("=\"")
                    .append(escaped(pairs[i + 1]))
                    .append('"');
        }
        return text.toString();
    }

    /** Control characters other than white space cannot be written in XML at all. */
    private static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.chars().forEach(c -> {
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&apos;");
                default -> out.append(c < ' ' && c != '\t' && c != '\n' && c != '\r' ? '?' : (char) c);
            }
        });
        return out.toString();
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
