package io.bsr.config.dump;

import io.bsr.config.option.Setting;
import io.bsr.config.option.Settings;
import java.util.List;

/** The lines of a dump: indentation 4 per level, values from column 25; command-line reference, section 2.8. */
final class Page {
    private static final int INDENT = 4;
    private static final int NAME_COLUMN = 24;
    private static final int VALUE_WIDTH = 3;

    private final StringBuilder out = new StringBuilder();
    private int depth;

    void line(String text) {
        out.append(margin()).append(text).append('\n');
    }

    /** The white space at the beginning of a line. */
    String margin() {
        return " ".repeat(depth * INDENT);
    }

    /** A line without indentation. */
    void raw(String text) {
        out.append(text).append('\n');
    }

    void blank() {
        out.append('\n');
    }

    void open(String head) {
        line(head + " {");
        depth++;
    }

    void close() {
        depth--;
        line("}");
    }

    /** {@code name value;}, the value from column 25. */
    void entry(String name, String value) {
        line(padded(name) + " " + value + ";");
    }

    /** The same with a fixed distance, as meta-disk and endpoints have it. */
    void fixed(String name, String value) {
        line(name + " ".repeat(Math.max(1, NAME_COLUMN - 7 - name.length())) + value + ";");
    }

    String padded(String name) {
        return name + " ".repeat(Math.max(0, NAME_COLUMN - depth * INDENT - name.length()));
    }

    void setting(Setting setting) {
        if (setting.option().valueless()) {
            line(setting.name() + ";");
            return;
        }
        String value = DumpText.value(setting.value());
        entry(setting.name(), " ".repeat(Math.max(0, VALUE_WIDTH - value.length())) + value);
    }

    /** A section of options; nothing if there are none. */
    void settings(String head, List<Settings> groups) {
        if (groups.stream().allMatch(Settings::isEmpty)) {
            return;
        }
        open(head);
        groups.forEach(group -> group.list().forEach(this::setting));
        close();
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
