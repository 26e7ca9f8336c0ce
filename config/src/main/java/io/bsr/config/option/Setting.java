package io.bsr.config.option;

import io.bsr.config.diagnostic.Location;

/**
 * An option with a value.
 *
 * @param value the text as written, quotes removed; units are kept; empty for valueless options
 * @param at where it was written
 * @param inherited whether it came from an outer section
 */
public record Setting(OptionDefinition option, String value, Location at, boolean inherited) {

    /** A value that no file contains. */
    public static Setting derived(OptionDefinition option, String value, Location at) {
        return new Setting(option, value, at, false);
    }

    public String name() {
        return option.name();
    }

    Setting asInherited() {
        return new Setting(option, value, at, true);
    }

    /** The command-line argument: {@code --name=value}, or {@code --name} for valueless options. */
    public String argument() {
        return option.valueless() ? "--" + option.name() : "--" + option.name() + "=" + value;
    }

    /** Whether both say the same about the same option. */
    public boolean sameAs(Setting other) {
        return option.group() == other.option.group()
                && name().equals(other.name())
                && OptionValue.same(option, value, other.value);
    }
}
