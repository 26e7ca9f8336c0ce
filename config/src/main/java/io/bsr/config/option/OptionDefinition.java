package io.bsr.config.option;

/**
 * One option, completely: everything that the parser, the validation, the help texts, the manual pages and the command
 * lines need to know about it.
 *
 * @param name as written in files and, behind two dashes, on command lines
 * @param group what it belongs to
 * @param type which values it takes
 * @param change when a changed value takes effect
 * @param written where it can come from
 * @param text one line for help
 */
public record OptionDefinition(
        String name, OptionGroup group, OptionType type, Change change, Written written, String text) {

    /** Where an option's value can come from. */
    public enum Written {
        /** In files and on command lines. */
        FILES,
        /** Derived from the configuration, or given on command lines: never in files. */
        DERIVED
    }

    /** Whether it stands without a value. */
    public boolean valueless() {
        return type instanceof OptionType.Switch;
    }

    /** The default as {@code show} prints it (with the scale's letter), quoted texts without quotes. */
    public String defaultText() {
        return switch (type) {
            case OptionType.Numeric n -> n.defaultValue() + n.scale().letter();
            case OptionType.YesNo b -> b.defaultValue() ? "yes" : "no";
            case OptionType.Choice c -> c.defaultValue();
            case OptionType.ChoiceOrNumber c -> c.defaultValue();
            case OptionType.VolumeReference ignored -> "-1";
            case OptionType.Text ignored -> "";
            case OptionType.Ratio ignored -> "";
            case OptionType.Switch ignored -> "no";
            case OptionType.Ignored ignored -> "";
        };
    }

    /** The unit as {@code show} names it; empty for plain counts and everything that is no number. */
    public String unit() {
        return type instanceof OptionType.Numeric n ? n.unit() : "";
    }

    /** The accepted values in words, for help: {@code yes | no}, {@code 1 … 600}. */
    public String valuesText() {
        return switch (type) {
            case OptionType.Numeric n ->
                n.min() + n.scale().letter() + " … " + n.max() + n.scale().letter();
            case OptionType.YesNo ignored -> "yes | no";
            case OptionType.Choice c -> String.join(" | ", c.words());
            case OptionType.ChoiceOrNumber c -> String.join(" | ", c.words()) + " | " + c.min() + " … " + c.max();
            case OptionType.Text t -> t.maxLength() == 0 ? "text" : "text of at most " + t.maxLength() + " characters";
            case OptionType.Ratio ignored -> "\"A:B\", each 1 … 10000";
            case OptionType.VolumeReference ignored -> "RESOURCE | RESOURCE/VOLUME | -1";
            case OptionType.Switch ignored -> "";
            case OptionType.Ignored ignored -> "anything";
        };
    }
}
