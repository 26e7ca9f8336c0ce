package io.bsr.config.option;

import io.bsr.config.diagnostic.DiagnosticCode;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
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
        return switch (option.type()) {
            case OptionType.Numeric n -> checkNumber(option, n, value);
            case OptionType.YesNo ignored ->
                value.equals("yes") || value.equals("no")
                        ? Optional.empty()
                        : refuse(DiagnosticCode.VALUE_NOT_BOOLEAN, "not yes or no", List.of("yes", "no"));
            case OptionType.Choice c ->
                c.words().contains(fold(c, value))
                        ? Optional.empty()
                        : refuse(DiagnosticCode.VALUE_NOT_VALID, "not valid", c.words());
            case OptionType.ChoiceOrNumber c -> checkChoiceOrNumber(option, c, value);
            case OptionType.Text t ->
                t.maxLength() == 0 || value.length() <= t.maxLength()
                        ? Optional.empty()
                        : refuse(DiagnosticCode.VALUE_TOO_LONG, "too long", List.of(option.valuesText()));
            case OptionType.Ratio ignored ->
                isRatio(value)
                        ? Optional.empty()
                        : refuse(DiagnosticCode.VALUE_NOT_VALID, "not valid", List.of(option.valuesText()));
            case OptionType.VolumeReference ignored -> Optional.empty();
            case OptionType.Switch ignored -> Optional.empty();
            case OptionType.Ignored ignored -> Optional.empty();
        };
    }

    private static String fold(OptionType.Choice choice, String value) {
        return choice.ignoreCase() ? value.toUpperCase(Locale.ROOT) : value;
    }

    private static Optional<Refusal> checkNumber(OptionDefinition option, OptionType.Numeric type, String value) {
        Optional<BigInteger> number = Quantity.parse(value, type.scale());
        List<String> expected = List.of(option.valuesText());
        if (number.isEmpty()) {
            return refuse(DiagnosticCode.VALUE_NOT_A_NUMBER, "not a number", expected);
        }
        if (type.clamp() && number.get().signum() >= 0) {
            return Optional.empty();
        }
        if (number.get().compareTo(BigInteger.valueOf(type.min())) < 0) {
            return refuse(DiagnosticCode.VALUE_TOO_SMALL, "too small", expected);
        }
        if (number.get().compareTo(BigInteger.valueOf(type.max())) > 0) {
            return refuse(DiagnosticCode.VALUE_TOO_BIG, "too big", expected);
        }
        return Optional.empty();
    }

    private static Optional<Refusal> checkChoiceOrNumber(
            OptionDefinition option, OptionType.ChoiceOrNumber type, String value) {
        if (type.words().contains(value)) {
            return Optional.empty();
        }
        Optional<BigInteger> number = Quantity.parse(value, Scale.ONE);
        boolean inRange = number.isPresent()
                && number.get().compareTo(BigInteger.valueOf(type.min())) >= 0
                && number.get().compareTo(BigInteger.valueOf(type.max())) <= 0;
        return inRange
                ? Optional.empty()
                : refuse(DiagnosticCode.VALUE_NOT_VALID, "not valid", List.of(option.valuesText()));
    }

    private static boolean isRatio(String value) {
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

    private static Optional<Refusal> refuse(DiagnosticCode code, String message, List<String> expected) {
        return Optional.of(new Refusal(code, message, expected));
    }

    /**
     * The value in a form in which equal values have equal texts: numbers in units of the option's scale, protocol
     * letters in upper case. Texts that are not valid stay as they are.
     */
    public static String canonical(OptionDefinition option, String value) {
        return switch (option.type()) {
            case OptionType.Numeric n ->
                Quantity.parse(value, n.scale()).map(BigInteger::toString).orElse(value);
            case OptionType.Choice c -> fold(c, value);
            case OptionType.ChoiceOrNumber c ->
                c.words().contains(value)
                        ? value
                        : Quantity.parse(value, Scale.ONE)
                                .map(BigInteger::toString)
                                .orElse(value);
            case OptionType.YesNo ignored -> value.isEmpty() ? "yes" : value;
            case OptionType.Text ignored -> value;
            case OptionType.Ratio ignored -> value;
            case OptionType.VolumeReference ignored -> value;
            case OptionType.Switch ignored -> value;
            case OptionType.Ignored ignored -> value;
        };
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
