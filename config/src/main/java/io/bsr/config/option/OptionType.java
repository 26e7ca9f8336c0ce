package io.bsr.config.option;

import io.bsr.config.diagnostic.DiagnosticCode;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What an option's value may be. */
public sealed interface OptionType {

    /** The default as {@code show} prints it (with the scale's letter), quoted texts without quotes. */
    String defaultText();

    /** The accepted values in words, for help: {@code yes | no}, {@code 1 … 600}. */
    String valuesText();

    /**
     * A value in a form in which equal values have equal texts: numbers in units of the scale, letters whose case does not
     * matter in upper case. Texts that are not valid stay as they are.
     */
    default String canonical(String value) {
        return value;
    }

    /** Why a value is refused; empty if it is fine. */
    default Optional<OptionValue.Refusal> check(String value) {
        return Optional.empty();
    }

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
            implements OptionType {
        @Override
        public String defaultText() {
            return defaultValue + scale.letter();
        }

        @Override
        public String valuesText() {
            return min + scale.letter() + " … " + max + scale.letter();
        }

        @Override
        public String canonical(String value) {
            return Quantity.parse(value, scale).map(BigInteger::toString).orElse(value);
        }

        @Override
        public Optional<OptionValue.Refusal> check(String value) {
            Optional<BigInteger> number = Quantity.parse(value, scale);
            if (number.isEmpty()) {
                return OptionValue.refuse(DiagnosticCode.VALUE_NOT_A_NUMBER, "not a number", valuesText());
            }
            if (clamp && number.get().signum() >= 0) {
                return Optional.empty();
            }
            if (number.get().compareTo(BigInteger.valueOf(min)) < 0) {
                return OptionValue.refuse(DiagnosticCode.VALUE_TOO_SMALL, "too small", valuesText());
            }
            if (number.get().compareTo(BigInteger.valueOf(max)) > 0) {
                return OptionValue.refuse(DiagnosticCode.VALUE_TOO_BIG, "too big", valuesText());
            }
            return Optional.empty();
        }
    }

    /**
     * {@code yes} or {@code no}.
     *
     * @param alsoTruth whether {@code true} and {@code false} are taken for these too
     */
    record YesNo(boolean defaultValue, boolean alsoTruth) implements OptionType {
        @Override
        public String defaultText() {
            return defaultValue ? "yes" : "no";
        }

        @Override
        public String valuesText() {
            return alsoTruth ? "yes | no | true | false" : "yes | no";
        }

        @Override
        public String canonical(String value) {
            return switch (value) {
                case "" -> "yes";
                case "true" -> alsoTruth ? "yes" : value;
                case "false" -> alsoTruth ? "no" : value;
                default -> value;
            };
        }

        @Override
        public Optional<OptionValue.Refusal> check(String value) {
            boolean truth = alsoTruth && (value.equals("true") || value.equals("false"));
            return truth || value.equals("yes") || value.equals("no")
                    ? Optional.empty()
                    : OptionValue.refuse(DiagnosticCode.VALUE_NOT_BOOLEAN, "not yes or no", "yes", "no");
        }
    }

    /** One of a few words; the first-letter case matters unless {@code ignoreCase}. */
    record Choice(List<String> words, String defaultValue, boolean ignoreCase) implements OptionType {
        public Choice {
            words = List.copyOf(words);
        }

        @Override
        public String defaultText() {
            return defaultValue;
        }

        @Override
        public String valuesText() {
            return String.join(" | ", words);
        }

        @Override
        public String canonical(String value) {
            return ignoreCase ? value.toUpperCase(Locale.ROOT) : value;
        }

        @Override
        public Optional<OptionValue.Refusal> check(String value) {
            return words.contains(canonical(value))
                    ? Optional.empty()
                    : OptionValue.refuse(DiagnosticCode.VALUE_NOT_VALID, "not valid", words.toArray(String[]::new));
        }
    }

    /** One of a few words, or a number. */
    record ChoiceOrNumber(List<String> words, long min, long max, String defaultValue) implements OptionType {
        public ChoiceOrNumber {
            words = List.copyOf(words);
        }

        @Override
        public String defaultText() {
            return defaultValue;
        }

        @Override
        public String valuesText() {
            return String.join(" | ", words) + " | " + min + " … " + max;
        }

        @Override
        public String canonical(String value) {
            return words.contains(value)
                    ? value
                    : Quantity.parse(value, Scale.ONE).map(BigInteger::toString).orElse(value);
        }

        @Override
        public Optional<OptionValue.Refusal> check(String value) {
            Optional<BigInteger> number = Quantity.parse(value, Scale.ONE);
            boolean inRange = number.isPresent()
                    && number.get().compareTo(BigInteger.valueOf(min)) >= 0
                    && number.get().compareTo(BigInteger.valueOf(max)) <= 0;
            return inRange || words.contains(value)
                    ? Optional.empty()
                    : OptionValue.refuse(DiagnosticCode.VALUE_NOT_VALID, "not valid", valuesText());
        }
    }

    /**
     * Any text.
     *
     * @param maxLength in characters, 0 for no limit
     */
    record Text(int maxLength) implements OptionType {
        @Override
        public String defaultText() {
            return "";
        }

        @Override
        public String valuesText() {
            return maxLength == 0 ? "text" : "text of at most " + maxLength + " characters";
        }

        @Override
        public Optional<OptionValue.Refusal> check(String value) {
            return maxLength == 0 || value.length() <= maxLength
                    ? Optional.empty()
                    : OptionValue.refuse(DiagnosticCode.VALUE_TOO_LONG, "too long", valuesText());
        }
    }

    /** {@code A:B}, each from 1 to 10000. */
    record Ratio() implements OptionType {
        @Override
        public String defaultText() {
            return "";
        }

        @Override
        public String valuesText() {
            return "\"A:B\", each 1 … 10000";
        }

        @Override
        public Optional<OptionValue.Refusal> check(String value) {
            return OptionValue.isRatio(value)
                    ? Optional.empty()
                    : OptionValue.refuse(DiagnosticCode.VALUE_NOT_VALID, "not valid", valuesText());
        }
    }

    /** A volume: {@code RESOURCE}, {@code RESOURCE/VOLUME}, a minor number, or -1 for none. */
    record VolumeReference() implements OptionType {
        @Override
        public String defaultText() {
            return "-1";
        }

        @Override
        public String valuesText() {
            return "RESOURCE | RESOURCE/VOLUME | -1";
        }
    }

    /** Stands without a value. */
    record Switch() implements OptionType {
        @Override
        public String defaultText() {
            return "no";
        }

        @Override
        public String valuesText() {
            return "";
        }
    }

    /** Whatever follows is accepted and has no effect: kept for old files. */
    record Ignored() implements OptionType {
        @Override
        public String defaultText() {
            return "";
        }

        @Override
        public String valuesText() {
            return "anything";
        }
    }
}
