package io.bsr.config.option;

import io.bsr.config.diagnostic.DiagnosticCode;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/** Checks and compares the values of options; configuration-language reference, section 8.1. */
public final class OptionValue {
    private static final int RATIO_LIMIT = 10000;

    private OptionValue() {}

    /**
     * Why a value is refused.
     *
     * @param message what is wrong, without the name of the option
     * @param expected the accepted values
     */
    public record Refusal(DiagnosticCode code, String message, List<String> expected) {
        public Refusal {
            expected = List.copyOf(expected);
        }
    }

    /** Checks a value as written, quotes removed; empty if it is fine. */
    public static Optional<Refusal> check(OptionDefinition option, String value) {
        return option.type().check(value);
    }

    static boolean isRatio(String value) {
        int colon = value.indexOf(':');
        return colon > 0 && isRatioPart(value.substring(0, colon)) && isRatioPart(value.substring(colon + 1));
    }

    private static boolean isRatioPart(String part) {
        if (part.isEmpty() || part.length() > 5 || !part.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return false;
        }
        int number = Integer.parseInt(part);
        return number >= 1 && number <= RATIO_LIMIT;
    }

    static Optional<Refusal> refuse(DiagnosticCode code, String message, String... expected) {
        return Optional.of(new Refusal(code, message, List.of(expected)));
    }

    /** The value in a form in which equal values have equal texts. */
    public static String canonical(OptionDefinition option, String value) {
        return option.type().canonical(value);
    }

    /** Whether two values of an option mean the same. */
    public static boolean same(OptionDefinition option, String a, String b) {
        return canonical(option, a).equals(canonical(option, b));
    }

    /** Whether a value is what the option has anyway. */
    public static boolean isDefault(OptionDefinition option, String value) {
        return same(option, value, option.defaultText());
    }

    /**
     * The value as {@code bsrsetup show} prints it, without quotes: numbers in the option's scale with its letter.
     */
    public static String shown(OptionDefinition option, String value) {
        return option.type() instanceof OptionType.Numeric n
                ? Quantity.parse(value, n.scale())
                        .map(v -> v + n.scale().letter())
                        .orElse(value)
                : canonical(option, value);
    }

    /** Whether {@code show} puts the value into quotes: every text, no number and no fixed word. */
    public static boolean isQuotedInShow(OptionDefinition option) {
        return option.type() instanceof OptionType.Text || option.type() instanceof OptionType.Ratio;
    }
}
