package io.bsr.config.option;

import java.util.List;

/** What an option's value may be. */
public sealed interface OptionType {

    /**
     * A number.
     *
     * @param min smallest value, in units of the scale
     * @param max largest value, in units of the scale
     * @param defaultValue the value if nothing is configured; may lie outside the range where 0 means "off"
     * @param scale what a plain number counts
     * @param unit the unit as {@code show} names it, empty for plain counts
     * @param clamp values outside the range are passed on; the engine brings them into range or refuses them
     */
    record Numeric(long min, long max, long defaultValue, Scale scale, String unit, boolean clamp)
            implements OptionType {}

    /** {@code yes} or {@code no}. */
    record YesNo(boolean defaultValue) implements OptionType {}

    /** One of a few words; the first-letter case matters unless {@code ignoreCase}. */
    record Choice(List<String> words, String defaultValue, boolean ignoreCase) implements OptionType {
        public Choice {
            words = List.copyOf(words);
        }
    }

    /** One of a few words, or a number. */
    record ChoiceOrNumber(List<String> words, long min, long max, String defaultValue) implements OptionType {
        public ChoiceOrNumber {
            words = List.copyOf(words);
        }
    }

    /**
     * Any text.
     *
     * @param maxLength in characters, 0 for no limit
     */
    record Text(int maxLength) implements OptionType {}

    /** {@code A:B}, each from 1 to 10000. */
    record Ratio() implements OptionType {}

    /** A volume: {@code RESOURCE}, {@code RESOURCE/VOLUME}, a minor number, or -1 for none. */
    record VolumeReference() implements OptionType {}

    /** Stands without a value. */
    record Switch() implements OptionType {}

    /** Whatever follows is accepted and has no effect: kept for old files. */
    record Ignored() implements OptionType {}
}
