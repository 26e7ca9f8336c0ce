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
 * @param windows the default on Windows; empty if it is the same there
 * @param text one line for help
 */
public record OptionDefinition(
        String name, OptionGroup group, OptionType type, Change change, Written written, String windows, String text) {

    /** What stands in place of a default where the original's Windows tools do not know the option. */
    public static final String NOT_ON_WINDOWS = "not known";

    /** Where an option's value can come from. */
    public enum Written {
        /** In files and on command lines. */
        FILES,
        /** The same, but the original does not know it: {@code show} leaves it out unless it was set. */
        OURS,
        /** Derived from the configuration, or given on command lines: never in files. */
        DERIVED
    }

    /** Whether it may stand in files. */
    public boolean inFiles() {
        return written != Written.DERIVED;
    }

    /** Whether it stands without a value. */
    public boolean valueless() {
        return type instanceof OptionType.Switch;
    }

    /** The default as {@code show} prints it (with the scale's letter), quoted texts without quotes. */
    public String defaultText() {
        return type.defaultText();
    }

    /** The unit as {@code show} names it; empty for plain counts and everything that is no number. */
    public String unit() {
        return type instanceof OptionType.Numeric n ? n.unit() : "";
    }

    /** The accepted values in words, for help: {@code yes | no}, {@code 1 … 600}. */
    public String valuesText() {
        return type.valuesText();
    }
}
