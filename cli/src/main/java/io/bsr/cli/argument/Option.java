package io.bsr.cli.argument;

import io.bsr.config.option.OptionDefinition;
import io.bsr.config.option.OptionType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An option of a command.
 *
 * @param key the long name without dashes
 * @param names with dashes
 * @param bare the value of an option that stands alone; ignored if one is required
 * @param text one line for help
 * @param definition its row of the option table, or null if it is the tool's own
 */
public record Option(
        String key,
        List<String> names,
        Value value,
        String bare,
        String label,
        String text,
        @Nullable OptionDefinition definition) {

    /** Whether a value follows. */
    public enum Value {
        NONE,
        OPTIONAL,
        REQUIRED
    }

    public Option {
        names = List.copyOf(names);
    }

    /** An option without a value; the first name is the long one. */
    public static Option flag(String key, String text, String... shortNames) {
        return new Option(key, names(key, shortNames), Value.NONE, "yes", "", text, null);
    }

    public static Option valued(String key, String label, String text, String... shortNames) {
        return new Option(key, names(key, shortNames), Value.REQUIRED, "", label, text, null);
    }

    public static Option optional(String key, String bare, String label, String text, String... shortNames) {
        return new Option(key, names(key, shortNames), Value.OPTIONAL, bare, label, text, null);
    }

    /** A row of the option table. */
    public static Option of(OptionDefinition row, String... shortNames) {
        boolean alone = row.type() instanceof OptionType.YesNo || row.type() instanceof OptionType.Switch;
        return new Option(
                row.name(),
                names(row.name(), shortNames),
                alone ? Value.OPTIONAL : Value.REQUIRED,
                alone ? "yes" : "",
                row.valuesText(),
                row.text(),
                row);
    }

    private static List<String> names(String key, String... shortNames) {
        String[] names = new String[shortNames.length + 1];
        names[0] = "--" + key;
        System.arraycopy(shortNames, 0, names, 1, shortNames.length);
        return List.of(names);
    }

    /** Its line of a help text. */
    public String help() {
        String spelled = String.join(", ", names)
                + switch (value) {
                    case NONE -> "";
                    case OPTIONAL -> "[=" + label + "]";
                    case REQUIRED -> "=" + (label.isEmpty() ? "VALUE" : label);
                };
        return spelled.length() > 34
                ? "  " + spelled + "\n" + " ".repeat(38) + text
                : "  " + spelled + " ".repeat(36 - spelled.length()) + text;
    }
}
