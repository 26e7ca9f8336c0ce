package io.bsr.config.option;

import java.math.BigInteger;
import java.util.Optional;

/**
 * Numbers with unit letters; configuration-language reference, section 2.1.
 *
 * <p>A plain number counts in the option's own scale. A number with a letter (K, M, G powers of 1024, s sectors of 512
 * bytes) counts bytes and is rounded up to the scale.
 */
public final class Quantity {
    /** Digits that are looked at; longer numbers are larger than any limit anyway. */
    private static final int DIGITS_LIMIT = 128;

    private Quantity() {}

    /**
     * The number in units of the scale.
     *
     * @return empty if the text is not a number; negative numbers are numbers
     */
    public static Optional<BigInteger> parse(String text, Scale scale) {
        boolean negative = text.startsWith("-");
        String digits = negative ? text.substring(1) : text;
        int shift = -1;
        if (!digits.isEmpty()) {
            shift = letterShift(digits.charAt(digits.length() - 1));
        }
        if (shift >= 0) {
            digits = digits.substring(0, digits.length() - 1);
        }
        if (digits.isEmpty()
                || digits.length() > DIGITS_LIMIT
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        BigInteger number = new BigInteger(digits);
        if (shift >= 0) {
            BigInteger unit = BigInteger.ONE.shiftLeft(scale.shift());
            number = number.shiftLeft(shift).add(unit.subtract(BigInteger.ONE)).shiftRight(scale.shift());
        }
        return Optional.of(negative ? number.negate() : number);
    }

    private static int letterShift(char letter) {
        return switch (letter) {
            case 'k', 'K' -> 10;
            case 'm', 'M' -> 20;
            case 'g', 'G' -> 30;
            case 's' -> 9;
            default -> -1;
        };
    }
}
